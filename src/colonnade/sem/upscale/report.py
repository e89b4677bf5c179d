"""The page of one image: a comparison to swipe, and what can be believed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from pathlib import Path

from colonnade.core.figures.overlay import length_label
from colonnade.core.figures.page import picture_address
from colonnade.core.learn.card import Card
from colonnade.core.measures.trust import COVERAGE
from colonnade.core.work.contents import write_text
from colonnade.sem.card import SemCard
from colonnade.sem.upscale.shown import Shown, View
from colonnade.sem.upscaled import SAID, SURELY_UNLIKE, UNLIKE, Assessment, brief

WIDTH_PX = 1280
"""Width of the pictures [px]."""

DETAILS = 3
"""So many parts are shown in full, where pixels are lost in the whole."""

BELIEVED = 0.95
"""Share of the particles of a size that must be shown for it to be believed."""


def write_report(shown: Shown, assessment: Assessment, card: Card, path: Path) -> None:
    """Write the page.

    Parameters
    ----------
    shown
        The image and what came of it.
    assessment
        What is to be known of it.
    card
        Of the model.
    path
        The HTML file.
    """
    page = (files("colonnade.sem.upscale") / "report.html").read_text(encoding="utf-8")
    parts = {
        "title": escape(assessment.name),
        "sentence": escape(assessment.sentence),
        "views": "\n".join(_views(shown)),
        "widest": brief(shown.widest),
        "finer": escape(shown.said),
        "answers": "\n".join(_answers(assessment, card)),
        "facts": "\n".join(_facts(assessment, card)),
    }
    for name, content in parts.items():
        page = page.replace(f"{{{name}}}", content)
    write_text(path, page)


def _views(shown: Shown) -> Iterator[str]:
    """The whole field, and parts of it in full."""
    whole = shown.view(shown.whole, WIDTH_PX)
    yield _view("whole field", whole, chosen=True)
    if whole.scale[1] < 1:
        height = round(WIDTH_PX * whole.after.height / whole.after.width)
        for number, window in enumerate(shown.details(WIDTH_PX, height, DETAILS), start=1):
            yield _view(f"detail {number}", shown.view(window, WIDTH_PX))


def _view(title: str, view: View, chosen: bool = False) -> str:
    pictures = "".join(
        f'<img class="{name}" alt="{name}" src="{picture_address(picture)}">'
        for name, picture in zip(("before", "after", "trust"), view.pictures, strict=True)
    )
    hidden = "" if chosen else " hidden"
    return f'<figure data-title="{escape(title)}"{hidden}>{pictures}</figure>'


def _answers(assessment: Assessment, card: Card) -> Iterator[str]:
    """Answer what a reader asks, question by question."""
    width = brief(assessment.mean_half_width)
    yield _answer(
        "How far off may a pixel be?",
        f"The true grey level of {COVERAGE:.0%} of the pixels is meant to lie within the interval "
        f"whose half-width the trust map shows: ± {width} grey levels on average. "
        "Places that are dark in it are known best; edges and fine detail are known worst.",
    )
    yield _answer("Is this material unlike what the model learned?", _familiarity(assessment))
    if assessment.by_heart is not None:
        question = "Has the model learned more than its training images?"
        yield _answer(question, _by_heart(assessment.by_heart))
    yield _answer("Which features are not in the measured image?", _features(assessment))
    yield _answer("What sizes of particle can be believed?", _particles(assessment, card))


def _answer(question: str, answer: str) -> str:
    return f"<h2>{escape(question)}</h2>\n<p>{escape(answer)}</p>"


def _familiarity(assessment: Assessment) -> str:
    probability = assessment.unlike_training
    if probability is None:
        return (
            "This model carries nothing to tell by; take care with a material that is new to it."
        )
    if probability >= SURELY_UNLIKE:
        return (
            f"Yes, with a probability of {probability:.0%}. Detail that the measured image does "
            "not show is then made after other materials: do not believe it, and train the model "
            "on sharp images of this material."
        )
    if probability >= UNLIKE:
        return (
            f"Perhaps: the probability is {probability:.0%}. Check detail that matters: record a "
            "field at both magnifications, and compare."
        )
    return f"No: the probability is {probability:.0%}. That is no proof that all of it is right."


def _by_heart(difference: float) -> str:
    return (
        "No: it has learned them by heart. On other images of the same material its errors are "
        f"{difference:.1f} dB larger than on these. Do not believe its detail; train with more "
        "images, or for fewer steps."
    )


def _features(assessment: Assessment) -> str:
    counts = Counter(feature.kind for found in assessment.features for feature in found)
    if not assessment.features:
        return "They are not looked for along z: compare the section above with what was measured."
    if not counts:
        return (
            "None was found: seen as coarsely as it was measured, the finer image agrees with "
            "the measured one within its noise."
        )
    listed = ", ".join(f"{counts[kind]} {said}" for kind, said in SAID.items() if counts[kind])
    return f"Features {listed}. They are ringed in the picture and listed in the JSON file."


def _particles(assessment: Assessment, card: Card) -> str:
    """Say from which size on particles are shown, of those that the model was tried on."""
    part = SemCard.of(card)
    shares = dict(zip(part.particle_sizes, part.particle_recall, strict=True))
    if not shares:
        return "Particles were not counted for this model, so no size can be named."
    pixel = assessment.voxel_size[2]
    scale = None if pixel is None else pixel * assessment.factor

    def named(size: float) -> str:
        return f"{size:g} px" + ("" if scale is None else f" ({length_label(size * scale)})")

    listed = ", ".join(f"{named(size)} {share:.0%}" for size, share in sorted(shares.items()))
    text = f"Of particles of these diameters in the measured image, so many were shown: {listed}."
    believed = believed_size(shares)
    if believed is None:
        return f"None of those that were tried. {text}"
    return f"Those of {named(believed)} and larger, at {assessment.factor} times finer. {text}"


def believed_size(shares: Mapping[float, float]) -> float | None:
    """Smallest size from which on enough particles are shown, if there is one."""
    believed = None
    for size in sorted(shares, reverse=True):
        if shares[size] < BELIEVED:
            break
        believed = size
    return believed


def _facts(assessment: Assessment, card: Card) -> Iterator[str]:
    """What else is to be known: the model, and what was repaired."""
    yield f"<li>{escape(f'model {card.name}, {SemCard.of(card).summary}; {card.training}')}</li>"
    yield f"<li>{escape(f'where the model is known to go wrong: {card.failures}')}</li>"
    for note in assessment.notes:
        yield f"<li>{escape(note)}</li>"

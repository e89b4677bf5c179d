"""What Yoshida found, and whether the study finds it too: each decided by numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.bench.curves import median_interval
from colonnade.core.bench.style import number
from colonnade.sem.bench.training.results import StudyResults, Trained, mean

REACHED = 0.9
"""Epochs are counted until this share of the gain of the network of one image is reached."""

SHARPNESS = 1.5
"""An image looks as sharp as others where its spectrum errs at most so many times as much."""

OVERFITTED_DB = 0.5
"""Learned by heart is what gains so much more on training images than on others, beside the
network of enough images [dB]."""

WORSE_DB = 0.3
"""Less than this is no difference between networks [dB]."""

MANY = 20
"""Networks of so many images are compared with that of one."""

LOST, BACK = 0.5, 0.9
"""Particles are lost where a smaller share than this is shown, and there from the second on."""

INVENTS = 2.0
"""So many times as many inventions count as a difference."""

OTHER_MATERIAL = "cathode"
"""What a network of tin balls is tried on."""


@dataclass(frozen=True)
class Finding:
    """One finding.

    Parameters
    ----------
    claim
        What was found before.
    reproduced
        Whether it is found here; None where the networks do not decide it.
    numbers
        By what that is decided, in a sentence.
    """

    claim: str
    reproduced: bool | None
    numbers: str

    @property
    def verdict(self) -> str:
        """Whether it is reproduced, in words."""
        words = {True: "reproduced", False: "not reproduced", None: "not decided"}
        return words[self.reproduced]


def findings(study: StudyResults) -> list[Finding]:
    """Decide every finding, once all networks are done; a taste decides none."""
    if not study.complete:
        return []
    found = [
        _fewer_epochs(study),
        _one_image(study),
        _enough_images(study),
        _small_particles(study),
        _other_material(study),
        _generation(study),
    ]
    return [replace(one, reproduced=None) for one in found] if study.plan.is_taste else found


def epochs_to(trained: Trained, gain: float) -> float:
    """Epochs after which a network gains so much over bicubic enlargement; NaN if it never does.

    Between two looks the gain is taken to grow with the logarithm of the epochs.
    """
    epochs = np.log([look.epochs for look in trained.looks])
    gains = np.array([look.mean("gain_db") for look in trained.looks])
    reached = np.flatnonzero(gains >= gain)
    if not reached.size:
        return np.nan
    place = int(reached[0])
    if place == 0:
        return float(np.exp(epochs[0]))
    part = (gain - gains[place - 1]) / (gains[place] - gains[place - 1])
    return float(np.exp(epochs[place - 1] + part * (epochs[place] - epochs[place - 1])))


def _fewer_epochs(study: StudyResults) -> Finding:
    counts = study.plan.images
    gain = REACHED * study.of(images=counts[0]).end.mean("gain_db")
    epochs = np.array([epochs_to(study.of(images=count), gain) for count in counts])
    fewer = bool(np.all(np.diff(epochs) < 0))
    listed = _listed(
        f"{number(float(one))} with {count:,}"
        for one, count in zip(epochs, counts, strict=True)
        if np.isfinite(one)
    )
    updates = epochs * np.array(counts) * study.plan.epoch_batches
    return Finding(
        "The more training images there are, the fewer epochs are wanted.",
        fewer and not np.isnan(epochs).any(),
        f"A gain of {number(gain)} dB over bicubic takes {listed} images. Counted in batches it "
        f"takes {number(float(np.nanmin(updates)))} to {number(float(np.nanmax(updates)))}: an "
        "epoch of many images is longer.",
    )


def _one_image(study: StudyResults) -> Finding:
    one = study.of(images=1, adversarial=True)
    enough, many = study.of(adversarial=True), study.of(images=_many(study), adversarial=True)
    errors = [each.end.mean("spectrum_error") for each in (one, enough)]
    heart = _by_heart(one) - _by_heart(enough)
    worse = many.end.scores["gain_db"] - one.end.scores["gain_db"]
    plausible = errors[0] <= SHARPNESS * errors[1]
    overfitted = heart >= OVERFITTED_DB and mean(worse) >= WORSE_DB
    return Finding(
        f"One image and {number(one.end.epochs)} epochs give a plausible picture that is "
        "overfitted.",
        plausible and overfitted,
        f"Against a discriminator, the spectrum of its pictures errs by {number(errors[0])} "
        f"decades, that of the network of {enough.training.images} images by "
        f"{number(errors[1])}. On its own image it gains {number(heart)} dB more over bicubic "
        "than on others, beyond what the other network does on its own, and on others it is "
        f"{_decibel(worse)} worse than that of {many.training.images} images.",
    )


def _by_heart(trained: Trained) -> float:
    """How much more a network gains on its training images than on others [dB]."""
    return mean(trained.end.own_gain_db) - trained.end.mean("gain_db")


def _many(study: StudyResults) -> int:
    """The number of images nearest to `MANY` that was trained with."""
    return min(study.plan.images, key=lambda count: abs(count - MANY))


def _enough_images(study: StudyResults) -> Finding:
    enough, most = study.plan.enough, study.plan.images[-1]
    more = study.of(images=most).end.scores["gain_db"] - study.of().end.scores["gain_db"]
    steps = []
    for fewer, count in zip(study.plan.images[:-1], study.plan.images[1:], strict=True):
        added = study.of(images=count).end.mean("gain_db") - study.of(images=fewer).end.mean(
            "gain_db"
        )
        steps.append(f"{number(round(added, 2))} dB from {fewer:,} to {count:,}")
    decided = None if most == enough else mean(more) < WORSE_DB
    return Finding(
        f"About {enough} training images are enough.",
        decided,
        f"After as many batches, {most:,} images gain {_decibel(more)} more than {enough}. On the "
        f"way images add {_listed(steps)}.",
    )


def recall(trained: Trained, size: float) -> float:
    """Share of the particles of a size that a network shows."""
    scores = trained.particles[size]
    shown, missed = float(scores["shown"].sum()), float(scores["missed"].sum())
    return shown / (shown + missed) if shown + missed else np.nan


def _small_particles(study: StudyResults) -> Finding:
    near, far = (study.of(factor=factor) for factor in study.plan.factors[:2])
    sizes = sorted(near.particles)
    shown = {size: (recall(near, size), recall(far, size)) for size in sizes}
    lost = any(here >= BACK and there < LOST for here, there in shown.values())
    back = all(one >= BACK for one in shown[sizes[-1]])
    table = _listed(
        f"{size:g} px {100 * here:.0f} and {100 * there:.0f} %"
        for size, (here, there) in shown.items()
    )
    return Finding(
        f"From 1/{far.training.factor} small particles do not come back, and large ones do.",
        lost and back,
        f"Of the particles of each diameter, the network by {near.training.factor} and that by "
        f"{far.training.factor} show: {table}.",
    )


def _other_material(study: StudyResults) -> Finding:
    tin = study.of(adversarial=True)
    own = study.of(OTHER_MATERIAL, adversarial=True)
    invented = [each.materials[OTHER_MATERIAL]["invented"] for each in (tin, own)]
    gains = [each.materials[OTHER_MATERIAL]["gain_db"] for each in (own, tin)]
    median, low, high = median_interval(invented[0] - invented[1])
    several = mean(invented[0]) >= INVENTS * mean(invented[1])
    return Finding(
        "A network of tin balls paints balls into a battery cathode, and one of cathodes does "
        "not.",
        several and low > 0,
        f"In an image of a cathode the network of tin balls invents {number(mean(invented[0]))} "
        f"particles, that of cathodes {number(mean(invented[1]))}: {number(median)} more "
        f"({number(low)} to {number(high)}). The network of cathodes is "
        f"{_decibel(gains[0] - gains[1])} better there.",
    )


def _generation(study: StudyResults) -> Finding:
    plain, sharp = study.of(), study.of(adversarial=True)
    invented = [each.end.scores["invented"] for each in (sharp, plain)]
    errors = [each.end.mean("spectrum_error") for each in (sharp, plain)]
    lost = plain.end.scores["gain_db"] - sharp.end.scores["gain_db"]
    generated = mean(invented[0]) > mean(invented[1]) and mean(lost) > 0 and errors[0] < errors[1]
    return Finding(
        "The output is generated, not restored.",
        generated,
        f"Against a discriminator a network's spectrum errs by {number(errors[0])} decades where "
        f"it errs by {number(errors[1])} without, but its images are {_decibel(lost)} farther "
        f"from the truth, and it invents {number(mean(invented[0]))} particles in an image where "
        f"the other invents {number(mean(invented[1]))}.",
    )


def _decibel(differences: Array) -> str:
    """Write the median of differences with its interval."""
    median, low, high = median_interval(differences)
    return f"{number(round(median, 2))} dB ({number(round(low, 2))} to {number(round(high, 2))})"


def _listed(parts: Iterator[str] | list[str]) -> str:
    *first, last = list(parts)
    return f"{', '.join(first)} and {last}" if first else last

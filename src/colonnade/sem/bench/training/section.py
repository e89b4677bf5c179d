"""What the report says of the study: its findings, and its figures."""

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from colonnade.core.bench.report import FIGURES, picture
from colonnade.core.bench.results import Results
from colonnade.core.bench.study import Section
from colonnade.core.bench.tables import table, table_row
from colonnade.sem.bench.training.figures import (
    draw_curves_of_training,
    draw_factors,
    draw_images_and_epochs,
    draw_materials,
    draw_transfer,
)
from colonnade.sem.bench.training.findings import OTHER_MATERIAL, Finding, findings
from colonnade.sem.bench.training.results import StudyResults, read_study

INTRODUCTION = (
    "Yoshida (KAKENHI 20K15139, 2023) trained SRGAN on scanning electron micrographs and varied "
    "the number of training images, the epochs, the factor and the material. Here the same is "
    "varied on simulated images, whose truth is known, with a small network that is trained for "
    "the smallest error, and against a discriminator as SRGAN is. Every network learns from "
    "{steps:,} batches of {batch} parts of images; an epoch shows every part of every training "
    "image once."
)

WRAPPED = "white-space: normal; text-align: left; min-width: 24rem"
"""Style of a sentence in a table."""

TASTE = " This is a taste: so little is trained that nothing is decided."

FIGURES_OF_STUDY: tuple[tuple[str, str, Callable[[StudyResults, Path], None]], ...] = (
    (
        "images-and-epochs",
        "Yoshida's figure 2 with our data: what networks that are trained against a discriminator "
        "make of one image of tin balls, by the number of training images and epochs. All rows "
        "end after the same number of batches.",
        draw_images_and_epochs,
    ),
    (
        "training-curves",
        "Scores on test images against the epochs.",
        draw_curves_of_training,
    ),
    (
        "factors",
        "Yoshida's figure 3 with our data: what comes back from coarser pixels.",
        draw_factors,
    ),
    (
        "materials-learned",
        "Yoshida's figure 4 with our data: a battery cathode, shown by networks of tin balls and "
        "of cathodes.",
        lambda study, path: draw_materials(study, OTHER_MATERIAL, path),
    ),
    (
        "transfer",
        "What networks of each material make of every other.",
        draw_transfer,
    ),
)
"""What each figure is called, what it shows, and what draws it."""


def training_section(results: Results) -> Iterator[Section]:
    """Make the part of the report that shows the study, if the run has one that is complete."""
    study = read_study(results.folder)
    if study is None or not study.complete:
        return
    text = INTRODUCTION.format(steps=study.plan.steps, batch=study.plan.batch)
    if study.plan.is_taste:
        text += TASTE
    rows = [_row(one) for one in findings(study)]
    content = [f"<p>{text}</p>", table(["Yoshida's finding", "here", "by what"], rows)]
    for name, caption, draw in FIGURES_OF_STUDY:
        path = results.folder / FIGURES / f"{name}.png"
        draw(study, path)
        content.append(f"<h3>{escape(caption)}</h3>{picture(path, caption, 'wide')}")
    yield Section("training", "How training decides what networks show", "".join(content))


def _row(finding: Finding) -> str:
    kind = ' class="fail"' if finding.reproduced is False else ""
    cells = (
        escape(finding.claim),
        f"<span{kind}>{finding.verdict}</span>",
        f'<div style="{WRAPPED}">{escape(finding.numbers)}</div>',
    )
    return table_row(cells)

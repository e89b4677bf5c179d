"""The figures of the study: images against numbers of images and epochs, factors, materials."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.style import COLOURS, MARKERS, number
from colonnade.core.figures.overlay import grey_range
from colonnade.core.figures.plots import save_few_colours
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.case import TestImage
from colonnade.sem.bench.pictures import middle
from colonnade.sem.bench.training.findings import recall
from colonnade.sem.bench.training.plan import FIRST_MATERIAL
from colonnade.sem.bench.training.results import Look, StudyResults, Trained, mean
from colonnade.sem.bench.training.scoring import material_images

SHOWN = 128
"""Rows and columns of the sharp image that are shown [px]."""

CURVES = (
    ("gain_db", "gain over bicubic [dB]"),
    ("ssim", "SSIM"),
    ("spectrum_error", "spectrum error [decades]"),
    ("frc_ratio", "resolution beside bicubic"),
    ("hallucinated", "hallucinated patches"),
    ("shown_share", "particles shown"),
    ("invented", "particles invented an image"),
    ("psnr", "PSNR [dB]"),
)
"""Scores that are drawn against the training, and what they are called."""


def draw_images_and_epochs(study: StudyResults, path: Path) -> None:
    """Draw what networks make of one image, by their training images and epochs.

    Parameters
    ----------
    study
        All networks are done.
    path
        The PNG file.
    """
    counts, epochs = study.plan.images, study.plan.epochs
    test = _test(FIRST_MATERIAL, study.plan.factors[0])
    figure = Figure(
        figsize=(1.55 * (len(epochs) + 1), 1.85 * len(counts) + 0.4), layout="constrained"
    )
    panels = figure.subplots(len(counts), len(epochs) + 1, squeeze=False)
    for axes in panels.flat:
        axes.set_axis_off()
    _show(panels[0, 0], _crop(enlarge_nearest(test)), test, "given")
    _show(panels[1, 0], _crop(test.pair.high), test, "truth")
    for row, count in zip(panels, counts, strict=True):
        looks = {look.epochs: look for look in study.of(images=count, adversarial=True).looks}
        for axes, wanted in zip(row[1:], epochs, strict=True):
            look = looks.get(wanted)
            if look is not None:
                title = f"{count:,}, {number(wanted)}\n{_quality(look)}"
                _show(axes, _crop(look.kept.pictures()[0]), test, title)
    figure.suptitle("training images, epochs; PSNR [dB], SSIM", fontsize=10)
    save_few_colours(figure, path, dpi=110)


def _quality(look: Look) -> str:
    return f"{look.scores['psnr'][0]:.1f}, {look.scores['ssim'][0]:.2f}"


def draw_curves_of_training(study: StudyResults, path: Path) -> None:
    """Draw scores against the epochs, for each number of training images and both ways to train.

    Parameters
    ----------
    study, path
        As for `draw_images_and_epochs`.
    """
    figure = Figure(figsize=(11.5, 5.6), layout="constrained")
    panels = figure.subplots(2, len(CURVES) // 2).flat
    for axes, (score, title) in zip(panels, CURVES, strict=True):
        for index, count in enumerate(study.plan.images):
            for adversarial in (False, True):
                looks = study.of(images=count, adversarial=adversarial).looks
                values = [_value(look, score) for look in looks]
                style: dict[str, Any] = {"color": COLOURS[index], "marker": MARKERS[index]}
                style |= {"ls": "--" if adversarial else "-", "lw": 1.3, "ms": 3.5}
                axes.plot([look.epochs for look in looks], values, **style)
        _dress(axes, title)
        axes.set_xscale("log")
        axes.set_xlabel("epochs", fontsize=9)
    handles = [
        Line2D([], [], color=COLOURS[index], marker=MARKERS[index], label=_images(count))
        for index, count in enumerate(study.plan.images)
    ]
    ways = (("-", "smallest error"), ("--", "against a discriminator"))
    handles += [Line2D([], [], color="#555555", ls=style, label=name) for style, name in ways]
    figure.legend(handles=handles, loc="outside upper center", ncols=7, frameon=False, fontsize=9)
    save_few_colours(figure, path, dpi=120)


def _images(count: int) -> str:
    return f"{count:,} image{'s' if count > 1 else ''}"


def _value(look: Look, score: str) -> float:
    if score != "shown_share":
        return look.mean(score)
    shown, missed = look.scores["shown"].sum(), look.scores["missed"].sum()
    return float(shown / (shown + missed)) if shown + missed else np.nan


def _dress(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.tick_params(labelsize=8.5)
    axes.grid(color="#EBEBEB", lw=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def draw_factors(study: StudyResults, path: Path) -> None:
    """Draw what comes back from pixels of two sizes, and particles by their size.

    Parameters
    ----------
    study, path
        As for `draw_images_and_epochs`.
    """
    factors = study.plan.factors
    figure = Figure(figsize=(11.5, 2.55 * len(factors) + 0.3), layout="constrained")
    columns = ("given", "network", "truth", "curve")
    grid: list[Any] = [
        [f"{name} {factor}" if name != "curve" else name for name in columns] for factor in factors
    ]
    panels = figure.subplot_mosaic(grid, width_ratios=(1, 1, 1, 1.7))
    for index, factor in enumerate(factors):
        trained, test = study.of(factor=factor), _test(FIRST_MATERIAL, factor)
        gained = f"network, {trained.end.mean('psnr'):.1f} dB"
        shown = (
            ("given", enlarge_nearest(test), f"1/{factor}"),
            ("network", trained.picture(FIRST_MATERIAL, 0), gained),
            ("truth", test.pair.high, "truth"),
        )
        for name, image, title in shown:
            axes = panels[f"{name} {factor}"]
            axes.set_axis_off()
            _show(axes, _crop(image, 2 * SHOWN), test, title)
        sizes = sorted(trained.particles)
        style: dict[str, Any] = {"color": COLOURS[index], "marker": MARKERS[index]}
        panels["curve"].plot(
            sizes, [recall(trained, size) for size in sizes], **style, label=f"from 1/{factor}"
        )
    _dress(panels["curve"], "particles shown, by diameter")
    panels["curve"].set_xlabel("diameter [px of the sharp image]", fontsize=9)
    panels["curve"].set_ylim(-0.03, 1.03)
    panels["curve"].legend(frameon=False, fontsize=9)
    save_few_colours(figure, path, dpi=110)


def draw_materials(study: StudyResults, material: str, path: Path) -> None:
    """Draw a material as networks show it that have learned another, and that have learned it.

    Parameters
    ----------
    study, path
        As for `draw_images_and_epochs`.
    material
        What is shown.
    """
    test = _test(material, study.plan.factors[0])
    bicubic = enlarge(test.pair.low, test.pair.factor)
    figure = Figure(figsize=(11.5, 5.5), layout="constrained")
    panels = figure.subplots(2, 4)
    for axes in panels.flat:
        axes.set_axis_off()
    for row, adversarial in zip(panels, (True, False), strict=True):
        way = "discriminator" if adversarial else "smallest error"
        networks = [
            study.of(learned, adversarial=adversarial) for learned in (FIRST_MATERIAL, material)
        ]
        first = ("given", enlarge_nearest(test)) if adversarial else ("bicubic", bicubic)
        _show(row[0], _crop(first[1], 2 * SHOWN), test, first[0])
        for axes, trained in zip(row[1:3], networks, strict=True):
            title = f"learned {_name(trained.training.material)}, {way}\n{_on(trained, material)}"
            _show(axes, _crop(trained.picture(material, 0), 2 * SHOWN), test, title)
    _show(panels[0, 3], _crop(test.pair.high, 2 * SHOWN), test, "truth")
    save_few_colours(figure, path, dpi=110)


def _on(trained: Trained, material: str) -> str:
    scores = trained.materials[material]
    return f"{scores['psnr'][0]:.1f} dB, particles invented: {scores['invented'][0]:.0f}"


def draw_transfer(study: StudyResults, path: Path) -> None:
    """Draw how networks of each material do on each, as tables.

    Parameters
    ----------
    study, path
        As for `draw_images_and_epochs`.
    """
    shown = (
        ("gain over bicubic [dB], smallest error", "gain_db", False),
        ("gain over bicubic [dB], discriminator", "gain_db", True),
        ("particles invented an image, discriminator", "invented", True),
    )
    figure = Figure(figsize=(11.5, 4.1), layout="constrained")
    for axes, (title, score, adversarial) in zip(figure.subplots(1, 3), shown, strict=True):
        values = _transfer(study, partial(_mean_of, score), adversarial)
        _draw_table(axes, values, [_name(one) for one in study.plan.materials])
        axes.set_title(title, fontsize=10)
    save_few_colours(figure, path, dpi=110)


def _mean_of(score: str, scores: dict[str, Array]) -> float:
    return mean(scores[score])


def _transfer(
    study: StudyResults, value: Callable[[dict[str, Array]], float], adversarial: bool
) -> Array:
    """Give a score by what was learned and what is shown."""
    materials = study.plan.materials
    return np.array(
        [
            [
                value(dict(study.of(learned, adversarial=adversarial).materials[shown]))
                for shown in materials
            ]
            for learned in materials
        ]
    )


def _draw_table(axes: Axes, values: Array, names: Sequence[str]) -> None:
    axes.imshow(values, cmap="Blues", aspect="auto")
    places = range(len(names))
    axes.set_xticks(places, names, fontsize=8.5, rotation=25, ha="right")
    axes.set_yticks(places, names, fontsize=8.5)
    axes.set_xlabel("shown", fontsize=9)
    axes.set_ylabel("learned", fontsize=9)
    halfway = (np.nanmin(values) + np.nanmax(values)) / 2
    for row, column in np.ndindex(*values.shape):
        colour = "white" if values[row, column] > halfway else "black"
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9, "color": colour}
        axes.text(column, row, number(float(values[row, column])), **style)


def _name(material: str) -> str:
    return material.replace("_", " ")


def _test(material: str, factor: int) -> TestImage:
    return material_images(material, factor, 1)[0]


def enlarge_nearest(test: TestImage) -> Single:
    """Show the pixels that were given as they are, at the size of the sharp image."""
    return np.repeat(np.repeat(test.pair.low, test.pair.factor, 0), test.pair.factor, 1)


def _crop(image: Single, side: int = SHOWN) -> Single:
    return middle(image, side)


def _show(axes: Axes, image: Single, test: TestImage, title: str) -> None:
    """Show an image on the grey scale of the truth."""
    low, high = grey_range(test.pair.high)
    axes.imshow(image, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
    axes.set_title(title, fontsize=8.5)

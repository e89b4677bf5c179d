"""The picture to look at: sections, the measured part of Fourier space, the residual of views."""

from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from colonnade.core.errors import visible
from colonnade.core.work.writing import atomic
from colonnade.tomo.reconstruct.shown import Section, Shown
from colonnade.tomo.reconstruction import AGREES, Assessment

SIZE_INCHES = (14.0, 9.0)
DOTS_PER_INCH = 100

CLIPPED = (0.001, 0.999)
"""Quantiles of the grey levels that are drawn black and white."""


def draw_picture(shown: Shown, assessment: Assessment, path: Path) -> None:
    """Draw a reconstruction.

    Parameters
    ----------
    shown
        What is drawn of it.
    assessment
        What is to be known of it.
    path
        The PNG file.
    """
    figure = Figure(SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    figure.suptitle(fill(visible(assessment.sentence), 150), x=0.01, ha="left", fontsize=11)
    axes = figure.subplots(2, 3)
    low, high = _range(shown)
    for place, section in zip(axes[0], shown.sections, strict=True):
        _draw_section(place, section, low, high)
    _draw_power(axes[1, 0], shown, assessment)
    _draw_residual(axes[1, 1], assessment)
    _draw_shifts(axes[1, 2], assessment)
    with atomic(path) as temporary:
        figure.savefig(temporary, format="png")


def _range(shown: Shown) -> tuple[float, float]:
    levels = np.concatenate([section.pixels.ravel() for section in shown.sections])
    low, high = np.quantile(levels, CLIPPED)
    return float(low), float(max(high, low + 1e-30))


def _draw_section(axes: Axes, section: Section, low: float, high: float) -> None:
    down, across = section.voxel
    axes.imshow(section.pixels, "gray", vmin=low, vmax=high, aspect=down / across)
    axes.set_title(f"section {section.name}", fontsize=10)
    axes.set_xlabel(section.name[0] if section.name != "yz" else "y")
    axes.set_ylabel(section.name[1] if section.name != "yz" else "z")
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_power(axes: Axes, shown: Shown, assessment: Assessment) -> None:
    """Draw the power, and lines at the first and the last tilt: outside them nothing was measured.

    A view at a tilt measures the frequencies across its beam, a line through the middle.
    """
    axes.imshow(shown.power, "viridis", extent=(-0.5, 0.5, 0.5, -0.5), aspect="auto")
    for tilt in (min(assessment.angles), max(assessment.angles)):
        radians = np.deg2rad(tilt)
        reach = 0.5 / max(abs(np.cos(radians)), abs(np.sin(radians)))
        x, z = reach * np.cos(radians), reach * np.sin(radians)
        axes.plot([-x, x], [-z, z], "w--", linewidth=1)
    axes.set_title("power: measured between the lines along x, else made", fontsize=10)
    axes.set_xlabel("frequency along x [1/px]")
    axes.set_ylabel("frequency along z [1/px]")


def _draw_residual(axes: Axes, assessment: Assessment) -> None:
    noise = np.where(assessment.noise > 0, assessment.noise, np.nan)
    axes.axhspan(*AGREES, color="0.9")
    axes.plot(assessment.angles, assessment.residual / noise, ".")
    axes.set_ylim(bottom=0)
    axes.set_title("what is left of each view, in its noise", fontsize=10)
    axes.set_xlabel("tilt [degrees]")


def _draw_shifts(axes: Axes, assessment: Assessment) -> None:
    axes.set_title("shift of each view", fontsize=10)
    axes.set_xlabel("tilt [degrees]")
    axes.set_ylabel("[px]")
    if not assessment.shifts:
        axes.text(0.5, 0.5, "not aligned here", ha="center", va="center", transform=axes.transAxes)
        return
    for name, values in zip(("y", "x"), np.array(assessment.shifts).T, strict=True):
        axes.plot(assessment.angles, values, ".", label=f"along {name}")
    axes.legend()

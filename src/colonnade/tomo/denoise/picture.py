"""The picture to look at: the measured image, the denoised one, and what was taken away."""

from pathlib import Path

from colonnade.core.figures.overlay import draw_scale_bar
from colonnade.core.figures.panels import PANEL_PX, Panels
from colonnade.tomo.denoise.denoised import Assessment
from colonnade.tomo.denoise.shown import Shown

TITLES = ("measured", "denoised", "taken away: noise, and nothing else, if all is well")
"""Of the panels."""


def draw_picture(shown: Shown, assessment: Assessment, path: Path) -> None:
    """Draw the whole image and, where pixels are lost in it, a part of it in full.

    Parameters
    ----------
    shown
        The image before and after.
    assessment
        What is to be known of it.
    path
        The PNG file.
    """
    rows = []
    for window in shown.windows:
        panels = shown.panels(window, PANEL_PX)
        pixel = assessment.voxel_size[2]
        if pixel is not None:
            draw_scale_bar(panels[0], pixel * (window[1].stop - window[1].start) / PANEL_PX)
        rows.append(panels)
    Panels(assessment.sentence, TITLES, rows).save(path)

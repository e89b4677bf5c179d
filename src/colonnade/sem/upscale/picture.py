"""The picture to look at: the measured image, the finer one, and how far it can be trusted."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from colonnade.core.figures.overlay import draw_scale_bar, letters
from colonnade.core.figures.panels import PANEL_PX, SMALL_PX, Panels, left
from colonnade.sem.upscale.shown import Shown, View, coloured
from colonnade.sem.upscaled import Assessment, brief

BAR_PX = (150, 14)
"""Width and height of the bar that explains the colours [px]."""

ENLARGED = 2
"""Pixels of the picture for each of the finer image, where a part is shown in full."""


def draw_picture(shown: Shown, assessment: Assessment, path: Path) -> None:
    """Draw the whole field and, where pixels are lost in it, a part of it in full.

    Parameters
    ----------
    shown
        The image and what came of it.
    assessment
        What is to be known of it.
    path
        The PNG file.
    """
    views = _views(shown)
    pixel_size = assessment.voxel_size[2]
    if pixel_size is not None:
        for view in views:
            draw_scale_bar(view.before, pixel_size / view.scale[1])
    titles = ("measured", shown.said, "± of a 90 % interval [grey levels]")
    panels = Panels(assessment.sentence, titles, [view.pictures for view in views])
    _explain(panels, shown.widest)
    panels.save(path)


def _views(shown: Shown) -> list[View]:
    """The whole field, and a part of it in which each pixel of the finer image is seen."""
    whole = shown.view(shown.whole, PANEL_PX)
    if whole.scale[1] >= ENLARGED:
        return [whole]
    width, height = (length // ENLARGED for length in whole.after.size)
    parts = shown.details(width, height, count=1)
    for window in parts:
        whole.frame(shown.finer(window))
    return [whole, *(shown.view(window, PANEL_PX) for window in parts)]


def _explain(panels: Panels, widest: float) -> None:
    """Say what the colours of the last column mean, beside its title."""
    draw, font, middle = ImageDraw.Draw(panels.sheet), letters(SMALL_PX), panels.title_middle
    width, height = BAR_PX
    right = left(2) + PANEL_PX
    draw.text((right, middle), most := brief(widest), "black", font, "rm")
    start = round(right - draw.textlength(most, font)) - 8 - width
    ramp = coloured(np.linspace(0, 1, width, dtype=np.float32)[None], 1.0)
    panels.sheet.paste(Image.fromarray(ramp.repeat(height, 0)), (start, middle - height // 2))
    draw.text((start - 8, middle), "0", "black", font, "rm")

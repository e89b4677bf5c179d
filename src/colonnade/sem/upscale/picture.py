"""The picture to look at: the measured image, the finer one, and how far it can be trusted."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from colonnade.core.figures.overlay import draw_scale_bar, letters
from colonnade.core.work.writing import atomic
from colonnade.sem.upscale.shown import Shown, View, coloured
from colonnade.sem.upscaled import Assessment, brief

PANEL_PX = 560
"""Width of each of the three panels [px]."""

GAP_PX = 14
"""Between panels, and round them [px]."""

WIDTH_PX = 3 * PANEL_PX + 4 * GAP_PX
"""Width of the picture [px]."""

LINE_PX = 32
"""Height of a line of words [px]."""

WORDS_PX, SMALL_PX = 21, 17
"""Size of the letters of the sentence, and of all others [px]."""

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
    lines = _folded(assessment.sentence, letters(WORDS_PX), WIDTH_PX - 2 * GAP_PX)
    top = LINE_PX * (len(lines) + 1) + GAP_PX
    height = top + sum(view.after.height + GAP_PX for view in views)
    sheet = Image.new("RGB", (WIDTH_PX, height), "white")
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        middle = GAP_PX // 2 + LINE_PX * (number + 0.5)
        draw.text((GAP_PX, middle), line, "black", letters(WORDS_PX), "lm")
    _explain(sheet, shown, top - LINE_PX // 2)
    for view in views:
        _put(sheet, view, top, assessment.voxel_size[2])
        top += view.after.height + GAP_PX
    with atomic(path) as temporary:
        # The least compression takes a quarter of the time, and hardly more room.
        sheet.save(temporary, format="png", compress_level=1)


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


def _put(sheet: Image.Image, view: View, top: int, pixel_size: float | None) -> None:
    """Put the three pictures of a view side by side, with a bar where there is a scale."""
    if pixel_size is not None:
        draw_scale_bar(view.before, pixel_size / view.scale[1])
    for column, picture in enumerate(view.pictures):
        sheet.paste(picture, (_left(column), top))


def _explain(sheet: Image.Image, shown: Shown, middle: int) -> None:
    """Say what each column shows, and what the colours of the last mean."""
    draw, font = ImageDraw.Draw(sheet), letters(SMALL_PX)
    titles = ("measured", shown.said, "± of a 90 % interval [grey levels]")
    for column, title in enumerate(titles):
        draw.text((_left(column), middle), title, "black", font, "lm")
    width, height = BAR_PX
    right = _left(2) + PANEL_PX
    draw.text((right, middle), most := brief(shown.widest), "black", font, "rm")
    left = round(right - draw.textlength(most, font)) - 8 - width
    ramp = coloured(np.linspace(0, 1, width, dtype=np.float32)[None], 1.0)
    sheet.paste(Image.fromarray(ramp.repeat(height, 0)), (left, middle - height // 2))
    draw.text((left - 8, middle), "0", "black", font, "rm")


def _left(column: int) -> int:
    return GAP_PX + column * (PANEL_PX + GAP_PX)


def _folded(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break a sentence into lines."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines

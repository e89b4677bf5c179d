"""The picture to look at: the measured image, the denoised one, and what was taken away."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from colonnade.core.figures.overlay import draw_scale_bar, letters
from colonnade.core.work.writing import atomic
from colonnade.tomo.denoise.denoised import Assessment
from colonnade.tomo.denoise.shown import Shown

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
    lines = _folded(assessment.sentence, letters(WORDS_PX), WIDTH_PX - 2 * GAP_PX)
    top = LINE_PX * (len(lines) + 1) + GAP_PX
    height = top + sum(panels[0].height + GAP_PX for panels in rows)
    sheet = Image.new("RGB", (WIDTH_PX, height), "white")
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        middle = GAP_PX // 2 + LINE_PX * (number + 0.5)
        draw.text((GAP_PX, middle), line, "black", letters(WORDS_PX), "lm")
    for column, title in enumerate(TITLES):
        draw.text((_left(column), top - LINE_PX // 2), title, "black", letters(SMALL_PX), "lm")
    for panels in rows:
        for column, panel in enumerate(panels):
            sheet.paste(panel, (_left(column), top))
        top += panels[0].height + GAP_PX
    with atomic(path) as temporary:
        # The least compression takes a quarter of the time, and hardly more room.
        sheet.save(temporary, format="png", compress_level=1)


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

"""A picture of three columns of panels below a sentence, drawn straight into its pixels."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from colonnade.core.errors import visible
from colonnade.core.figures.overlay import letters
from colonnade.core.work.writing import atomic

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


class Panels:
    """Rows of three panels, each with the title of its column, below a sentence.

    Parameters
    ----------
    sentence
        Folded to the width of the picture.
    titles
        Of the columns.
    rows
        The panels, each `PANEL_PX` wide; those of a row are of one height.
    """

    def __init__(
        self, sentence: str, titles: Sequence[str], rows: Sequence[Sequence[Image.Image]]
    ) -> None:
        lines = _folded(visible(sentence), letters(WORDS_PX), WIDTH_PX - 2 * GAP_PX)
        top = LINE_PX * (len(lines) + 1) + GAP_PX
        height = top + sum(panels[0].height + GAP_PX for panels in rows)
        self.sheet = Image.new("RGB", (WIDTH_PX, height), "white")
        self.title_middle = top - LINE_PX // 2
        draw = ImageDraw.Draw(self.sheet)
        for number, line in enumerate(lines):
            middle = GAP_PX // 2 + LINE_PX * (number + 0.5)
            draw.text((GAP_PX, middle), line, "black", letters(WORDS_PX), "lm")
        for column, title in enumerate(titles):
            draw.text((left(column), self.title_middle), title, "black", letters(SMALL_PX), "lm")
        for panels in rows:
            for column, panel in enumerate(panels):
                self.sheet.paste(panel, (left(column), top))
            top += panels[0].height + GAP_PX

    def save(self, path: Path) -> None:
        """Write the picture as PNG, whole or not at all."""
        with atomic(path) as temporary:
            # The least compression takes a quarter of the time, and hardly more room.
            self.sheet.save(temporary, format="png", compress_level=1)


def left(column: int) -> int:
    """Where a column begins [px]."""
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

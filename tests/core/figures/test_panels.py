"""Panels stand side by side below their sentence, and nothing of it is cut off."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colonnade.core.figures.panels import GAP_PX, PANEL_PX, WIDTH_PX, Panels, left

COLOURS = ("red", "lime", "blue")


def panels(height: int) -> list[Image.Image]:
    return [Image.new("RGB", (PANEL_PX, height), colour) for colour in COLOURS]


@pytest.mark.parametrize("words", [3, 300])
def test_every_panel_is_shown_in_full_below_the_words(tmp_path: Path, words: int) -> None:
    Panels("word " * words, ("a", "b", "c"), [panels(40), panels(70)]).save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        pixels = np.asarray(picture)
    assert pixels.shape[1] == WIDTH_PX
    assert (pixels[:, :GAP_PX] == 255).all()
    assert (pixels[:, -GAP_PX:] == 255).all()
    for column, colour in enumerate(COLOURS):
        shown = (pixels == Image.new("RGB", (1, 1), colour).getpixel((0, 0))).all(-1)
        assert shown.sum() == (40 + 70) * PANEL_PX
        assert np.flatnonzero(shown.any(0))[0] == left(column)


def test_a_sentence_that_is_too_long_for_a_line_is_folded() -> None:
    short, long = (Panels("word " * words, (), [panels(40)]) for words in (3, 300))
    assert long.sheet.height > short.sheet.height

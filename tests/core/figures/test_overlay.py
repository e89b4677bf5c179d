"""The picture of an image with its columns ringed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.overlay import draw_overlay
from colonnade.core.figures.overlay import IMAGE_SIDE_PX, STRIP_PX, length_label, round_length
from colonnade.core.images.micrograph import Micrograph

Positions = list[tuple[float, float]]

ORANGE = np.array([0xE6, 0x9F, 0x00])


def drawn(image: Micrograph, positions: Positions, path: Path) -> NDArray[np.int64]:
    y, x = np.array(positions, float).reshape(-1, 2).T
    draw_overlay(image, Columns(y=y, x=x), path)
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def orange(picture: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.abs(picture - ORANGE).sum(axis=2) < 60


def test_a_ring_lies_around_its_column(tmp_path: Path) -> None:
    picture = drawn(Micrograph(np.zeros((40, 60))), [(10.25, 41.5)], tmp_path / "a.png")
    y, x = np.nonzero(orange(picture))
    scale = IMAGE_SIDE_PX / 60
    assert np.ptp(y) == pytest.approx(0.6 * 60 / 12 * scale, abs=3)
    assert np.ptp(x) == pytest.approx(0.6 * 60 / 12 * scale, abs=3)
    middle = (y.max() + y.min()) / 2 - STRIP_PX, (x.max() + x.min()) / 2
    assert middle == pytest.approx((10.75 * scale, 42 * scale), abs=1.5)


def test_pixels_that_are_higher_than_wide_are_shown_so(tmp_path: Path) -> None:
    image = Micrograph(np.zeros((50, 50)), (0.02, 0.01))
    picture = drawn(image, [(25, 25)], tmp_path / "a.png")
    assert picture.shape[:2] == (IMAGE_SIDE_PX + STRIP_PX, IMAGE_SIDE_PX // 2)
    y, x = np.nonzero(orange(picture))
    assert np.ptp(y) == pytest.approx(2 * np.ptp(x), rel=0.1)


def test_what_is_not_a_number_is_black_and_the_rest_keeps_its_greys(tmp_path: Path) -> None:
    pixels = np.tile(np.linspace(0, 1, 90), (90, 1))
    pixels[40] = np.nan
    picture = drawn(Micrograph(pixels), [], tmp_path / "a.png")[STRIP_PX:]
    assert picture[int(40.5 * IMAGE_SIDE_PX / 90)].max() == 0
    row = picture[int(60.5 * IMAGE_SIDE_PX / 90), :, 0]
    assert row[0] == 0
    assert row[-1] == 255
    assert row[len(row) // 2] == pytest.approx(127, abs=4)


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 3), (5000, 40)])
def test_any_shape_has_its_whole_sentence(shape: tuple[int, int], tmp_path: Path) -> None:
    name = "a name that is longer than a narrow image is wide, by far"
    image = Micrograph(np.ones(shape), (0.01, 0.01), name)
    picture = drawn(image, [], tmp_path / "a.png")
    ink = np.nonzero((picture[:STRIP_PX] < 128).any(axis=(0, 2)))[0]
    assert ink.max() < picture.shape[1] - 5
    assert np.ptp(ink) > 600


def test_the_scale_bar_is_as_long_as_it_says(tmp_path: Path) -> None:
    image = Micrograph(np.zeros((100, 100)), (0.05, 0.05))
    picture = drawn(image, [], tmp_path / "a.png")
    white = (picture[STRIP_PX:] == 255).all(axis=2)
    assert round_length(0.25 * 100 * 0.05) == 1.0
    assert white.sum(axis=1).max() == pytest.approx(1.0 / 0.05 * IMAGE_SIDE_PX / 100, abs=2)
    bare = drawn(Micrograph(np.zeros((100, 100))), [], tmp_path / "b.png")
    assert not bare[STRIP_PX:].any()


@given(most=st.floats(1e-6, 1e9))
def test_a_round_length_is_close_below_what_is_allowed(most: float) -> None:
    length = round_length(most)
    assert most / 2.5 <= length * (1 + 1e-9)
    assert length <= most * (1 + 1e-9)
    assert f"{length:.0e}"[0] in "125"


def test_lengths_are_written_with_their_unit() -> None:
    assert [length_label(x) for x in (0.5, 200.0, 5000.0)] == ["0.5 nm", "200 nm", "5 µm"]

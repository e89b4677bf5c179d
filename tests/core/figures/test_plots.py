"""Figures: images in their own coordinates, bars of the right length, small files."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpl_toolkits.axes_grid1.anchored_artists import AnchoredSizeBar
from PIL import Image

from colonnade.core.figures.plots import (
    SHOWN_SIDE_PX,
    add_scale_bar,
    draw_training,
    save_few_colours,
    save_figure,
    show_image,
)
from colonnade.core.images.micrograph import Micrograph


def axes() -> Axes:
    return Figure(figsize=(3, 2)).add_axes((0, 0, 1, 1))


def test_an_image_lies_where_its_pixels_are_and_is_clipped_at_its_ends() -> None:
    pixels = np.tile(np.linspace(0, 1000, 60), (40, 1))
    pixels[0, 0] = 1e9
    panel = axes()
    show_image(panel, Micrograph(pixels, (0.02, 0.01)))
    (shown,) = panel.images
    assert tuple(shown.get_extent()) == (-0.5, 59.5, 39.5, -0.5)
    assert panel.get_aspect() == pytest.approx(2.0)
    low, high = shown.get_clim()
    assert 0 <= low < high <= 1001


def test_a_large_image_is_thinned_and_keeps_its_coordinates() -> None:
    side = 2 * SHOWN_SIDE_PX + 1
    panel = axes()
    show_image(panel, Micrograph(np.zeros((10, side), np.float32) + np.arange(10)[:, None]))
    (shown,) = panel.images
    assert max(shown.get_array().shape) <= SHOWN_SIDE_PX
    assert shown.get_extent()[1] == side - 0.5


@pytest.mark.parametrize(
    ("pixel", "length", "label"), [(0.01, 0.5, "0.5 nm"), (30.0, 1000.0, "1 µm")]
)
def test_a_scale_bar_is_as_long_as_it_says(pixel: float, length: float, label: str) -> None:
    panel = axes()
    image = Micrograph(np.zeros((100, 200), np.float32), (2 * pixel, pixel))
    add_scale_bar(panel, image)
    (bar,) = [one for one in panel.artists if isinstance(one, AnchoredSizeBar)]
    assert bar.size_bar.get_children()[0].get_width() == pytest.approx(length / pixel)
    assert bar.txt_label.get_text() == label


def test_without_a_calibration_there_is_no_bar() -> None:
    panel = axes()
    add_scale_bar(panel, Micrograph(np.zeros((100, 200), np.float32)))
    assert not panel.artists


def noisy() -> Figure:
    figure = Figure(figsize=(3, 2))
    panel = figure.add_axes((0, 0, 1, 1))
    panel.imshow(np.random.default_rng(0).random((200, 300, 3)), aspect="auto")
    return figure


def test_few_colours_take_less_room_and_the_size_stays(tmp_path: Path) -> None:
    save_figure(noisy(), tmp_path / "all.png", dpi=100)
    save_few_colours(noisy(), tmp_path / "few.png", dpi=100)
    with Image.open(tmp_path / "all.png") as every, Image.open(tmp_path / "few.png") as few:
        assert every.size == few.size == (300, 200)
        assert few.mode == "P"
        error = np.asarray(every.convert("RGB"), int) - np.asarray(few.convert("RGB"), int)
    # 256 colours are some six or seven on each axis of the cube.
    assert np.abs(error).mean() < 256 / 6 / 2
    assert (tmp_path / "few.png").stat().st_size < 0.5 * (tmp_path / "all.png").stat().st_size


def test_a_palette_holds_the_only_colours(tmp_path: Path) -> None:
    palette = [0, 0, 0, 255, 255, 255, 0, 114, 178]
    save_few_colours(noisy(), tmp_path / "few.png", dpi=50, palette=palette)
    with Image.open(tmp_path / "few.png") as few:
        colours = {colour for _, colour in few.convert("RGB").getcolors() or []}
    assert colours <= {(0, 0, 0), (255, 255, 255), (0, 114, 178)}
    assert len(colours) == 3


def test_a_training_log_has_a_panel_for_each_score(tmp_path: Path) -> None:
    rows = [{"step": str(step), "loss": str(1 / step), "f1": "0.5"} for step in range(1, 9)]
    draw_training(rows, tmp_path / "two.png")
    draw_training(
        [{k: v for k, v in row.items() if k != "f1"} for row in rows], tmp_path / "1.png"
    )
    with Image.open(tmp_path / "two.png") as two, Image.open(tmp_path / "1.png") as one:
        assert two.width == 2 * one.width
        assert np.ptp(np.asarray(two.convert("L")).astype(int)) > 100

"""What is drawn on the canvas is the image, where it is said to be."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from site_of_viewer import Picture, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

Canvas = Callable[..., np.ndarray]


def show(page: "Page", image: str, script: str = "") -> None:
    """Show an image, then do what a script says, and wait until it is there."""
    page.evaluate(f"async (image) => {{ await show(image); {script} }}", image)


def drawn(
    pixels: np.ndarray, shape: tuple[int, int], view: dict, aspect: float = 1.0, ratio: float = 1.0
) -> np.ndarray:
    """The pixels that lie under the middle of each pixel of the canvas; -1 outside."""
    rows, columns = (
        np.floor((np.arange(n) + 0.5 - n / 2) / (view["zoom"] * a * ratio) + centre + 0.5)
        for n, a, centre in zip(shape, (aspect, 1.0), view["centre"], strict=True)
    )
    y, x = np.meshgrid(rows.astype(int), columns.astype(int), indexing="ij")
    inside = (y >= 0) & (y < pixels.shape[0]) & (x >= 0) & (x < pixels.shape[1])
    there = pixels.astype(int)[y.clip(0, pixels.shape[0] - 1), x.clip(0, pixels.shape[1] - 1)]
    return np.where(inside, there, -1)


@pytest.fixture
def numbered(site: Site) -> np.ndarray:
    """An image whose every pixel has a grey level of its own."""
    pixels = np.arange(12 * 20, dtype=np.uint8).reshape(12, 20)
    site.pictures["numbered"] = Picture(pixels)
    return pixels


@pytest.mark.parametrize(
    "view",
    [
        {"zoom": 45.0, "centre": [5.5, 9.5]},
        {"zoom": 8.0, "centre": [0.0, 0.0]},
        {"zoom": 61.7, "centre": [3.21, 14.9]},
    ],
)
def test_every_pixel_lies_around_its_centre(
    page: "Page", canvas: Canvas, numbered: np.ndarray, view: dict
) -> None:
    show(page, "numbered", f"viewer.setContrast({{low: 0, high: 255}}); viewer.setView({view})")
    seen = canvas()
    expected = drawn(numbered, seen.shape[:2], view)
    assert np.array_equal(seen[..., 3] == 255, expected >= 0)
    inside = expected >= 0
    for channel in range(3):
        assert np.array_equal(seen[inside, channel], expected[inside])


def test_pixels_that_are_not_square_have_their_shape(
    page: "Page", canvas: Canvas, site: Site
) -> None:
    pixels = np.arange(10 * 12, dtype=np.uint8).reshape(10, 12)
    site.pictures["flat"] = Picture(pixels, pixel_size=(0.3, 0.2))
    show(page, "flat", "viewer.setContrast({low: 0, high: 255})")
    view = page.evaluate("viewer.state().view")
    seen = canvas()
    expected = drawn(pixels, seen.shape[:2], view, aspect=1.5)
    inside = expected >= 0
    assert np.array_equal(seen[..., 3] == 255, inside)
    assert np.array_equal(seen[inside, 0], expected[inside])
    widths, heights = inside.any(0).sum() / 12, inside.any(1).sum() / 10
    assert heights / widths == pytest.approx(1.5, rel=0.01)


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [
        ("uint8", 0, 200),
        ("int8", -100, 90),
        ("uint16", 1000, 60000),
        ("int16", -30000, 20000),
        ("uint32", 0, 4e9),
        ("int32", -2e9, -1e9),
        ("float32", -3e-20, 8e-20),
        ("float64", 1e300, 1.5e300),
    ],
)
def test_grey_levels_of_every_type_run_from_black_to_white(
    page: "Page", canvas: Canvas, site: Site, dtype: str, low: float, high: float
) -> None:
    levels = np.linspace(low, high, 24)
    site.pictures[dtype] = Picture(levels.astype(dtype).reshape(4, 6))
    show(page, dtype, f"viewer.setContrast({{low: {low}, high: {high}}})")
    view = page.evaluate("viewer.state().view")
    seen = canvas()
    which = drawn(np.arange(24).reshape(4, 6), seen.shape[:2], view)
    bright = 255 * (site.pictures[dtype].pixels.astype(float).ravel() - low) / (high - low)
    assert np.abs(seen[which >= 0, 0] - bright[which[which >= 0]]).max() < 1


def test_gamma_and_inversion(page: "Page", canvas: Canvas, numbered: np.ndarray) -> None:
    contrast = "{low: 20, high: 220, gamma: 0.5, invert: true}"
    show(page, "numbered", f"viewer.setContrast({contrast})")
    seen = canvas()
    expected = drawn(numbered, seen.shape[:2], page.evaluate("viewer.state().view"))
    inside = expected >= 0
    bright = 255 * (1 - np.clip((expected[inside] - 20) / 200, 0, 1) ** 0.5)
    # A step of the table is 1/1024 of the range, which the root makes 8 grey levels at its foot.
    error = np.abs(seen[inside, 0] - bright)
    assert error.max() <= 8
    assert error[expected[inside] > 25].max() <= 1.5


def test_pixels_without_a_value_are_hatched(page: "Page", canvas: Canvas, site: Site) -> None:
    pixels = np.full((8, 8), 5.0, np.float32)
    pixels[0, 0], pixels[2:5, 3:6] = 4, np.nan
    site.pictures["holes"] = Picture(pixels)
    show(page, "holes", "viewer.setContrast({low: 4, high: 5})")
    seen = canvas()
    number = drawn(
        np.arange(64).reshape(8, 8), seen.shape[:2], page.evaluate("viewer.state().view")
    )
    hole = np.isin(number, np.flatnonzero(np.isnan(pixels)))
    assert set(np.unique(seen[hole, 0])) == {128, 168}
    assert set(np.unique(seen[(number >= 0) & ~hole, 0])) == {0, 255}


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1)])
def test_a_constant_image_of_any_shape_is_mid_grey(
    page: "Page", canvas: Canvas, site: Site, shape: tuple[int, int]
) -> None:
    site.pictures["constant"] = Picture(np.full(shape, 7.0, np.float32))
    show(page, "constant", "viewer.setContrast({low: 7, high: 7})")
    seen = canvas()
    assert set(np.unique(seen[seen[..., 3] > 0, 0])) <= {127, 128}
    assert (seen[..., 3] > 0).any()


def test_a_small_image_on_screen_is_the_mean_of_its_pixels(
    page: "Page", canvas: Canvas, site: Site
) -> None:
    checks = np.indices((1400, 1800)).sum(0) % 2 * np.uint8(200)
    site.pictures["checks"] = Picture(checks)
    show(page, "checks", "viewer.setContrast({low: 0, high: 200})")
    page.wait_for_timeout(500)
    seen = canvas()
    inner = seen[20:-20, 60:-60, 0].astype(float)
    assert inner.mean() == pytest.approx(127.5, abs=2)
    assert inner.std() < 20  # of the checks' 127: nothing but the mixture of levels


def test_a_layer_lies_where_its_scale_and_corner_say(
    page: "Page", canvas: Canvas, numbered: np.ndarray, site: Site
) -> None:
    layer = np.array([[1, 2, 3], [4, 5, np.nan]], np.float32)
    site.pictures["layer"] = Picture(layer)
    place = "{scale: [0.5, 0.25], origin: [2, 4], low: 1, high: 5, colourMap: 'grey'}"
    show(page, "numbered", f"viewer.setLayer(await source('layer'), {place})")
    seen = canvas("upper")
    view = page.evaluate("viewer.state().view")
    number = drawn(np.arange(240).reshape(12, 20), seen.shape[:2], view)
    y, x = np.divmod(number, 20)
    rows, columns = (y - 2) // 2, (x - 4) // 4
    inside = (number >= 0) & (rows >= 0) & (rows < 2) & (columns >= 0) & (columns < 3)
    value = layer[rows.clip(0, 1), columns.clip(0, 2)]
    visible = inside & np.isfinite(value)
    assert np.array_equal(seen[..., 3] == 255, visible)
    assert np.abs(seen[visible, 0] - 255 * (value[visible] - 1) / 4).max() < 1


def test_swipe_shows_each_image_on_its_side(
    page: "Page", canvas: Canvas, numbered: np.ndarray, site: Site
) -> None:
    finer = np.kron(255 - numbered, np.ones((2, 2), np.uint8))
    site.pictures["finer"] = Picture(finer)
    show(page, "numbered", "viewer.compare(await source('finer'), 'swipe', {scale: 2})")
    page.evaluate("viewer.setContrast({low: 0, high: 255})")
    seen = canvas()
    expected = drawn(numbered, seen.shape[:2], page.evaluate("viewer.state().view"))
    half = seen.shape[1] // 2
    expected[:, half:] = np.where(expected[:, half:] >= 0, 255 - expected[:, half:], -1)
    assert np.array_equal(seen[expected >= 0, 0], expected[expected >= 0])


def test_slices_of_a_volume_cross_where_they_are_said_to(
    page: "Page", canvas: Canvas, site: Site
) -> None:
    volume = np.random.default_rng(3).integers(0, 255, (7, 11, 13)).astype(np.uint8)
    site.pictures["volume"] = Picture(volume, voxel_size=(2, 1, 1), axes=("z", "y", "x"))
    show(page, "volume", "viewer.setContrast({low: 0, high: 255})")
    page.evaluate("viewer.setPlane('z', 2); viewer.setPlane('y', 9); viewer.setPlane('x', 4)")
    slices = [volume[2], volume[:, 9], volume[:, :, 4]]
    for stage, (pixels, aspect) in enumerate(zip(slices, (1, 2, 2), strict=True)):
        seen = canvas("image", stage)
        middle = [(n - 1) / 2 for n in pixels.shape]
        height, width = seen.shape[:2]
        zoom = min(width / pixels.shape[1], height / (aspect * pixels.shape[0]))
        expected = drawn(pixels, seen.shape[:2], {"zoom": zoom, "centre": middle}, aspect)
        differs = seen[expected >= 0, 0] != expected[expected >= 0]
        assert differs.mean() < 0.01  # rounding where two pixels meet


SAVE = """async () => {
  const bitmap = await createImageBitmap(await viewer.picture());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  globalThis.saved = canvas.getContext("2d");
  saved.drawImage(bitmap, 0, 0);
  return [bitmap.height, bitmap.width];
}"""


def saved(page: "Page", x: float, y: float, width: int, height: int = 1) -> np.ndarray:
    """RGBA of a part of the picture that was saved, (y, x, channel)."""
    part = f"saved.getImageData({round(x)}, {round(y)}, {width}, {height}).data"
    return np.array(page.evaluate(f"Array.from({part})")).reshape(height, width, 4)


def test_the_picture_is_what_is_seen(page: "Page", canvas: Canvas, numbered: np.ndarray) -> None:
    show(page, "numbered")
    size = page.evaluate(SAVE)
    seen = canvas()
    assert tuple(size) == seen.shape[:2]
    assert np.array_equal(saved(page, 0, 100, size[1])[0, :, 0], seen[100, :, 0])


def test_the_picture_says_what_the_colours_mean(page: "Page", numbered: np.ndarray) -> None:
    show(page, "numbered", "viewer.setLayer(await source('numbered'), {colourMap: 'blue-red'});")
    page.evaluate("""() => {
      const values = Float64Array.from({length: 9}, (_, i) => i / 10);
      const table = {rows: 9, columns: {y_px: values, x_px: values, score: values}};
      viewer.setPoints(table, {colourBy: 'score', colourMap: 'grey'});
    }""")
    page.evaluate(SAVE)
    home = page.locator(".planes").bounding_box()
    assert home
    for band, grey in ((".colourbar .band", False), (".legend .bar", True)):
        box = page.locator(band).bounding_box()
        assert box
        y = box["y"] - home["y"] + box["height"] / 2
        left, width = box["x"] - home["x"], round(box["width"])
        colours = saved(page, left + 1, y, width - 2)[0].astype(int)
        if grey:
            assert (np.diff(colours[:, 0]) >= 0).all()
            assert colours[-1, 0] > colours[0, 0] + 100
        else:
            assert colours[0, 2] > colours[0, 0] + 50
            assert colours[-1, 0] > colours[-1, 2] + 50


def test_the_picture_of_a_volume_has_all_its_slices(
    page: "Page", canvas: Canvas, site: Site
) -> None:
    site.pictures["cube"] = Picture(
        np.arange(24 * 20 * 16, dtype=np.float32).reshape(24, 20, 16), axes=("z", "y", "x")
    )
    show(page, "cube")
    page.wait_for_timeout(300)
    page.evaluate(SAVE)
    home = page.locator(".planes").bounding_box()
    assert home
    for number in range(3):
        box = page.locator(".stage").nth(number).bounding_box()
        assert box
        seen = canvas("image", number)
        row = seen.shape[0] // 3
        drawn = seen[row, :, 3] > 0
        part = saved(page, box["x"] - home["x"], box["y"] - home["y"] + row, seen.shape[1])[0]
        same = part[drawn, 0] == seen[row, drawn, 0]
        assert drawn.sum() > 50
        assert same.mean() > 0.95  # but for crosshairs

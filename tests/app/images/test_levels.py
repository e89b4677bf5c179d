"""Levels of images, stacks and volumes: what a viewer asks for, and that it is true."""

import json
import threading

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade import Micrograph, TiltSeries, read
from colonnade.app.images.cache import Cache
from colonnade.app.images.levels import TILE, Levels
from colonnade.core.files.open import describe, read_frames, read_volume
from colonnade.core.images.volume import Volume


def _level(levels, number, axis="z", plane=0):
    """Put the tiles of a level together."""
    height, width = levels.manifest.axes[axis].levels[number].shape
    return np.block(
        [
            [levels.tile(axis, plane, number, row, column) for column in range(-(-width // TILE))]
            for row in range(-(-height // TILE))
        ]
    )


def _means(image, factor):
    """Means over squares that lie within the image."""
    height, width = (-(-size // factor) for size in image.shape)
    padded = np.full((height * factor, width * factor), np.nan)
    padded[: image.shape[0], : image.shape[1]] = image
    squares = padded.reshape(height, factor, width, factor)
    numbers = np.sum(~np.isnan(squares), (1, 3))
    return np.where(numbers, np.nansum(squares, (1, 3)) / np.maximum(numbers, 1), np.nan)


@settings(max_examples=8, deadline=None)
@given(
    height=st.integers(1, 1300),
    width=st.integers(1, 1300),
    holes=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 99),
)
def test_every_level_has_the_means_of_the_pixels_that_have_a_number(height, width, holes, seed):
    rng = np.random.default_rng(seed)
    image = rng.normal(100, 10, (height, width)).astype(np.float32)
    image[rng.random(image.shape) < holes] = np.nan
    levels = Levels(image)
    known = levels.manifest.axes["z"].levels
    np.testing.assert_array_equal(_level(levels, 0), image)
    for number, level in enumerate(known):
        expected = image if number == 0 else _means(image, level.factor)
        np.testing.assert_allclose(_level(levels, number), expected, rtol=1e-5)
    assert max(known[-1].shape) <= TILE
    assert all(max(level.shape) > TILE for level in known[:-1])


def test_coarse_levels_of_a_large_image_are_means_of_its_pixels_and_not_of_means():
    # 8 and 16 pixels to one are made from what was averaged once; holes must not weigh more.
    rng = np.random.default_rng(1)
    image = rng.normal(0, 1, (303, 5003))
    image[rng.random(image.shape) < 0.5] = np.nan
    image[96:112, 2000:2016] = np.nan
    levels = Levels(image)
    assert [level.factor for level in levels.manifest.axes["z"].levels] == [1, 2, 4, 8, 16]
    for number, factor in ((3, 8), (4, 16)):
        np.testing.assert_allclose(_level(levels, number), _means(image, factor), atol=1e-12)


def test_a_pixel_of_a_level_lies_in_the_middle_of_those_it_stands_for():
    image = np.zeros((2048, 2048), np.uint16)
    image[1024:1028, 512:516] = 1000
    levels = Levels(image)
    level = levels.manifest.axes["z"].levels[2]
    y, x = np.argwhere(_level(levels, 2) > 0).mean(0)
    middle = np.array([y, x]) * level.factor + (level.factor - 1) / 2
    np.testing.assert_array_equal(middle, [1025.5, 513.5])


@pytest.mark.parametrize(
    ("dtype", "given_as"),
    [
        ("?", "uint8"),
        ("i1", "int8"),
        (">u2", "uint16"),
        (">i4", "int32"),
        ("i8", "float64"),
        ("u8", "float64"),
        ("f2", "float32"),
        (">f4", "float32"),
        (">f8", "float64"),
    ],
)
def test_pixels_come_in_a_type_that_a_browser_knows_and_keep_their_values(dtype, given_as):
    image = (np.arange(600 * 7).reshape(600, 7) % 120).astype(dtype)
    levels = Levels(image)
    tile = levels.tile("z", 0, 0, 0, 0)
    assert levels.manifest.dtype == tile.dtype.name == given_as
    assert tile.dtype.byteorder in "=<|"
    assert tile.flags.c_contiguous
    np.testing.assert_array_equal(_level(levels, 0), image.astype(float))
    np.testing.assert_allclose(_level(levels, 1), _means(image.astype(float), 2), rtol=1e-6)


def test_the_range_is_that_of_the_overview_and_the_extremes_those_of_every_pixel():
    rng = np.random.default_rng(2)
    image = rng.normal(500, 50, (3000, 2000))
    image[17, 23], image[2900, 1999], image[5, 5], image[6, 6] = 1e6, -3.0, np.inf, np.nan
    manifest = Levels(image).manifest
    assert (manifest.minimum, manifest.maximum, manifest.sampled) == (-3.0, 1e6, False)
    assert 400 < manifest.low < 500 < manifest.high < 600
    assert manifest.histogram.first >= 300
    assert manifest.histogram.last <= 700
    assert sum(manifest.histogram.counts) == 750 * 500 - 1  # all but the infinite one
    json.dumps(manifest.to_json(), allow_nan=False)


@pytest.mark.parametrize("value", [np.nan, 0.0, 1e30, -7.0])
def test_an_image_of_one_value_has_a_range_to_be_shown_in(value):
    manifest = Levels(np.full((700, 40), value)).manifest
    assert manifest.low < manifest.high
    assert manifest.minimum == (None if np.isnan(value) else value)
    json.dumps(manifest.to_json(), allow_nan=False)


def test_a_few_bright_pixels_on_nothing_are_shown():
    image = np.zeros((100, 100), np.uint8)
    image[50, 50] = 9
    manifest = Levels(image).manifest
    assert (manifest.low, manifest.high) == (0.0, 9.0)


def test_a_volume_has_planes_along_each_axis_with_their_own_pixel_sizes(tmp_path):
    voxels = np.random.default_rng(3).integers(0, 255, (20, 30, 41), np.uint8)
    path = tmp_path / "volume.npy"
    np.save(path, voxels)
    for seen in (voxels, np.load(path, mmap_mode="r")):
        levels = Levels(Volume(seen, (4.0, 2.0, 1.0)))
        axes = levels.manifest.axes
        assert {
            axis: (each.planes, each.shape, each.pixel_size) for axis, each in axes.items()
        } == {
            "z": (20, (30, 41), (2.0, 1.0)),
            "y": (30, (20, 41), (4.0, 1.0)),
            "x": (41, (20, 30), (4.0, 2.0)),
        }
        np.testing.assert_array_equal(levels.tile("z", 19, 0, 0, 0), voxels[19])
        np.testing.assert_array_equal(levels.tile("y", 17, 0, 0, 0), voxels[:, 17])
        np.testing.assert_array_equal(levels.tile("x", 40, 0, 0, 0), voxels[:, :, 40])


def test_a_volume_without_a_thickness_has_no_pixel_size_across_it():
    axes = Levels(Volume(np.zeros((3, 4, 5)), (None, 2.0, 1.0))).manifest.axes
    assert axes["z"].pixel_size == (2.0, 1.0)
    assert axes["y"].pixel_size is None
    assert axes["x"].pixel_size is None


def test_unequal_pixels_keep_their_sizes():
    manifest = Levels(Micrograph(np.zeros((8, 9)), (0.02, 0.01))).manifest
    assert list(manifest.axes) == ["z"]
    assert manifest.axes["z"].pixel_size == (0.02, 0.01)
    assert manifest.voxel_size == (None, 0.02, 0.01)


def test_what_a_file_holds_is_seen_as_it_is_read(tmp_path):
    rng = np.random.default_rng(4)
    film = rng.integers(0, 4000, (7, 60, 50), np.uint16)
    path = tmp_path / "film.tif"
    tifffile.imwrite(path, film, photometric="minisblack")
    (signal,) = describe(path)
    for seen, axes in (
        (signal, ["z"]),
        (read_frames(path), ["z"]),
        (read_volume(path), ["z", "y", "x"]),
    ):
        levels = Levels(seen)
        assert list(levels.manifest.axes) == axes
        assert levels.manifest.sampled
        for plane in (6, 0, 3):
            np.testing.assert_array_equal(levels.tile("z", plane, 0, 0, 0), film[plane])


@pytest.mark.parametrize("grey", [True, False])
def test_colours_are_seen_as_the_luminance_that_is_read(tmp_path, grey):
    colours = np.random.default_rng(5).integers(0, 255, (60, 50, 3), np.uint8)
    if grey:
        colours[:] = colours[..., :1]
    path = tmp_path / "colours.tif"
    tifffile.imwrite(path, colours, photometric="rgb")
    (signal,) = describe(path)
    levels = Levels(signal)
    assert levels.manifest.dtype == ("uint8" if grey else "float64")
    np.testing.assert_array_equal(levels.tile("z", 0, 0, 0, 0), read(path).pixels)


def test_tilts_are_those_of_the_views_or_of_the_views_behind_a_volume():
    tilts = (-60.0, 0.0, 60.0)
    series = Levels(TiltSeries(np.zeros((3, 4, 5)), tilts)).manifest
    assert (series.tilts, list(series.axes)) == (tilts, ["z"])
    volume = Levels(Volume(np.zeros((9, 4, 5)), metadata={"tilts": [*tilts]})).manifest
    assert (volume.tilts, list(volume.axes)) == (tilts, ["z", "y", "x"])


@pytest.mark.parametrize(
    "tile",
    [
        ("z", 1, 0, 0, 0),
        ("y", 0, 0, 0, 0),
        ("z", 0, 2, 0, 0),
        ("z", 0, 0, 2, 0),
        ("z", 0, 0, 0, -1),
    ],
)
def test_a_tile_that_is_not_there_is_said_to_be_none(tile):
    with pytest.raises(IndexError, match="no tile"):
        Levels(np.zeros((700, 700))).tile(*tile)


def test_no_more_of_a_large_file_is_read_than_is_looked_at(tmp_path, monkeypatch):
    read_bytes = []

    class Mapped:
        shape, dtype = (1, 20_000, 20_000), np.dtype(np.uint16)

        def __getitem__(self, part):
            block = np.zeros(
                [len(range(*p.indices(n))) for p, n in zip(part, self.shape, strict=True)],
                self.dtype,
            )
            read_bytes.append(block.nbytes)
            return block

    levels = Levels(Volume(Mapped()))
    assert levels.tile("z", 0, 1, 3, 4).shape == (512, 512)
    assert sum(read_bytes) == 1024 * 1024 * 2
    read_bytes.clear()
    assert levels.tile("z", 0, 6, 0, 0).shape == (313, 313)
    assert sum(read_bytes) == 20_000 * 20_000 * 2
    assert max(read_bytes) <= 1024 * 20_000 * 2
    assert levels.tile("z", 0, 4, 0, 0).shape == (512, 512)
    assert sum(read_bytes) == 20_000 * 20_000 * 2


def test_what_was_made_last_is_kept_within_a_limit():
    cache, made = Cache(3 * 800), []

    def make(key):
        made.append(key)
        return np.full(100, key)

    for key in (1, 2, 3, 1, 4, 1, 2):
        assert cache.get(key, lambda key=key: make(key))[0] == key
    assert made == [1, 2, 3, 4, 2]  # 2 had to go for 4, as 1 was asked for again


def test_one_thread_makes_for_all_and_a_failure_is_not_kept():
    cache, made, wait = Cache(1000), [], threading.Event()

    def make():
        made.append(1)
        wait.wait(5)
        return np.zeros(1)

    threads = [threading.Thread(target=cache.get, args=("key", make)) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait.set()
    for thread in threads:
        thread.join()
    assert made == [1]
    with pytest.raises(ZeroDivisionError):
        cache.get("other", lambda: np.zeros(1 // 0))
    assert cache.get("other", lambda: np.ones(1))[0] == 1

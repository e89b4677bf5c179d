"""Tiles leave no seam, keep to their shapes, and need no more memory for a larger image."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from colonnade.core.arrays import Single
from colonnade.core.errors import ModelError
from colonnade.core.images.tiles import RIM, Tiling, places, run_tiled
from colonnade.core.learn.networks import NetworkRecipe, build

RECIPE = NetworkRecipe((3, 4, 5))
TILING = Tiling(channels=2, stride=RECIPE.stride, halo=RECIPE.halo)

factors = st.integers(1, 3)


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(0)
    made = build(RECIPE, inputs=1, outputs=2)
    # Running statistics as after training, so that normalisation is not the identity.
    with torch.no_grad():
        for _ in range(3):
            made(torch.randn(4, 1, 32, 32))
    return made.eval()


def noise(*shape: int, seed: int = 0) -> Single:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def enlarging(factor: int, dimensions: int = 2) -> Callable[[Single], Single]:
    """Sum the channels with weights, blur over 2 px to each side, and repeat pixels."""
    spatial = tuple(range(-dimensions, 0))

    def function(patches: Single) -> Single:
        summed = np.tensordot(patches, np.arange(1, patches.shape[1] + 1), (1, 0))[:, None]
        grown = ndimage.uniform_filter(summed, 5, mode="nearest", axes=spatial)
        for axis in spatial:
            grown = grown.repeat(factor, axis)
        return grown.astype(np.float32)

    return function


@settings(max_examples=25)
@given(
    height=st.integers(1, 150),
    width=st.integers(1, 150),
    tile=st.integers(1, 160),
    seed=st.integers(0, 9),
)
def test_tiled_and_whole_agree_for_every_size(
    network: torch.nn.Module, height: int, width: int, tile: int, seed: int
) -> None:
    @torch.no_grad()
    def function(patch: Single) -> Single:
        return np.asarray(network(torch.from_numpy(patch)))

    image = noise(height, width, seed=seed)
    tile = max(tile, 1 + max(height, width) // 5)
    whole = run_tiled(function, image, replace(TILING, tile=max(height, width)))
    tiled = run_tiled(function, image, replace(TILING, tile=tile))
    np.testing.assert_allclose(tiled, whole, atol=1e-5)


@given(
    height=st.integers(1, 60),
    width=st.integers(1, 60),
    channels=st.integers(1, 3),
    factor=factors,
    stride=st.integers(1, 4),
    tile=st.integers(4, 70),
    batch=st.integers(1, 5),
)
def test_an_enlarged_image_of_several_channels_has_no_seam(
    height: int, width: int, channels: int, factor: int, stride: int, tile: int, batch: int
) -> None:
    image = noise(channels, height, width)
    tiling = Tiling(1, stride, halo=4, factor=factor, tile=100)
    whole = run_tiled(enlarging(factor), image, tiling)
    tiled = run_tiled(enlarging(factor), image, replace(tiling, tile=tile, batch=batch))
    assert tiled.shape == (1, factor * height, factor * width)
    np.testing.assert_allclose(tiled, whole, atol=1e-5)


@settings(max_examples=15)
@given(
    shape=st.tuples(*[st.integers(1, 20)] * 3),
    factor=st.integers(1, 2),
    tile=st.integers(3, 24),
    batch=st.integers(1, 4),
)
def test_volumes_have_no_seam_either(
    shape: tuple[int, int, int], factor: int, tile: int, batch: int
) -> None:
    volume = noise(*shape)
    tiling = Tiling(1, stride=2, halo=4, factor=factor, dimensions=3, tile=64)
    whole = run_tiled(enlarging(factor, 3), volume, tiling)
    tiled = run_tiled(enlarging(factor, 3), volume, replace(tiling, tile=tile, batch=batch))
    assert tiled.shape == (1, *(factor * count for count in shape))
    np.testing.assert_allclose(tiled, whole, atol=1e-5)


def test_each_answer_lies_where_its_pixels_are() -> None:
    """No axis is exchanged: every pixel of a volume comes back at its own place, repeated."""
    volume = np.arange(7 * 11 * 5, dtype=np.float32).reshape(7, 11, 5)

    def repeated(patches: Single) -> Single:
        return patches.repeat(2, 2).repeat(2, 3).repeat(2, 4)

    tiling = Tiling(1, stride=1, halo=1, factor=2, dimensions=3, tile=3)
    made = run_tiled(repeated, volume, tiling)
    np.testing.assert_array_equal(made[0], volume.repeat(2, 0).repeat(2, 1).repeat(2, 2))


def test_tiles_of_one_shape_go_through_the_model_together() -> None:
    counts: list[int] = []

    def function(patches: Single) -> Single:
        counts.append(len(patches))
        return patches

    image = noise(8, 80)
    made = run_tiled(function, image, Tiling(1, stride=1, halo=2, tile=8, batch=4))
    assert counts == [4, 4, 2]
    np.testing.assert_array_equal(made[0], image)


@pytest.mark.parametrize(
    "answered",
    [(1, 1, 32, 32), (1, 2, 64, 64), (1, 2, 16, 16), (2, 2, 32, 32), (2, 32, 32), (1, 2, 32, 33)],
)
def test_an_answer_of_another_shape_is_refused_in_one_sentence(answered: tuple[int, ...]) -> None:
    """Such as that of a model that enlarges twice, taken for one that does not."""
    with pytest.raises(ModelError, match=r"\(1, 2, 32, 32\)") as refused:
        run_tiled(
            lambda _: np.zeros(answered, np.float32), noise(32, 32), Tiling(2, stride=1, halo=0)
        )
    assert str(answered) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("shape", [(1, 20, 31), (2, 20, 30), (30, 20), (1, 1, 20, 30)])
def test_a_sink_of_another_shape_is_refused_before_anything_runs(shape: tuple[int, ...]) -> None:
    def never(patches: Single) -> Single:
        raise AssertionError

    with pytest.raises(ValueError, match=r"\(1, 20, 30\)"):
        run_tiled(never, noise(20, 30), Tiling(1, stride=1, halo=0), np.empty(shape, np.float32))


def test_maps_without_their_axis_are_for_one_map_alone() -> None:
    with pytest.raises(ValueError, match=r"\(2, 20, 30\)"):
        run_tiled(
            lambda patches: patches,
            noise(20, 30),
            Tiling(2, stride=1, halo=0),
            np.empty((20, 30), np.float32),
        )


@pytest.mark.parametrize("axis_of_maps", [True, False])
def test_answers_stream_from_one_store_into_another(axis_of_maps: bool, tmp_path: Path) -> None:
    """Volumes in Zarr, of 16 bits: only slices are read and written."""
    grey = np.random.default_rng(1).integers(0, 60000, (20, 17, 23)).astype(np.uint16)
    source = zarr.open_array(
        str(tmp_path / "in"), mode="w", shape=grey.shape, chunks=(8, 8, 8), dtype="u2"
    )
    source[...] = grey
    whole = (1,) * axis_of_maps + tuple(2 * count for count in grey.shape)
    target = zarr.open_array(
        str(tmp_path / "out"), mode="w", shape=whole, chunks=(16,) * len(whole), dtype="f4"
    )
    tiling = Tiling(1, stride=1, halo=4, factor=2, dimensions=3, tile=8, batch=3)
    made = run_tiled(enlarging(2, 3), source, tiling, target)
    assert made is target
    expected = run_tiled(enlarging(2, 3), grey, replace(tiling, tile=64))
    np.testing.assert_allclose(
        np.asarray(target[...]).reshape(expected.shape), expected, rtol=1e-5
    )


def test_beyond_its_edge_the_image_is_mirrored_a_little() -> None:
    seen: list[Single] = []

    def function(patch: Single) -> Single:
        seen.append(patch)
        return patch[:, :1]

    image = np.arange(100, dtype=np.float32)[None].repeat(2, 0)
    made = run_tiled(function, image, Tiling(1, stride=8, halo=64, tile=64))
    # Of two tiles, 56 pixels each, the last 12 beyond the image, both see 64 of the other.
    assert [one.shape[2:] for one in seen] == [(8 + 2 * RIM, RIM + 56 + 64), (56, 8 + 104 + RIM)]
    assert seen[0][0, 0, 0, : RIM + 1].tolist() == list(range(RIM, -1, -1))
    np.testing.assert_array_equal(made[0], image)


def test_an_image_that_is_not_mirrored_ends_in_zeros_as_far_as_the_stride_needs() -> None:
    seen: list[Single] = []

    def function(patch: Single) -> Single:
        seen.append(patch)
        return patch[:, :1]

    image = np.arange(1, 101, dtype=np.float32)[None].repeat(2, 0)
    made = run_tiled(function, image, Tiling(1, stride=8, halo=64, tile=64, mirrored=False))
    assert [one.shape[2:] for one in seen] == [(8, 56 + 48), (8, 104)]
    np.testing.assert_array_equal(seen[1][0, 0, 0], [*range(1, 101), 0, 0, 0, 0])
    np.testing.assert_array_equal(seen[0][0, 0, 2:], 0)
    np.testing.assert_array_equal(made[0], image)


def test_a_short_image_is_mirrored_more_than_once() -> None:
    seen: list[Single] = []

    def function(patch: Single) -> Single:
        seen.append(patch)
        return patch[:, :1]

    image = np.arange(5, dtype=np.float32)[None].repeat(2, 0)
    run_tiled(function, image, Tiling(1, stride=1, halo=7, tile=5))
    assert seen[0][0, 0, 7].tolist() == [
        1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3,
    ]  # fmt: skip


def test_memory_does_not_grow_with_the_image(tmp_path: Path) -> None:
    def peak(height: int) -> int:
        source = np.memmap(tmp_path / f"in{height}", np.float32, "w+", shape=(height, 256))
        target = np.memmap(tmp_path / f"out{height}", np.float32, "w+", shape=(1, height, 256))
        tracemalloc.start()
        run_tiled(lambda patch: 2 * patch, source, Tiling(1, stride=8, halo=16, tile=128), target)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    # While one answer is written the next is made: as it happens, what a tile sees, a copy of it
    # and its answer are in memory once or twice, of a tile and 16 px around it.
    tile = 4 * (128 + 2 * 16) ** 2
    assert peak(8192) < 2 * 3 * tile + 2**17  # of 8 MiB
    assert peak(512) < 2 * 3 * tile + 2**17


class Recorder:
    """A store that remembers how much is read of it at once."""

    def __init__(self, grey: Single) -> None:
        self.grey, self.shape, self.largest = grey, grey.shape, 0

    def __getitem__(self, key: Any) -> Single:
        part = self.grey[key]
        self.largest = max(self.largest, part.size)
        return part


def test_no_more_is_read_than_a_tile_sees() -> None:
    source = Recorder(noise(300, 400))
    made = run_tiled(lambda patch: patch, source, Tiling(1, stride=4, halo=8, tile=40))
    assert source.largest <= (40 + 2 * 8) ** 2
    np.testing.assert_array_equal(made[0], source.grey)


def test_tiles_that_are_done_are_left_out_and_the_others_are_where_they_were() -> None:
    image, tiling = noise(40, 50), Tiling(1, 2, halo=4, factor=2, tile=16)
    whole = run_tiled(enlarging(2), image, tiling)
    every = list(places((40, 50), tiling))
    assert len(every) == 3 * 4
    done = every[:3] + every[7:]
    out = np.zeros_like(whole)
    run_tiled(enlarging(2), image, tiling, out, lambda place: place in done)
    for place in every:
        part = (slice(None), *place)
        assert np.array_equal(
            out[part], np.zeros_like(out[part]) if place in done else whole[part]
        )


@given(height=st.integers(1, 300), width=st.integers(1, 300), stride=st.integers(1, 4))
def test_tiles_begin_at_steps_and_fill_the_image(height: int, width: int, stride: int) -> None:
    tiling = Tiling(1, stride, halo=4 * stride, factor=2, tile=100, step=32)
    filled = np.zeros((2 * height, 2 * width), int)
    for place in places((height, width), tiling):
        assert all(part.start % 64 == 0 for part in place)
        filled[place] += 1
    assert (filled == 1).all()

"""Tiles leave no seam and need no more memory for a larger image."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.core.images.tiles import RIM, run_tiled
from colonnade.core.learn.networks import NetworkRecipe, build

RECIPE = NetworkRecipe((3, 4, 5))
Image = NDArray[np.float32]


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(0)
    made = build(RECIPE, outputs=2)
    # Running statistics as after training, so that normalisation is not the identity.
    with torch.no_grad():
        for _ in range(3):
            made(torch.randn(4, 1, 32, 32))
    return made.eval()


def answer(network: torch.nn.Module, image: Image, tile: int) -> Image:
    @torch.no_grad()
    def function(patch: Image) -> Image:
        return np.asarray(network(torch.from_numpy(patch)))

    return run_tiled(
        function, image, channels=2, stride=RECIPE.stride, halo=RECIPE.halo, tile=tile
    )


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
    image = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    tile = max(tile, 1 + max(height, width) // 5)
    whole = answer(network, image, max(height, width))
    np.testing.assert_allclose(answer(network, image, tile), whole, atol=1e-5)


def test_beyond_its_edge_the_image_is_mirrored_a_little() -> None:
    seen: list[Image] = []

    def function(patch: Image) -> Image:
        seen.append(patch)
        return patch[:, :1]

    image = np.arange(100, dtype=np.float32)[None].repeat(2, 0)
    made = run_tiled(function, image, channels=1, stride=8, halo=64, tile=64)
    # Of two tiles, 56 pixels each, the last 12 beyond the image, both see 64 of the other.
    assert [one.shape[2:] for one in seen] == [(8 + 2 * RIM, RIM + 56 + 64), (56, 8 + 104 + RIM)]
    assert seen[0][0, 0, 0, : RIM + 1].tolist() == list(range(RIM, -1, -1))
    np.testing.assert_array_equal(made[0], image)


def test_a_short_image_is_mirrored_more_than_once() -> None:
    seen: list[Image] = []

    def function(patch: Image) -> Image:
        seen.append(patch)
        return patch[:, :1]

    image = np.arange(5, dtype=np.float32)[None].repeat(2, 0)
    run_tiled(function, image, channels=1, stride=1, halo=7, tile=5)
    assert seen[0][0, 0, 7].tolist() == [
        1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3,
    ]  # fmt: skip


def test_memory_does_not_grow_with_the_image(tmp_path: Path) -> None:
    def peak(height: int) -> int:
        source = np.memmap(tmp_path / f"in{height}", np.float32, "w+", shape=(height, 256))
        target = np.memmap(tmp_path / f"out{height}", np.float32, "w+", shape=(1, height, 256))
        tracemalloc.start()
        run_tiled(
            lambda patch: 2 * patch, source, channels=1, stride=8, halo=16, tile=128, out=target
        )
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(8192) < 1.2 * peak(512)

"""Images that are not square, pixels that are not square, and columns in them."""

import importlib.util
from typing import Any

import numpy as np
import pytest
from drawn_sizes import PAIRS
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade import Columns, Micrograph
from colonnade.core.images.volume import Slices, Volume

SHAPE = (30, 52)
"""Rows and columns."""

CALIBRATIONS = st.none() | PAIRS


def needs(package: str) -> pytest.MarkDecorator:
    """Skip where a package is not installed."""
    missing = importlib.util.find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"{package} is not installed")


@st.composite
def drawn_columns(
    draw: st.DrawFn, pixel_sizes: st.SearchStrategy[tuple[float, float] | None] = CALIBRATIONS
) -> Columns:
    """Draw a table that knows everything of some columns, and nothing of others."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(1, 7))
    known = rng.random((5, count))
    known[rng.random((5, count)) < 0.2] = np.nan
    sigma_y, sigma_x, score, intensity, width = known
    return Columns(
        rng.uniform(-0.5, SHAPE[0] - 0.5, count),
        rng.uniform(-0.5, SHAPE[1] - 0.5, count),
        sigma_y,
        sigma_x,
        score,
        1000 * intensity,
        1 + width,
        {"sublattice": rng.choice(["A", "B site"], count), "double": rng.integers(2, size=count)},
        draw(pixel_sizes),
    )


def in_frames(columns: Columns) -> Columns:
    """Give the columns to the frames 0, 2, 3 and so on of a stack, in this order."""
    frame = np.arange(len(columns))
    return columns.with_labels(frame=frame + (frame > 0))


def drawn_image(pixel_size: tuple[float, float] | None) -> Micrograph:
    """Draw an image in which every pixel is another."""
    pixels = np.arange(np.prod(SHAPE), dtype=np.float32).reshape(SHAPE)
    return Micrograph(pixels, pixel_size, "drawn", {"General": {"operator": "nobody"}})


def drawn_volume(voxel_size: tuple[float | None, float | None, float | None]) -> Volume:
    """Draw a volume in which every voxel is another."""
    voxels = np.arange(9 * np.prod(SHAPE), dtype=np.uint16).reshape(9, *SHAPE)
    return Volume(InFile(voxels), voxel_size, "drawn")


class InFile:
    """Voxels that give their blocks one by one, as those of a file do."""

    def __init__(self, voxels: NDArray[Any]) -> None:
        self._voxels = voxels
        self.shape, self.dtype = voxels.shape, voxels.dtype

    def __getitem__(self, part: Slices) -> NDArray[Any]:
        return self._voxels[part]


def assert_same(found: Columns, wanted: Columns, *, tolerance: float = 1e-9) -> None:
    """Compare everything that two tables know."""
    assert len(found) == len(wanted)
    same = {"rtol": tolerance, "atol": tolerance, "strict": True}
    np.testing.assert_allclose(found.positions, wanted.positions, **same)
    for name in ("sigma_y", "sigma_x", "score", "intensity", "width"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), **same)
    assert found.labels.keys() == wanted.labels.keys()
    for name, values in wanted.labels.items():
        assert found.labels[name].tolist() == values.tolist()
    assert_same_size(found.pixel_size, wanted.pixel_size)


def assert_same_size(
    found: tuple[float | None, ...] | None, wanted: tuple[float | None, ...] | None
) -> None:
    """Compare sizes of pixels or voxels, of which some may not be known."""
    assert (found is None) == (wanted is None)
    numbers = [np.array([size or np.nan for size in sizes or ()]) for sizes in (found, wanted)]
    np.testing.assert_allclose(*numbers, rtol=1e-9, atol=0, strict=True)

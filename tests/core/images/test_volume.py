"""A volume gives planes and blocks, and reads nothing before it is needed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.core.errors import ImageError
from colonnade.core.images.volume import Slices, Volume


class Watched:
    """Voxels that count how many of them are read."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array, self.read = array, 0
        self.shape, self.dtype = array.shape, array.dtype

    def __getitem__(self, part: Slices) -> NDArray[Any]:
        block = self.array[part]
        self.read += block.size
        return block


def ramp(shape: tuple[int, int, int] = (5, 7, 9), code: str = "u2") -> NDArray[Any]:
    return np.arange(np.prod(shape)).reshape(shape).astype(code)


def test_nothing_is_read_before_it_is_needed() -> None:
    voxels = Watched(ramp())
    volume = Volume(voxels, (2.0, None, 0.5), "needle", {"tilts": [1]})
    assert (volume.shape, volume.dtype, volume.name) == ((5, 7, 9), np.uint16, "needle")
    assert replace(volume, name="other").voxel_size == (2.0, None, 0.5)
    planes = volume.planes()
    assert voxels.read == 0
    assert np.array_equal(next(planes), ramp()[0])
    assert voxels.read == 63
    volume.block((slice(1, 3), slice(2, 4), slice(0, 9, 3)))
    assert voxels.read == 63 + 12


@pytest.mark.parametrize("code", ["u1", "i2", "u2", "f4", "f8", "?"])
def test_the_type_is_kept(code: str) -> None:
    volume = Volume(ramp(code=code))
    assert volume.plane(2).dtype == code
    assert volume.block((slice(0, 2), slice(0, 2), slice(0, 2))).dtype == code


@given(st.tuples(*[st.integers(1, 6)] * 3), st.data())
def test_planes_and_blocks_are_those_of_the_array(
    shape: tuple[int, int, int], data: st.DataObject
) -> None:
    array = ramp(shape)
    volume = Volume(array)
    z = data.draw(st.integers(-shape[0], shape[0] - 1))
    assert np.array_equal(volume.plane(z), array[z])
    part = tuple(data.draw(st.slices(size)) for size in shape)
    assert np.array_equal(volume.block(part), array[part])
    assert np.array_equal(np.stack(list(volume.planes())), array)


@pytest.mark.parametrize("z", [-6, 5, 99])
def test_a_plane_that_is_not_there(z: int) -> None:
    with pytest.raises(ImageError, match=f"no plane {z} in needle: it has 5"):
        Volume(ramp(), name="needle").plane(z)


@pytest.mark.parametrize(
    ("voxels", "why"),
    [
        (np.zeros((3, 4)), r"three axes \(z, y, x\), not \(3, 4\)"),
        (np.zeros((3, 0, 4)), "empty"),
        (np.zeros((3, 4, 5), complex), "not of the type complex128"),
        (np.full((2, 2, 2), "a"), "not of the type <U1"),
    ],
)
def test_what_is_no_volume_is_refused(voxels: NDArray[Any], why: str) -> None:
    with pytest.raises(ImageError, match=why):
        Volume(voxels)


@pytest.mark.parametrize("size", [0.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_voxel_has_a_size_or_none(size: float, axis: int) -> None:
    sizes: list[float | None] = [None, None, None]
    sizes[axis] = size
    with pytest.raises(ImageError, match="must be positive"):
        Volume(ramp(), tuple(sizes))

"""Numbers in a file are what an array in memory would be, in any part and order of axes."""

import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from colonnade.core.errors import FileError
from colonnade.core.files import stored
from colonnade.core.files.open import read, read_frames
from colonnade.core.files.stored import Stored
from colonnade.core.files.write import write_mrc, write_tiff
from colonnade.core.images.volume import Volume

SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=7)


@st.composite
def views(draw: st.DrawFn) -> tuple[tuple[int, ...], str, int, list[int], Any]:
    shape = draw(SHAPES)
    dtype = draw(st.sampled_from(["u1", "<i2", ">i2", ">f4", "<f8", "<c8"]))
    order = draw(st.permutations(range(len(shape))))
    part = draw(hnp.basic_indices(tuple(shape[axis] for axis in order), allow_newaxis=False))
    return shape, dtype, draw(st.integers(0, 9)), list(order), part


@given(views(), st.sampled_from([1, 16, 1 << 20]))
def test_any_part_in_any_order_is_that_of_the_array(
    tmp_path_factory: pytest.TempPathFactory, view: Any, through: int
) -> None:
    shape, dtype, start, order, part = view
    whole = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    path = tmp_path_factory.getbasetemp() / "numbers"
    path.write_bytes(bytes(start) + whole.tobytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "READ_THROUGH", through)
        taken = Stored.at(path, whole.dtype, start, shape).transpose(order)[part]
        expected = whole.transpose(order)[part]
        assert taken.shape == expected.shape
        assert np.array_equal(np.asarray(taken), expected)


@pytest.mark.parametrize("part", [5, -6, (0, 0, 0, 0)])
def test_what_is_not_there_is_an_index_error(tmp_path: Path, part: Any) -> None:
    (tmp_path / "a").write_bytes(bytes(5 * 6 * 7))
    with pytest.raises(IndexError):
        Stored.at(tmp_path / "a", np.dtype("u1"), 0, (5, 6, 7))[part]


@pytest.mark.parametrize("shape", [(3, 4), (-1, -12), (10**12, 10**12)])
def test_more_than_the_file_holds_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    (tmp_path / "a").write_bytes(bytes(11))
    with pytest.raises(FileError):
        Stored.at(tmp_path / "a", np.dtype("u1"), 0, shape)


def test_a_tile_of_a_large_plane_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.truncate(8 * 10**8)  # a hole, which takes no room on the disk
    tracemalloc.start()
    tile = np.asarray(Stored.at(path, np.dtype("f4"), 0, (20000, 10000))[9000:9256, 400:656])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tile.shape == (256, 256)
    assert peak < 2 << 20


@pytest.mark.parametrize("suffix", [".tif", ".mrc", ".npy"])
def test_a_file_that_is_cut_short_while_it_is_read_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"series{suffix}"
    levels = np.arange(5 * 60 * 70, dtype=np.float32).reshape(5, 60, 70)
    write = {".tif": write_tiff, ".mrc": lambda to, of: write_mrc(to, Volume(of)), ".npy": np.save}
    write[suffix](path, levels)
    code = (
        "import sys\n"
        "from colonnade.core.errors import FileError\n"
        "from colonnade.core.files.open import read_frames\n"
        "frames = read_frames(sys.argv[1])\n"
        "frames[0]\n"
        "open(sys.argv[1], 'r+b').truncate(60 * 70 * 8)\n"
        "try:\n    frames[4]\n"
        "except FileError as error:\n    print(error)\n"
    )
    # In a process of its own: what is mapped would end it.
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stdout.startswith(f"{path} is cut short")


def test_a_file_that_grows_gives_the_frames_that_it_had(tmp_path: Path) -> None:
    path = tmp_path / "series.mrc"
    levels = np.arange(3 * 24 * 40, dtype=np.float32).reshape(3, 24, 40)
    write_mrc(path, Volume(levels))
    frames = read_frames(path)
    with path.open("ab") as file:
        file.write(levels[0].tobytes())
    assert np.array_equal(np.stack([frame.pixels for frame in frames]), levels)


def test_an_array_of_fortran_order_comes_back(tmp_path: Path) -> None:
    levels = np.asfortranarray(np.arange(3 * 24 * 40, dtype=">i2").reshape(3, 24, 40))
    np.save(tmp_path / "a.npy", levels)
    assert np.array_equal(read(tmp_path / "a.npy", frame=1).pixels, levels[1])

"""What is read of a mapped file does not stay in memory."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colonnade.core.files import mapped
from colonnade.core.files.mapped import Mapped, is_held, let_go
from colonnade.core.files.open import read_frames, read_volume
from colonnade.core.files.write import write_tiff

SHAPE = (4, 512, 512)


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    path = tmp_path / "stack.tif"
    write_tiff(path, np.arange(np.prod(SHAPE), dtype=np.uint16).reshape(SHAPE))
    return path


def resident(path: Path) -> int:
    """Give how much of a mapped file is in memory, for this process [bytes]."""
    size, here = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split()[0]:
            here = line.endswith(str(path))
        elif here and line.startswith("Rss:"):
            size += 1024 * int(line.split()[1])
    return size


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_a_stack_that_was_read_is_not_in_memory(stack: Path) -> None:
    frames, volume = read_frames(stack), read_volume(stack)
    for number, frame in enumerate(frames):
        assert frame.pixels[0, 0] == number * SHAPE[1] * SHAPE[2] % 2**16
    assert volume.block((slice(1, 3), slice(0, 9), slice(None))).shape == (2, 9, SHAPE[2])
    assert resident(stack) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_what_was_written_is_kept_though_it_is_not_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "slices.raw"
    written = np.memmap(path, np.float32, "w+", shape=SHAPE)
    written[:] = np.arange(SHAPE[0])[:, None, None]
    assert resident(path) == written.nbytes
    written.flush()
    let_go(written)
    assert resident(path) == 0
    turned = Mapped(written.transpose(1, 0, 2))
    assert turned.shape == (512, 4, 512)
    assert turned.dtype == np.float32
    np.testing.assert_array_equal(turned[7:9, :, 5], np.tile(np.arange(4), (2, 1)))
    assert resident(path) == 0


def test_a_block_is_whole_however_little_of_its_file_is_mapped_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels = np.arange(6 * 5 * 4, dtype=np.int16).reshape(6, 5, 4)
    path = tmp_path / "levels.raw"
    levels.tofile(path)
    array = np.memmap(path, np.int16, "r", shape=levels.shape).transpose(1, 0, 2)
    expected = levels.transpose(1, 0, 2)
    for at_once in (1, 80, 1 << 26):
        monkeypatch.setattr(mapped, "AT_ONCE", at_once)
        for part in [np.s_[:, :, :], np.s_[3:4, 1:, :], np.s_[:, 4:2:-1, 2:], np.s_[:, 2:2, :]]:
            np.testing.assert_array_equal(Mapped(array)[part], expected[part])


def test_only_a_file_whose_format_gives_no_parts_is_held(stack: Path, tmp_path: Path) -> None:
    array, picture = tmp_path / "array.npy", tmp_path / "picture.png"
    levels = np.arange(72, dtype=np.uint8).reshape(8, 9)
    np.save(array, levels)
    Image.fromarray(levels).save(picture)
    assert [read_frames(path).held for path in (stack, array, picture)] == [0, 0, 72]
    assert is_held(levels[1:])
    assert not is_held(np.load(array, mmap_mode="r")[1:])

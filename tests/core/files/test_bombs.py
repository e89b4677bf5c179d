"""Small files that would fill the memory are refused, in a sentence and before they do."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import bombs
import dask.array  # noqa: F401  no memory of a test is that of what it imports
import pytest

from colonnade.core.errors import ColonnadeError
from colonnade.core.files import hdf5_checks, tiff_checks, unpacked, zarrs
from colonnade.core.files.formats import open_here

SMALL = 1 << 20
"""What is read however little of it a file holds, in these tests [bytes]."""


@pytest.fixture(autouse=True)
def _small_bombs_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (unpacked, tiff_checks, zarrs):
        monkeypatch.setattr(module, "SMALL", SMALL)
    monkeypatch.setattr(hdf5_checks, "LARGEST_CHUNK", SMALL)


BOMBS: list[tuple[str, Callable[[Path], None], str]] = [
    (".tif", bombs.deflated_strip, "unpack to more than the 1 MiB"),
    (".tif", bombs.large_deflated_page, "claims 64 MiB of pixels and holds 63.8 KiB of them"),
    (".tif", bombs.vast_page, "claims 9.31 GiB of pixels and holds"),
    (".tif", bombs.pages_in_a_circle, "its last page leads back to an earlier one"),
    (".tif", bombs.many_pages, "has more than 32768 pages"),
    (".tif", bombs.unlike_pages, "has more than 4096 pages of several kinds"),
    (".tif", bombs.many_planes_of_ome, "describes more than 32768 planes"),
    (".tif", bombs.many_planes_of_ome_in_other_words, "describes more than 32768 planes"),
    (".tif", bombs.vast_stack_of_ome, "describes more than 32768 planes"),
    (".tif", bombs.long_axis_of_ome, "describes more than 32768 planes"),
    (".png", bombs.vast_picture, "claims more than the 179 million pixels"),
    (".jpg", bombs.vast_jpeg, "claims more than the 179 million pixels"),
    (".mrc", bombs.vast_mrc, "is cut short"),
    (".npy", bombs.vast_npy, "is cut short"),
    (".h5", bombs.vast_hdf5, "claims 9.31 GiB of pixels and holds 0 bytes"),
    (".emd", bombs.vast_hdf5, "claims 9.31 GiB of pixels and holds 0 bytes"),
    (".hspy", bombs.vast_hdf5, "claims 9.31 GiB of pixels and holds 0 bytes"),
    (".h5", bombs.many_frames_of_hdf5, "claims an array of"),
    (".h5", bombs.many_chunks_of_hdf5, "claims an array of 10000 x 10000 in 100000000 pieces"),
    (".h5", bombs.many_images_of_hdf5, "holds 1001 images, and no more than 1000"),
    (".h5", bombs.deflated_chunk_of_hdf5, "unpack to more than the 1 MiB"),
    (".zarr", bombs.gzipped_chunk_of_zarr, "unpack to more than the 64 KiB"),
    (".zarr", bombs.blosc_chunk_of_zarr, "unpack to more than the 64 KiB"),
    (".zarr", bombs.zstd_chunk_of_zarr, "unpack to more than the 64 KiB"),
    (".zarr", bombs.blosc_chunk_of_older_zarr, "unpack to more than the 64 KiB"),
    (".zarr", bombs.zlib_filter_of_older_zarr, "unpack to more than the 64 KiB"),
    (".zarr", bombs.vast_zarr, "claims 9.31 GiB of pixels and holds 586 bytes"),
    (".zarr", bombs.many_chunks_of_zarr, "claims an array of 10000 x 10000 in 100000000 pieces"),
    (".zarr", bombs.many_frames_of_zarr, "claims an array of"),
    (".zarr", bombs.zipped_zarr, "claims 64 MiB of pixels and holds"),
    (".zspy", bombs.zipped_metadata, "more to say of itself"),
]


def read_all(path: Path) -> None:
    """Read the first plane of everything, as the process does that tries files."""
    for signal in open_here(path):
        signal.plane(0)


@pytest.mark.parametrize(
    ("suffix", "write", "why"), BOMBS, ids=[write.__name__ for _, write, _ in BOMBS]
)
def test_what_would_fill_the_memory_is_refused_before(
    tmp_path: Path, suffix: str, write: Callable[[Path], None], why: str
) -> None:
    path = tmp_path / f"bomb{suffix}"
    write(path)
    tracemalloc.start()
    with pytest.raises(ColonnadeError, match=why) as raised:
        read_all(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "\n" not in str(raised.value)
    assert peak < bombs.EMPTY / 2

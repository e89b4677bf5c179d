"""Readers are quiet while they read, and nobody else is made quiet by that."""

import logging
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dask
import numpy as np
import pytest

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.guard import import_reader, reading
from colonnade.core.files.open import read, read_frames
from colonnade.core.files.write import write_tiff

PATH = Path("a.tif")


@pytest.fixture
def both_ways() -> threading.Barrier:
    """Let one thread read as long as another does something else."""
    return threading.Barrier(2, timeout=60)


def test_warnings_of_a_reader_are_kept_from_the_user() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with reading(PATH, "TIFF"):
            warnings.warn("strange tag", UserWarning, stacklevel=1)
        warnings.warn("mine", UserWarning, stacklevel=1)
    assert [str(one.message) for one in seen] == ["mine"]


def test_a_warning_that_is_an_error_elsewhere_does_not_stop_a_reader() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with reading(PATH, "TIFF"):
            warnings.warn("strange tag", DeprecationWarning, stacklevel=1)
        with pytest.raises(DeprecationWarning):
            warnings.warn("mine", DeprecationWarning, stacklevel=1)


def test_another_thread_still_warns_and_logs(
    both_ways: threading.Barrier, caplog: pytest.LogCaptureFixture
) -> None:
    import_reader("tifffile")
    logger = logging.getLogger("tifffile")

    def read_something() -> None:
        with reading(PATH, "TIFF"):
            both_ways.wait()
            logger.error("inside")
            warnings.warn("inside", UserWarning, stacklevel=1)
            both_ways.wait()

    with ThreadPoolExecutor(1) as pool, warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        reader = pool.submit(read_something)
        both_ways.wait()
        logger.error("outside")
        warnings.warn("outside", UserWarning, stacklevel=1)
        both_ways.wait()
        reader.result()
    assert [str(one.message) for one in seen] == ["outside"]
    assert [record.message for record in caplog.records] == ["outside"]


def test_loggers_below_a_reader_are_quiet_too(caplog: pytest.LogCaptureFixture) -> None:
    below = logging.getLogger("tifffile.below")
    import_reader("tifffile")
    with reading(PATH, "TIFF"):
        below.error("inside")
    below.error("outside")
    assert [record.message for record in caplog.records] == ["outside"]


def test_reading_leaves_the_settings_of_the_process_as_they_were(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", np.eye(9, dtype="f4"))
    read(tmp_path / "a.tif")  # imports and attaches what it needs
    loggers = {name: logging.getLogger(name).level for name in ("tifffile", "rsciio", "PIL")}
    chosen, filters = dict(dask.config.config), list(warnings.filters)
    read(tmp_path / "a.tif")
    assert {name: logging.getLogger(name).level for name in loggers} == loggers
    assert dask.config.config == chosen
    assert warnings.filters == filters


def test_many_threads_read_at_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    stacks = np.random.default_rng(0).integers(0, 999, (6, 4, 24, 40)).astype("u2")
    import tifffile

    for number, stack in enumerate(stacks):
        path = tmp_path / f"{number}.tif"
        tifffile.imwrite(path, stack, compression="zlib", photometric="minisblack")

    def frames(number: int) -> bool:
        found = read_frames(tmp_path / f"{number % 6}.tif")
        return np.array_equal([frame.pixels for frame in found], stacks[number % 6])

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(frames, range(48)))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("bad tag\nline 7"), r"cannot be read as TIFF: .* \(ValueError: bad tag\)"),
        (KeyError(), r"\(KeyError: no reason given\)"),
        (MemoryError(), "needs more memory than there is, or is damaged"),
        (ModuleNotFoundError("No module named 'x'"), "needs a package that is not installed"),
        (ValueError("x" * 500), r"\(ValueError: x{120}\)"),
    ],
)
def test_whatever_a_reader_raises_is_one_sentence(error: Exception, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence) as raised, reading(PATH, "TIFF"):
        raise error
    assert "\n" not in str(raised.value)


def test_our_own_errors_and_an_interruption_pass() -> None:
    for error in (ImageError("ours"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as raised, reading(PATH, "TIFF"):
            raise error
        assert raised.value is error

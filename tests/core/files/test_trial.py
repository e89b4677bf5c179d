"""A file that brings the program down, or of which it never comes back, brings down another."""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from colonnade.core.errors import FileError
from colonnade.core.files import trial
from colonnade.core.files.open import read

ENDLESS = Path(__file__).parent / "damaged" / "endless.emd"
"""The HDF5 library goes round in circles over an attribute of it."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    trier = trial._Trier()
    monkeypatch.setattr(trial, "_trier", trier)
    monkeypatch.setattr(trial, "PROCESSOR_TIME", 3)
    yield
    trier.end()


def test_a_file_that_is_never_done_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    sound = tmp_path / "sound.h5"
    with h5py.File(sound, "w") as file:
        file["image"] = np.arange(100.0).reshape(10, 10)
    assert read(sound).pixels[3, 4] == 34
    first = trial._trier.process
    with pytest.raises(FileError, match=r"endless\.emd cannot be read as EMD: .*does not end"):
        read(ENDLESS)
    assert read(sound).pixels[3, 4] == 34
    assert first is not None
    assert first.poll() is not None
    assert trial._trier.process is not first


def test_a_file_that_both_processes_refuse_says_why(tmp_path: Path) -> None:
    bad = tmp_path / "bad.h5"
    bad.write_bytes(b"\x89HDF\r\n\x1a\nand no more")
    with pytest.raises(FileError, match=r"bad\.h5 cannot be read as HDF5: it is damaged"):
        read(bad)

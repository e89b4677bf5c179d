"""Series from elsewhere, with their volumes, become a library that a benchmark reads."""

from pathlib import Path

import numpy as np
import pytest

from colonnade.core.errors import ColonnadeError, ColonnadeWarning, FileError
from colonnade.core.files.write import write_mrc
from colonnade.tomo.bench.library_series import list_cases
from colonnade.tomo.library.ingest import import_library
from colonnade.tomo.library.sources import LibrarySource
from colonnade.tomo.reconstruct.projector import Projector

TILTS = (-60.0, -40.0, -20.0, 0.0, 20.0, 40.0, 60.0)
NOISE = 0.4


def put(folder: Path, name: str, count: int = 7, shift: float = 0.0, width: int = 40) -> None:
    """Write a ball, its views with noise, and their tilts."""
    z, y, x = np.indices((40, 24, 40)) - np.array([19.5, 11.5, 19.5]).reshape(3, 1, 1, 1)
    ball = np.clip(10 - np.sqrt(z**2 + y**2 + (x - shift) ** 2), 0, 1).astype(np.float32)
    slices = np.ascontiguousarray(ball.transpose(1, 0, 2))
    views = Projector(TILTS[:count], 40, 40).project(slices).transpose(1, 0, 2)
    rng = np.random.default_rng(count)
    folder.mkdir(exist_ok=True)
    noisy = np.asarray(views + NOISE * rng.standard_normal(views.shape), np.float32)
    write_mrc(folder / f"{name}.mrc", noisy)
    write_mrc(folder / f"{name}.volume.mrc", ball[:, :, :width])
    (folder / f"{name}.rawtlt").write_text("".join(f"{tilt}\n" for tilt in TILTS[:count]))


def bring(folder: Path, out: Path) -> str:
    return import_library(folder, out, pixel_size=None, progress=lambda *_: None)


def test_series_and_volumes_come_back_as_they_were(tmp_path: Path) -> None:
    put(tmp_path / "mine", "a")
    put(tmp_path / "mine", "b", 5, 6.0)
    said = bring(tmp_path / "mine", tmp_path / "lib")
    assert said.startswith("2 tilt series")
    source = LibrarySource(tmp_path / "lib")
    second = source(1)
    assert (len(source), second.family, second.series.angles) == (2, "b", TILTS[:5])
    assert second.series.shape == (5, 24, 40)
    x = (second.truth.sum((0, 1)) * np.arange(40)).sum() / second.truth.sum()
    assert x == pytest.approx(19.5 + 6, abs=0.05)
    assert second.noise == pytest.approx(np.full(5, NOISE), rel=0.25)
    assert [case.number for case in list_cases(tmp_path / "lib", quick=False)] == [0, 1]


def test_what_was_brought_is_not_brought_again(tmp_path: Path) -> None:
    put(tmp_path / "mine", "a")
    bring(tmp_path / "mine", tmp_path / "lib")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "lib" / "volume").rglob("*")}
    bring(tmp_path / "mine", tmp_path / "lib")
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "lib" / "volume").rglob("*")}
    assert before == after


def test_a_volume_of_other_views_is_left_out(tmp_path: Path) -> None:
    put(tmp_path / "mine", "a")
    put(tmp_path / "mine", "b", width=30)
    with pytest.warns(
        ColonnadeWarning, match="b.mrc is left out: b.volume.mrc is 24 rows high and 30"
    ):
        said = bring(tmp_path / "mine", tmp_path / "lib")
    assert said.startswith("1 tilt series")


def test_a_folder_without_pairs_gets_a_sentence(tmp_path: Path) -> None:
    put(tmp_path / "mine", "a")
    (tmp_path / "mine" / "a.volume.mrc").unlink()
    with pytest.raises(FileError, match=r"no series NAME.mrc with its volume NAME.volume.mrc"):
        bring(tmp_path / "mine", tmp_path / "lib")
    with pytest.raises(FileError, match="there is no folder"):
        bring(tmp_path / "nothing", tmp_path / "lib")


def test_a_size_of_pixels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColonnadeError, match="leave out --pixel-size"):
        import_library(tmp_path, tmp_path, pixel_size=1.0, progress=lambda *_: None)

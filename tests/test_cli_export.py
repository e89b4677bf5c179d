"""A table of columns is handed to another tool."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from colonnade import Columns, cli, write_tiff
from colonnade.interop import from_imagej, from_parquet


def run(*words: str) -> int:
    return int(cli.app.meta(words, result_action="return_value") or 0)


def needs(package: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"{package} is not installed")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder with a table, and its image in another."""
    columns = Columns(np.array([2.5, 9.0]), np.array([4.0, 7.25]), pixel_size=(0.02, 0.02))
    (tmp_path / "monday").mkdir()
    columns.to_csv(tmp_path / "monday" / "image.columns.csv")
    write_tiff(tmp_path / "monday" / "image.tif", np.ones((12, 16), np.float32), (0.02, 0.02))
    monkeypatch.chdir(tmp_path)
    return tmp_path


TABLE = "monday/image.columns.csv"


@needs("roifile")
def test_selections_for_imagej(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", TABLE, "--format", "imagej") == 0
    assert capsys.readouterr().out == "2 columns are in image.columns.zip\n"
    found = from_imagej(folder / "image.columns.zip")
    assert found.positions.tolist() == [[2.5, 4], [9, 7.25]]
    assert run("export", TABLE, "--format", "imagej", "--out", "points.csv") == 0
    assert (folder / "points.csv").read_text().startswith("X,Y,y_px,x_px")


@needs("pyarrow")
def test_parquet(folder: Path) -> None:
    assert run("export", TABLE, "--format", "parquet") == 0
    assert from_parquet(folder / "image.columns.parquet").pixel_size == pytest.approx((0.02, 0.02))


@needs("ase")
def test_atoms_of_an_element(folder: Path) -> None:
    import ase.io

    assert run("export", TABLE, "--format", "xyz", "--symbol", "Pt", "--out", "a.xyz") == 0
    atoms = ase.io.read(folder / "a.xyz")
    assert atoms.get_chemical_symbols() == ["Pt", "Pt"]
    np.testing.assert_allclose(atoms.positions, [[0.8, -0.5, 0], [1.45, -1.8, 0]], atol=1e-7)
    assert run("export", TABLE, "--format", "xyz", "--symbol", "Gold") == 2


@needs("atomap")
@pytest.mark.filterwarnings("ignore")
def test_a_lattice_for_atomap(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("export", TABLE, "--format", "atomap")
    assert run(*words) == 2
    assert "atomap wants the image in which the columns were found" in capsys.readouterr().err
    assert run(*words, "--image", "monday/image.tif") == 0
    assert (folder / "image.columns.hdf5").exists()


def test_a_missing_table_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "none.csv", "--format", "imagej") == 2
    assert "the table none.csv cannot be read" in capsys.readouterr().err

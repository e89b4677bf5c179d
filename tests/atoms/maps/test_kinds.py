"""Every kind of map writes its table and its picture, and says a sentence."""

from pathlib import Path

import numpy as np
import pytest
from drawn_crystals import crystal

from colonnade import cli
from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import MapOptions
from colonnade.atoms.maps.kinds import map_maker
from colonnade.core.errors import ColonnadeError


def map_(*words: object) -> int:
    return int(cli.app.meta(["map", *map(str, words)], result_action="return_value") or 0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    columns = crystal(noise=0.1, pixel_size=(0.02, 0.02), shape=(200, 260))
    path = tmp_path / "oxide.columns.csv"
    columns.with_labels(snr=np.full(len(columns), 20.0)).to_csv(path)
    return path


MADE = {
    "sublattices": ("sublattice", ["--crystal", "SrTiO3"]),
    "polarisation": ("dx_nm", ["--sublattice", 1, "--cage", 0]),
    "neighbours": ("coordination", []),
    "bonds": ("length_nm", []),
    "spacings": ("pair_distribution", []),
    "counts": ("atoms", ["--sublattice", 0]),
    "vacancies": ("probability", []),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_kind_writes_its_table_and_its_picture(
    kind: str, table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, options = MADE[kind]
    assert map_(kind, table, "--out", tmp_path / "maps", *options) == 0
    header = (tmp_path / "maps" / f"oxide.{kind}.csv").read_text().splitlines()[0]
    assert name in header.split(",")
    assert (tmp_path / "maps" / f"oxide.{kind}.png").stat().st_size > 5000
    assert capsys.readouterr().out.startswith("oxide: ")


@pytest.mark.parametrize("kind", ["polarisation", "counts", "tilts", "vacancies", "spacings"])
def test_what_cannot_be_mapped_is_refused_in_a_sentence(kind: str) -> None:
    few = Columns(np.array([1.0, 2.0, 9.0]), np.array([1.0, 5.0, 3.0]))
    with pytest.raises(ColonnadeError):
        map_maker(kind)(few, None, MapOptions())

"""Maps of tables on the disk, as the command line makes them."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from drawn_crystals import crystal
from PIL import Image

from colonnade import cli
from colonnade.atoms.columns import Columns


def map_(*words: object) -> int:
    return int(cli.app.meta(["map", *map(str, words)], result_action="return_value") or 0)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "oxide.columns.csv"
    crystal(noise=0.1, pixel_size=(0.02, 0.02)).to_csv(path)
    return path


def test_a_table_becomes_a_table_and_a_picture(table: Path, tmp_path: Path) -> None:
    assert map_("strain", table, "--out", tmp_path / "maps") == 0
    made = rows(tmp_path / "maps" / "oxide.strain.csv")
    names = ["y_px", "x_px", "e_xx", "e_yy", "e_xy", "rotation_deg"]
    assert list(made[0]) == [*names, *(f"sigma_{name}" for name in names[2:])]
    assert abs(np.mean([float(row["e_xx"]) for row in made])) < 1e-3
    with Image.open(tmp_path / "maps" / "oxide.strain.png") as picture:
        assert min(picture.size) > 500


def test_several_processes_make_what_one_makes(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    for seed in range(3):
        crystal(noise=0.1, seed=seed).to_csv(tables / f"{seed}.columns.csv")
    made = []
    for workers in (1, 2):
        out = tmp_path / f"by-{workers}"
        assert map_("strain", tables, "--out", out, "--workers", workers) == 0
        made.append({path.name: path.read_bytes() for path in sorted(out.glob("*.csv"))})
    assert len(made[0]) == 3
    assert made[0] == made[1]


def test_frames_of_a_film_are_mapped_one_by_one(tmp_path: Path) -> None:
    one, two = (crystal(noise=0.1, seed=seed).with_labels(frame=seed) for seed in (0, 1))
    path = tmp_path / "film.columns.csv"
    Columns.concatenate([one, two]).to_csv(path)
    assert map_("strain", path, "--out", tmp_path) == 0
    frames = [row["frame"] for row in rows(tmp_path / "film.strain.csv")]
    assert set(frames) == {"0", "1"}


def test_a_bad_table_does_not_stop_the_others(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.columns.csv").write_text("a,b\n1,2\n")
    assert map_("strain", tmp_path, "--out", tmp_path) == 1
    assert (tmp_path / "oxide.strain.csv").exists()
    assert "needs the columns y_px and x_px" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["strain"], "name a table of columns"),
        (["strain", "photo.tif"], "is no table of columns"),
        (["strain", "none.columns.csv"], "cannot be read"),
        (["banana", "TABLE"], "there is no map of banana; choose one of: "),
        (["strain", "TABLE", "--reference", "1:2"], "is no part of an image"),
        (["strain", "TABLE", "--cell", "4,3"], "write a number and its unit"),
        (["strain", "TABLE", "--cell", "1nm"], "is no cell"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    words: list[str], sentence: str, table: Path, tmp_path: Path
) -> None:
    words = [str(table) if word == "TABLE" else word for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "colonnade", "map", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_distortion_is_taken_out_first_if_asked(tmp_path: Path) -> None:
    still = crystal(noise=0.05)
    wave = 1.5 * np.sin(2 * np.pi * still.y / 120)
    seen = Columns(
        still.y, still.x + wave, still.sigma_y, still.sigma_x, intensity=still.intensity
    )
    seen.to_csv(tmp_path / "wavy.columns.csv")
    shears = []
    for words in ([], ["--undistort"]):
        assert map_("strain", tmp_path / "wavy.columns.csv", "--out", tmp_path, *words) == 0
        shears.append(np.std([float(row["e_xy"]) for row in rows(tmp_path / "wavy.strain.csv")]))
    assert shears[1] < 0.2 * shears[0]


def test_a_table_without_standard_errors_is_said_to_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = crystal()
    Columns(known.y, known.x, intensity=known.intensity).to_csv(tmp_path / "bare.columns.csv")
    assert map_("strain", tmp_path / "bare.columns.csv", "--out", tmp_path) == 0
    assert "has no standard errors" in capsys.readouterr().out

"""Columns at another threshold are what the command gives at that threshold."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from colonnade import cli
from colonnade.app.results.redrawn import redraw
from colonnade.atoms.columns import Columns
from colonnade.core.files.batch import sample


class Silent:
    """Hears what a command says."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def said(self, line: str) -> None:
        self.lines.append(line)

    def complained(self, line: str) -> None:
        raise AssertionError(line)

    def noted(self, sentence: str) -> None:
        pass

    def advanced(self, what: str, done: int, total: int) -> None:
        pass


def run(*words: object) -> list[str]:
    heard = Silent()
    assert cli.run(["locate", *map(str, words)], heard) == 0
    return heard.lines


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three frames of part of the sample, which drifts by half a pixel a frame."""
    path = tmp_path_factory.mktemp("film") / "film.tif"
    image = tifffile.imread(sample()).astype(np.float32)
    rng = np.random.default_rng(0)
    frames = [
        np.roll(image, 3 * number, axis=1)[:160, :200] * rng.uniform(0.9, 1.1, (160, 200))
        for number in range(3)
    ]
    tifffile.imwrite(path, np.array(frames, np.float32), photometric="minisblack")
    return path


def searched(path: Path, frames: list[int], **told: Any) -> dict[str, Any]:
    usual = {"name": None, "signal": None, "frame": None, "pixel_size": None}
    film = {"is_film": len(frames) > 1, "atomic": 1.0}
    return {"path": str(path), "frames": frames, **usual, **film, **told}


@pytest.mark.parametrize(("frames", "threshold"), [(1, 0.03), (1, 0.93), (3, 0.3)])
def test_the_table_the_picture_and_the_sentence_are_those_of_the_command(
    threshold: float, frames: int, film: Path, tmp_path: Path
) -> None:
    """Byte for byte, of one image and of a film."""
    path = sample() if frames == 1 else film
    run(path, "--out", tmp_path / "all", "--candidates", "--pixel-size", "16pm")
    lines = run(path, "--out", tmp_path / "one", "--threshold", threshold, "--pixel-size", "16pm")
    said = redraw(
        str(tmp_path / "all" / f"{path.stem}.candidates.csv"),
        searched(path, list(range(frames)), pixel_size="16pm"),
        threshold,
        [],
        str(tmp_path / "table.csv"),
        str(tmp_path / "picture.png"),
    )
    written = tmp_path / "one" / f"{path.stem}.columns.csv"
    assert (tmp_path / "table.csv").read_bytes() == written.read_bytes()
    picture = (tmp_path / "picture.png").read_bytes()
    assert picture == written.with_suffix(".png").read_bytes()
    assert said["sentence"] == lines[0]
    assert said["columns"] == len(Columns.from_csv(written)) > 0


def test_corrections_by_hand_hold_at_every_threshold(film: Path, tmp_path: Path) -> None:
    run(film, "--out", tmp_path, "--candidates")
    all_of_them = Columns.from_csv(tmp_path / "film.candidates.csv")
    best, worst = int(all_of_them.score.argmax()), int(all_of_them.score.argmin())
    edits = [
        {"op": "delete", "row": best},
        {"op": "move", "row": worst, "y": 10.25, "x": 20.5},
        {"op": "add", "y": 30.5, "x": 40.75, "frame": 1},
    ]
    table = tmp_path / "table.csv"
    redraw(
        str(tmp_path / "film.candidates.csv"),
        searched(film, [0, 1, 2]),
        0.99,
        edits,
        str(table),
    )
    corrected = Columns.from_csv(table)
    by_hand = corrected.labels["edited"] > 0
    assert sorted(map(tuple, corrected.positions[by_hand])) == [(10.25, 20.5), (30.5, 40.75)]
    assert np.isnan(corrected.sigma_x[by_hand]).all()
    assert corrected.labels["frame"][corrected.labels["edited"] == 2] == [1]
    assert (corrected.score[~by_hand] >= 0.99).all()
    assert not np.isclose(corrected.positions, all_of_them.positions[best]).all(axis=1).any()
    assert (np.diff(corrected.labels["frame"]) >= 0).all()

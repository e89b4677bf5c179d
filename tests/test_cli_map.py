"""Particles and pores on the command line, whoever measures them."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from clusters import Cluster

from colonnade import cli
from colonnade.core.files.write import write_mrc, write_tiff


def particles(*words: str) -> int:
    words = ("map", "particles", *words)
    return int(cli.app.meta(list(words), result_action="return_value") or 0)


def discs(noise: float) -> np.ndarray:
    """Nine bright discs on a darker ground."""
    y, x = np.indices((200, 240))
    image = np.random.default_rng(3).normal(60, noise, y.shape)
    for row, column in np.ndindex(3, 3):
        image[np.hypot(y - 40 - 60 * row, x - 50 - 70 * column) < 15 + 2 * row] += 80
    return image.astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two micrographs and a tomogram, whose tilts lie beside it."""
    inside = tmp_path / "in"
    inside.mkdir()
    for name, noise in (("one", 2.0), ("two", 8.0)):
        write_tiff(inside / f"{name}.tif", discs(noise), (5.0, 5.0))
    z, y, x = np.indices((24, 26, 28))
    ball = np.clip(7 - np.sqrt((z - 12) ** 2 + (y - 13) ** 2 + (x - 14) ** 2), 0, 1)
    noise = np.random.default_rng(0).normal(0, 0.02, ball.shape)
    write_mrc(inside / "needle.mrc", (ball + noise).astype(np.float32), (2.0, 2.0, 2.0))
    tilts = {"angles_deg": list(range(-60, 61, 2))}
    (inside / "needle.json").write_text(json.dumps(tilts))
    monkeypatch.chdir(tmp_path)  # names are those that a person gives: relative ones
    return tmp_path


def made(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.particles.*"))}


FILES = ("in/one.tif", "in/two.tif", "in/needle.mrc")


@pytest.fixture
def by_one_process(folder: Path) -> dict[str, bytes]:
    assert particles(*FILES, "--out", "out") == 0
    return made(folder / "out")


def test_a_tomogram_is_measured_as_one_among_micrographs(
    by_one_process: dict[str, bytes],
) -> None:
    numbers = {
        name: json.loads(by_one_process[f"{name}.particles.json"]) for name in ("one", "needle")
    }
    assert "surface_open" in numbers["needle"]
    assert "surface_open" not in numbers["one"]
    assert math.isfinite(numbers["needle"]["count"]["value"])


def test_several_processes_measure_what_one_measures(
    folder: Path, by_one_process: dict[str, bytes]
) -> None:
    assert particles(*FILES, "--out", "by-two", "--workers", "2") == 0
    assert made(folder / "by-two") == by_one_process


def test_so_does_a_cluster_whose_workers_began_in_another_folder(
    cluster: Cluster, folder: Path, by_one_process: dict[str, bytes]
) -> None:
    assert particles(*FILES, "--out", "by-dask", "--scheduler", cluster.address) == 0
    assert made(folder / "by-dask") == by_one_process


def test_what_needs_more_memory_than_it_may_take_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiff(folder / "in" / "wide.tif", np.zeros((2000, 2000), np.uint8), (5.0, 5.0))
    given = ("in/wide.tif", "in/one.tif", "--memory", "500MB", "--out", "out")
    assert particles(*given) == 1
    said, complained = capsys.readouterr()
    assert "wide.tif: this needs about 0.75 GB of memory and may take 0.5 GB" in complained
    assert said.startswith("one: 9 particles measured")
    assert [name.split(".")[0] for name in made(folder / "out")] == ["one"] * 3

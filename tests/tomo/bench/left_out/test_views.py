"""Real series, of which views are left out; here simulated ones stand for them."""

from pathlib import Path

import numpy as np
import pytest

from colonnade.core.errors import ImageError
from colonnade.core.files.write import write_mrc
from colonnade.tomo.bench.case import Reconstructed
from colonnade.tomo.bench.left_out import views
from colonnade.tomo.bench.left_out.study import no_output, scores_of
from colonnade.tomo.bench.left_out.views import kinds, list_cases, read_left_out
from colonnade.tomo.bench.measure import projected

ANGLES = tuple(np.arange(-72.0, 73.0, 4.0).tolist())
SIDE = 48


def specimen() -> np.ndarray:
    """Three balls in a row along y, off the axis."""
    z, y, x = np.ogrid[:SIDE, :SIDE, :SIDE]
    volume = np.zeros((SIDE, SIDE, SIDE), np.float32)
    for place, radius in (((20, 12, 28), 7), ((28, 22, 20), 9), ((24, 34, 26), 6)):
        inside = (z - place[0]) ** 2 + (y - place[1]) ** 2 + (x - place[2]) ** 2 < radius**2
        volume[inside] = 1 + 0.02 * radius
    return volume


def write_series(folder: Path, turned: bool) -> np.ndarray:
    folder.mkdir()
    truth = specimen()
    shown = projected(truth, ANGLES).transpose(1, 0, 2)
    shown = shown + 0.3 * np.random.default_rng(0).standard_normal(shown.shape)
    if turned:
        shown = np.rot90(shown, 1, (1, 2))
    write_mrc(folder / "balls.mrc", np.ascontiguousarray(shown, np.float32))
    (folder / "balls.rawtlt").write_text("\n".join(map(str, ANGLES)))
    return truth


def test_views_are_left_out_within_the_range_and_beyond_its_ends() -> None:
    found = kinds(ANGLES)
    assert list(found) == ["interior", "beyond 60 degrees", "beyond 45 degrees"]
    degrees = np.array(ANGLES)
    assert np.abs(degrees[found["interior"]]).max() < 72
    assert set(degrees[found["beyond 60 degrees"]]) == {-72, -68, -64, 64, 68, 72}
    assert np.abs(degrees[found["beyond 45 degrees"]]).min() == 48


def test_what_would_leave_too_few_views_is_left_alone(tmp_path: Path) -> None:
    assert list(kinds(tuple(np.linspace(-50, 50, 21)))) == ["interior", "beyond 45 degrees"]
    assert not kinds((-70.0, 0.0, 70.0))
    write_mrc(tmp_path / "few.mrc", np.zeros((3, 20, 20), np.float32))
    (tmp_path / "few.rawtlt").write_text("-70\n0\n70\n")
    with pytest.raises(ImageError, match="so many views that 9 are left"):
        list(list_cases(tmp_path))


@pytest.mark.parametrize("turned", [False, True])
def test_a_series_is_turned_aligned_and_split(tmp_path: Path, turned: bool) -> None:
    truth = write_series(tmp_path / "data", turned)
    cases = views.TestSet.of(tmp_path / "data")
    run = tmp_path / "run"
    run.mkdir()
    cases.prepare(run, lambda done, total: None)
    assert [case.axis for case in cases.cases] == [f"balls, {kind}" for kind in kinds(ANGLES)]
    for case in cases.cases:
        test = read_left_out(run, case)
        assert len(test.kept.angles) + len(test.angles) == len(ANGLES)
        assert test.input.privilege is None
        assert test.input.shape == (SIDE, views.ROWS, SIDE)
        assert test.sinograms.shape == (views.ROWS, len(test.angles), SIDE)
        # The rows that show most are those of the largest ball, which lies at y = 22.
        missed = [
            scores_of(test, Reconstructed(np.ascontiguousarray(truth[:, first : first + 16])))
            for first in range(SIDE - 15)
        ]
        best = min(missed, key=lambda scores: scores["misfit"])
        assert best["misfit"] < 0.12
        assert scores_of(test, no_output(test))["misfit"] == pytest.approx(1)

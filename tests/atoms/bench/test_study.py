"""The benchmark of atom-locating methods from its images to its report."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from colonnade.atoms.bench import benchmark as whole
from colonnade.atoms.bench import cases, degradation_series, structures
from colonnade.atoms.bench.study import STUDY, formula
from colonnade.core.bench.case import Case
from colonnade.core.bench.runs import Progress
from colonnade.core.errors import FileError


def ignore(done: int, total: int) -> None:
    assert done <= total


@contextmanager
def no_bar(_: str) -> Iterator[Progress]:
    yield ignore


CASES = [
    *(Case("SrTiO3 [100]", "noise", value, 0) for value in (20.0, 10.0, -4.0)),
    Case(structures.STRUCTURES, structures.LATTICE, np.nan, 0),
]


def benchmark(out: Path, *methods: str) -> dict[str, str]:
    return whole.benchmark(methods, out, version="0.0", data=None, quick=True, bar=no_bar)


@pytest.fixture
def few_small_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(degradation_series, "FIELD_NM", 1.3)
    monkeypatch.setattr(cases, "list_cases", lambda quick, data: CASES)
    monkeypatch.setattr(whole, "available_cpus", lambda: 1)


@pytest.mark.usefixtures("few_small_images")
def test_a_whole_run_writes_scores_cutoffs_and_a_report(tmp_path: Path) -> None:
    missing = benchmark(tmp_path, "log-gaussian", "columns:nowhere")
    assert missing == {
        "columns:nowhere": "'nowhere' is not a folder; write columns:FOLDER, where "
        "FOLDER holds a table NAME.csv for every image"
    }
    told = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    ran = told["methods"]["log-gaussian"]
    curve = ran["curves"]["SrTiO3 [100]"]["noise"]
    assert [point["value"] for point in curve] == [20, 10, -4]
    assert curve[0]["recall"] > 0.95
    # At -4 dB hardly an electron is left of a column.
    assert -4 < ran["cutoffs"]["SrTiO3 [100]"]["noise"]["value"] < 20
    assert ran["structures"]["recall"][0] > 0.9
    assert ran["experiment"] is None
    assert told["methods"]["columns:nowhere"]["status"].startswith("missing: ")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "columns:nowhere" in page
    tables = {path.name for path in (tmp_path / "outputs" / "log-gaussian").iterdir()}
    assert tables == {f"{case.name}.columns.csv" for case in CASES}


@pytest.mark.usefixtures("few_small_images")
def test_the_truth_in_tables_scores_full_marks_and_cannot_be_beaten(tmp_path: Path) -> None:
    chosen = cases.TestSet(tuple(CASES), None, workers=1)
    (tmp_path / "run").mkdir()
    chosen.prepare(tmp_path / "run", ignore)
    tables = tmp_path / "tables"
    tables.mkdir()
    for case in CASES:
        cases.read_image(tmp_path / "run", case).truth.to_csv(tables / f"{case.name}.csv")
    assert benchmark(tmp_path / "run", f"columns:{tables}") == {}
    told = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    ran = told["methods"][f"columns:{tables}"]
    cutoff = ran["cutoffs"]["SrTiO3 [100]"]["noise"]
    assert (cutoff["value"], cutoff["beyond"], cutoff["criterion"]) == (-4, True, None)
    assert ran["structures"]["recall"] == ran["structures"]["precision"] == [1, 1, 1]
    assert ran["structures"]["rms_pm"][0] == pytest.approx(0, abs=1e-6)


def test_a_folder_of_the_first_layout_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.txt").write_text("Benchmark of atom-locating methods, Colonnade 0.0\n")
    with pytest.raises(FileError, match="holds the run of another version of Colonnade"):
        benchmark(tmp_path, "log-gaussian")


def test_every_score_that_the_study_names_is_one_that_it_has() -> None:
    pooled = STUDY.pool({name: np.ones(3) for name in STUDY.task.columns})
    assert {limit.score for limit in STUDY.limits} | {one.score for one in STUDY.totals} == set(
        pooled
    )
    series = {one.name: {axis.name for axis in one.axes} for one in STUDY.series}
    for case in cases.list_cases(quick=False, data=None):
        assert case.series in series
        assert case.axis in series[case.series] or not series[case.series]


def test_limits_are_those_of_the_original_benchmark() -> None:
    recall, precision, rms = STUDY.limits
    assert not recall.fails(0.9)
    assert recall.fails(0.899)
    assert precision.fails(0.949)
    assert not rms.fails(30)
    assert rms.fails(30.1)
    assert not any(limit.fails(np.nan) for limit in STUDY.limits)
    assert [limit.label for limit in STUDY.limits] == ["recall", "precision", "RMS error [pm]"]


def test_formulas_have_small_digits_and_zone_axes_have_not() -> None:
    assert formula("SrTiO3 [100]") == "SrTiO₃ [100]"
    assert formula("YBa2Cu3O7 [100]") == "YBa₂Cu₃O₇ [100]"


def test_published_values_are_the_known_ones() -> None:
    values = {
        (one.series, one.axis, one.method): one.cutoff.value
        for one in STUDY.published
        if one.cutoff is not None and not one.cutoff.beyond
    }
    assert values["WS2 [001]", "noise", "AtomNet"] == 5.866
    assert values["WS2 [001]", "pixel size", "AtomNet"] == 13.906
    assert values["WS2 [001]", "resolution", "AtomNet"] == 271.4
    assert values["WS2 [001]", "fly-back", "AtomNet"] == 3.817
    assert values["WS2 [001]", "drift", "AtomNet"] == 0.284
    assert values["SrTiO3 [100]", "contrast", "AtomNet"] == 0.23
    assert values["SrTiO3 [100]", "resolution", "AtomSegNet"] == 147.8
    assert len(values) == 20
    assert STUDY.published_on("WS2 [001]", "contrast") == {}


def test_published_curves_go_from_good_to_bad_and_are_in_picometres() -> None:
    for one in STUDY.published:
        steps = np.diff(one.values)
        falling = one.axis in ("noise", "contrast", "small pixels")
        assert (steps < 0).all() if falling else (steps > 0).all()
        for name, scores in one.scores.items():
            assert scores.shape == one.values.shape
            known = scores[np.isfinite(scores)]
            assert (known > 1).all() if name == "rms_pm" else (known <= 1).all()
    noise = STUDY.published_on("WS2 [001]", "noise")["AtomNet"]
    assert noise.scores["rms_pm"][0] == pytest.approx(5.3685)
    assert noise.scores["recall"][-1] == 0
    assert STUDY.published_on("SrTiO3 [100]", "resolution")["AtomNet"].values.size == 0

"""The whole benchmark of the wing on a few series: scores, report, what is missing."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colonnade.core.bench.benchmark import no_bar
from colonnade.core.bench.case import Case
from colonnade.core.bench.results import read_results
from colonnade.core.files.write import write_mrc
from colonnade.tomo.bench import benchmark, cases
from colonnade.tomo.bench.left_out.study import STUDY as LEFT_OUT_STUDY
from colonnade.tomo.bench.study import STUDY
from colonnade.tomo.bench.test_series import NAMES, NOISE, QUICK
from colonnade.tomo.library.sources import Simulator, write_library
from colonnade.tomo.simulate.series import SeriesSimulation, simulate
from colonnade.tomo.simulate.stage import Stage

FEW = [
    Case(QUICK.name, NOISE.name, NOISE.steps[step], NAMES.index(family))
    for family in ("core_shell", "needle")
    for step in (0, 2)
]

ALIGNED = SeriesSimulation(size=(32, 16, 32), stage=Stage(misaligned=0.0))


def bench(methods: list[str], out: Path, data: Path | None = None) -> dict[str, str]:
    return benchmark.benchmark(methods, out, version="1", data=data, quick=True, bar=no_bar)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cases, "list_cases", lambda quick, data: list(FEW))
        return folder, bench(["sirt", "wbp", "volumes:nowhere"], folder)


def test_every_series_is_scored_and_what_cannot_run_is_said(
    run: tuple[Path, dict[str, str]],
) -> None:
    folder, missing = run
    assert list(missing) == ["volumes:nowhere"]
    results = read_results(STUDY, folder)
    assert [one.name for one in results.ran] == ["sirt", "wbp"]
    assert len(results.rows) == 2 * len(FEW)
    assert results.differing == 0
    by_name = {(row.method, row.case): row.scores for row in results.rows}
    for case in FEW:
        assert by_name["sirt", case]["psnr"] > by_name["wbp", case]["psnr"]
        assert np.isnan(by_name["sirt", case]["residual"]) == (case.value == 0)


def test_the_report_shows_families_by_themselves(run: tuple[Path, dict[str, str]]) -> None:
    page = (run[0] / "report.html").read_text(encoding="utf-8")
    part = page.partition('<section id="families">')[2].partition("</section>")[0]
    for name in ("core shell", "needle, unseen", "all"):
        assert part.count(f"<td>{name}</td>") == 1, name
    assert part.count("<td>clean</td>") == part.count("<td>200</td>") == 3
    assert "above<br>wbp" in part
    assert "worst" in part
    assert '<section id="time">' in page
    assert '<section id="intervals">' not in page
    slices = page.partition('<section id="slices">')[2].partition("</section>")[0]
    assert "200 counts in the brightest pixel" in slices
    figures = {path.name for path in (run[0] / "figures").iterdir()}
    assert figures == {
        "families-64px-60deg.png",
        "shells-64px-60deg.png",
        "slices-64px-60deg.png",
        "examples-1-noise.png",
        "curves-1.png",
    }
    text = re.sub("<[^>]*>", " ", page)
    assert not re.findall(r"\{[a-z_]+\}", text.partition("Family by family")[2])


def test_series_that_others_do_not_have_are_counted(run: tuple[Path, dict[str, str]]) -> None:
    other = Case(QUICK.name, NOISE.name, NOISE.steps[0], 4000)
    test_set = cases.TestSet((*FEW, other), None, 1)
    test_set.prepare(run[0], lambda done, total: None)
    assert test_set.differing(run[0]) == 1


def test_a_library_is_scored_instead_of_simulated_series(tmp_path: Path) -> None:
    library, out = tmp_path / "library", tmp_path / "run"
    write_library(Simulator(ALIGNED, 1), 2, library, lambda done, total: None)
    assert not bench(["wbp"], out, library)
    results = read_results(STUDY, out)
    assert [row.case.series for row in results.rows] == ["library"] * 2
    assert "Series of the library" in (out / "report.html").read_text(encoding="utf-8")


def test_real_series_are_predicted_where_views_are_left_out(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "run"
    data.mkdir()
    made = simulate(ALIGNED, np.random.default_rng(3))
    write_mrc(data / "one.mrc", np.asarray(made.series.views))
    angles = "\n".join(map(str, made.series.angles))
    (data / "one.rawtlt").write_text(angles, encoding="utf-8")
    assert list(bench(["sirt", "sirt-oracle"], out, data)) == ["sirt-oracle"]
    results = read_results(LEFT_OUT_STUDY, out)
    assert {row.case.axis.partition(", ")[0] for row in results.rows} == {"one"}
    assert all(0 < row.scores["misfit"] < 1 for row in results.rows)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<td>one, interior</td>" in page


def test_without_a_name_the_usual_methods_are_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done: list[Any] = []

    def run(study: object, methods: object, *_: object, **__: object) -> dict[str, str]:
        done.append(methods)
        return {}

    monkeypatch.setattr(benchmark, "run_benchmark", run)
    bench([], tmp_path)
    bench(["wbp"], tmp_path)
    assert done == [benchmark.USUAL, ["wbp"]]

"""A whole benchmark of the made-up wing: summary, report and figures."""

import base64
import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from toy_wing import GAIN, OFFSET, STUDY, UNVARIED, VARIED, Readings, list_cases, no_bar

from colonnade.core.bench.benchmark import method_name, run_benchmark
from colonnade.core.bench.findings import farthest
from colonnade.core.bench.methods import MethodError
from colonnade.core.bench.report import examples, write_report
from colonnade.core.bench.results import SUMMARY, Results, read_results
from colonnade.core.bench.scores import SCORES
from colonnade.core.bench.study import Section
from colonnade.core.errors import FileError

METHODS = ("same", "corrected:0.5", "same:absent")


def benchmark(folder: Path, *methods: str, version: str = "9.8.7") -> dict[str, str]:
    readings = Readings(list_cases())
    return run_benchmark(STUDY, methods, readings, folder, version=version, bar=no_bar)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, installed: None) -> Path:
    made = tmp_path_factory.mktemp("bench") / "run"
    assert benchmark(made, *METHODS, "same") == {"same:absent": "there is no such instrument"}
    return made


def section(page: str, name: str) -> str:
    return page.partition(f'<section id="{name}">')[2].partition("</section>")[0]


def cells(part: str, method: str) -> list[str]:
    """What is written in the row of a method, cell by cell."""
    row = next(row for row in re.findall("<tr.*?</tr>", part) if f"{method}<" in row)
    found = [re.sub("<[^>]*>", " ", cell) for cell in re.findall("<td.*?</td>", row)][1:]
    return [" ".join(cell.split()) for cell in found]


def test_the_report_says_what_the_scores_give(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h1>Benchmark of voltmeters</h1>" in page
    assert "2 methods on 17 images, Colonnade 9.8.7" in page
    assert "1 of the images are not the same" in page
    cutoffs = section(page, "cutoffs")
    assert cells(cutoffs, "same")[0] == "3 2.5 to 3.5 error"
    assert cells(cutoffs, "same")[1] == "0.25 nothing fails"
    assert cells(cutoffs, "corrected:0.5")[0] == "6 5.5 to 6.5 error"
    assert cells(cutoffs, "Ohm") == ["2.5", "\u2013"]
    totals = cells(section(page, "totals"), "corrected:0.5")
    assert totals[0].startswith("1 0.")
    assert "At most 3 V and at least 0.1." in section(page, "method")
    assert "The truth is &lt;zero&gt;." in section(page, "method")
    assert "<dt>offset [V]</dt><dd>What the instrument adds.</dd>" in section(page, "method")
    assert "there is no such instrument" in section(page, "missing")
    assert not re.findall(r"\{[a-z]+\}", page.partition("<body>")[2])


def test_the_report_names_who_goes_farthest_and_who_is_best(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    lead = re.sub("<[^>]*>", "", re.findall('<p class="lead">(.*?)</p>', page)[0])
    assert "On Volts &amp; more corrected:0.5 goes farthest on offset" in lead
    assert "same and corrected:0.5 go farthest on gain" in lead
    # 3 V are beyond the 2.5 V that were published.
    assert "The cut-offs of same are beyond 1 of the 1 published" in lead
    assert "Oddities: corrected:0.5 has the lowest error, 1, with agreement 0.505." in lead


def test_a_single_image_gives_no_interval(tmp_path: Path) -> None:
    cases = [case for case in list_cases() if case.axis == "offset" and case.number == 0]
    readings = Readings(cases)
    run_benchmark(STUDY, ["same"], readings, tmp_path / "run", version="1", bar=no_bar)
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    # The lower image of each step is half a volt below the value of its step.
    assert cells(section(page, "cutoffs"), "same") == ["3.5 error"]
    assert section(page, "oddities") == ""
    assert "#oddities" not in page


def test_kinds_are_scored_apart_and_together(folder: Path) -> None:
    part = section((folder / "report.html").read_text(encoding="utf-8"), "oddities")
    rows = {
        re.sub("<[^>]*>", "", row[0]): [re.sub("<[^>]*>", "", cell) for cell in row[1:]]
        for row in (re.findall("<td>.*?</td>", row) for row in re.findall("<tr.*?</tr>", part))
        if row
    }
    # Offsets of 1.5 and 2.5 V, and of 2 V.
    assert rows["kind 1"] == ["2 · 0.333", "1 · 0.5"]
    assert rows["kind 0"] == [f"2 · {(1 / 2.5 + 1 / 3.5) / 2:.3g}", "1 · 0.508"]
    assert list(rows) == ["all", "kind 0", "kind 1"]


def test_figures_are_drawn_and_lie_within_the_page(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    names = {path.name for path in (folder / "figures").iterdir()}
    assert names == {
        *("radar-1.png", "curves-1.png", "examples-1-offset.png", "examples-1-gain.png"),
        *("oddities-1.png", "oddities-2.png"),
    }
    sizes = {}
    for alt, data in re.findall(r'base64,([^"]*)" alt="([^"]*)"', page):
        with Image.open(io.BytesIO(base64.b64decode(alt))) as image:
            sizes[data] = image.size
            if "Radar" in data or "Scores" in data:
                assert np.ptp(np.asarray(image.convert("L")).astype(int)) > 100
    # Three examples on each axis, and sheets of two and of one of the three oddities.
    assert sizes["volts, offset"] == sizes["volts, gain"] == (3, 1)
    assert [sizes[f"Oddities, sheet {sheet}"] for sheet in (1, 2)] == [(1, 2), (1, 1)]
    assert min(sizes["Radar plot of the cut-offs on volts"]) > 300


def test_examples_are_the_good_end_the_middle_and_the_bad_end(folder: Path) -> None:
    results = read_results(STUDY, folder)
    assert [row.case.value for row in examples(results, VARIED, OFFSET)] == [1, 4, 8]
    assert [row.case.value for row in examples(results, VARIED, GAIN)] == [1, 0.5, 0.25]
    assert {row.method for row in examples(results, VARIED, GAIN)} == {"same"}


def test_results_are_read_back_as_they_were_written(folder: Path) -> None:
    results = read_results(STUDY, folder)
    assert (results.version, results.images, results.differing) == ("9.8.7", 17, 1)
    assert [one.name for one in results.methods] == list(METHODS)
    assert [one.name for one in results.ran] == ["same", "corrected:0.5"]
    assert (results.varied, results.unvaried) == ([VARIED], [UNVARIED])
    first = results.ran[0]
    assert first.cutoffs["volts", "offset"].value == 3.0
    np.testing.assert_allclose(first.curves["volts", "offset"].scores["error"][:, 0], OFFSET.steps)
    mean, low, high = first.unvaried["oddities"]["error"]
    assert 1.5 <= low < mean == 2.0 < high <= 2.5
    assert [one.name for one in farthest(results, VARIED, OFFSET)] == ["corrected:0.5"]
    told = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    assert told["limits"] == {"error": {"highest": 3.0}, "agreement": {"lowest": 0.1}}
    assert told["axes"]["gain"]["steps"] == [1.0, 0.5, 0.25]


def test_a_second_call_does_nothing_twice(folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(folder, tmp_path / "run")
    before = (folder / SCORES).read_bytes()
    readings = Readings(list_cases())
    run_benchmark(STUDY, ["same"], readings, folder, version="9.8.7", bar=no_bar)
    assert readings.drawn == []
    assert (folder / SCORES).read_bytes() == before


def test_the_folder_of_another_version_is_refused(folder: Path) -> None:
    with pytest.raises(FileError, match="another version of Colonnade; name another folder"):
        benchmark(folder, "same", version="9.8.8")


def test_a_folder_without_a_whole_run_is_refused(folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(folder, tmp_path / "run")
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    del summary["methods"]["same"]["cutoffs"]["volts"]["offset"]["value"]
    (folder / SUMMARY).write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(FileError, match="does not hold a whole run"):
        write_report(STUDY, folder)
    (folder / SCORES).unlink()
    with pytest.raises(FileError, match="does not hold a whole run"):
        write_report(STUDY, folder)


def test_a_run_without_any_method_has_no_report_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"nothing to report.*same:absent is missing: there is no"):
        benchmark(tmp_path / "run", "same:absent")


def test_models_stand_for_the_method_that_runs_them(tmp_path: Path) -> None:
    model = tmp_path / "mine.onnx"
    model.touch()
    assert method_name(STUDY, "corrected:0.5") == "corrected:0.5"
    assert method_name(STUDY, str(model)) == f"same:{model}"
    assert method_name(STUDY, "atoms") == "same:atoms"
    with pytest.raises(MethodError, match="corrected, same"):
        method_name(STUDY, "nobody")


def test_a_wing_adds_sections_and_names_steps(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(folder, copy)
    named = replace(OFFSET, labels=("tiny", "small", "large", "huge"))
    series = replace(VARIED, axes=(named, GAIN))

    def sections(results: Results) -> list[Section]:
        count = f"<p>{len(results.ran)} methods</p>"
        return [Section("more", "More of it", count), Section("none", "Nothing", "")]

    write_report(replace(STUDY, series=(series, UNVARIED), sections=sections), copy)
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert section(page, "more") == "<h2>More of it</h2><p>2 methods</p>"
    assert '<a href="#more">More of it</a>' in page
    assert "Nothing" not in page
    assert "tiny → huge" in section(page, "cutoffs")


def test_a_single_quality_has_no_radar_plot(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(folder, copy)
    shutil.rmtree(copy / "figures")
    write_report(replace(STUDY, series=(replace(VARIED, axes=(OFFSET,)), UNVARIED)), copy)
    assert not list((copy / "figures").glob("radar*"))
    assert section((copy / "report.html").read_text(encoding="utf-8"), "radar") == ""

"""The report of the benchmark: its numbers are those of the run, and a browser shows it."""

import base64
import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colonnade.atoms.bench.measure import measure
from colonnade.atoms.bench.pictures import read_marked
from colonnade.atoms.bench.study import STUDY
from colonnade.atoms.columns import Columns
from colonnade.core.bench.case import Axis, Case, Series
from colonnade.core.bench.findings import farthest
from colonnade.core.bench.report import write_report
from colonnade.core.bench.results import read_results
from colonnade.core.bench.scores import COST, KEY, Row
from colonnade.core.errors import FileError

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SERIES = "SrTiO3 [100]"
AXES = {
    "noise": Axis("noise", "dB", (20, 10, 0), "Peak signal to noise."),
    "fly-back": Axis("fly-back", "px", (0, 2, 4), "Shift of rows."),
}
VARIED = Series(SERIES, "SrTiO₃ [100]", tuple(AXES.values()))
SMALL = replace(
    STUDY,
    series=(VARIED, *STUDY.series[2:]),
    wording=replace(STUDY.wording, comparison="Pairs are nearer than <half> the spacing."),
)
"""The study, with two short axes of one material."""

METHODS = ("ours", "columns:a/b")
MISSING = "atomap is not installed; pip install 'colonnade[peers]'"
PIXEL = 0.02


def cutoff(value: float, criterion: str | None) -> dict[str, Any]:
    ends = {"low": value - 0.25, "high": value + 0.25}
    return {"value": value, **ends, "criterion": criterion, "beyond": criterion is None}


def points(axis: str, drop: float) -> list[dict[str, Any]]:
    made = []
    for number, value in enumerate(AXES[axis].steps):
        point: dict[str, Any] = {"value": value}
        for name, start, slope in (("recall", 1, -drop), ("precision", 1, 0), ("rms_pm", 3, 9)):
            mean = start + slope * number
            point |= {name: mean, f"{name}_low": mean - 0.01, f"{name}_high": mean + 0.01}
        made.append(point)
    made[-1] |= dict.fromkeys(("rms_pm", "rms_pm_low", "rms_pm_high"))
    return made


def totals(recall: float) -> dict[str, Any]:
    return {
        "structures": {
            "recall": [recall, recall - 0.011, recall + 0.012],
            "precision": [0.987, 0.981, 0.992],
            "rms_pm": [6.54, 6.21, 6.87],
        },
        "experiment": None,
        **{
            "within_1": 0.671,
            "within_2": 0.943,
            "bias_y_pm": 0.123,
            "bias_x_pm": -0.456,
            "p95_pm": 13.7,
        },
        **{"crlb_ratio": 1.08, "seconds_per_megapixel": 7.65, "peak_mb": 432},
    }


def summary() -> dict[str, Any]:
    cutoffs = {
        "ours": {"noise": cutoff(2.34, "recall"), "fly-back": cutoff(4, None)},
        "columns:a/b": {"noise": cutoff(8.76, "precision"), "fly-back": cutoff(1.23, "rms_pm")},
    }
    methods: dict[str, Any] = {
        name: {
            "status": "ran",
            "cutoffs": {SERIES: cutoffs[name]},
            "curves": {SERIES: {axis: points(axis, drop) for axis in AXES}},
            **totals(recall),
        }
        for name, drop, recall in zip(METHODS, (0.05, 0.3), (0.957, 0.876), strict=True)
    }
    methods["columns:a/b"] |= {"within_1": None, "within_2": None}
    return {
        "colonnade": "9.8.7",
        "images": {"count": 8, "differing": 0},
        "methods": {**methods, "atomap": {"status": f"missing: {MISSING}"}},
    }


def list_cases() -> list[Case]:
    varied = [Case(SERIES, axis, float(value), 0) for axis in AXES for value in AXES[axis].steps]
    return [*varied, *(Case("structures", "grain boundary", np.nan, number) for number in (0, 1))]


def write_image(folder: Path, case: Case) -> None:
    """A lattice 8 px apart of which one column is missed, with one false one in a gap."""
    truth = np.stack(np.mgrid[4:60:8, 4:76:8], -1).reshape(-1, 2).astype(float)
    image = np.random.default_rng(1).poisson(5, (64, 80)).astype(np.float32)
    arrays = {"positions": truth, "detectable": np.ones(len(truth)), "pixel": np.full(2, PIXEL)}
    arrays |= {"crlb": np.full(truth.shape, np.nan)}
    arrays["detectable"][-12] = 0
    np.savez(folder / "images" / f"{case.name}.npz", image=image, **arrays)
    found = np.concatenate([np.delete(truth, 20, axis=0) + np.array([0.0, 0.5]), [[32.0, 32.0]]])
    for name in METHODS:
        other = folder / "outputs" / name.replace(":", "-").replace("/", "-")
        other.mkdir(parents=True, exist_ok=True)
        columns = Columns(y=found[:, 0], x=found[:, 1])
        columns.to_csv(other / f"{case.name}.columns.csv")


def run(folder: Path) -> Path:
    """Write the folder of a small run."""
    (folder / "images").mkdir(parents=True)
    (folder / "summary.json").write_text(json.dumps(summary()), encoding="utf-8")
    known = ("found", "missed", "false", "recall", "precision", "rms_pm")
    scores = {"ours": [(90, 10, 0, 0.9, 1, 4), (10, 90, 25, 0.1, 0.28571, 12)]}
    scores["columns:a/b"] = 2 * [(0, 100, 0, 0, "", "")]
    with (folder / "scores.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, (*KEY, *STUDY.task.columns, *COST), lineterminator="\n")
        writer.writeheader()
        for case in list_cases():
            write_image(folder, case)
            for name in METHODS:
                cells = Row(name, case, {}).cells()
                writer.writerow(cells | dict(zip(known, scores[name][case.number], strict=True)))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = run(tmp_path_factory.mktemp("bench") / "run")
    write_report(SMALL, made)
    return made


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def section(page: str, name: str) -> str:
    return page.partition(f'<section id="{name}">')[2].partition("</section>")[0]


def cells(part: str, method: str) -> list[str]:
    """What is written in the row of a method, cell by cell."""
    row = next(row for row in re.findall("<tr.*?</tr>", part) if f"{method}<" in row)
    return [re.sub("<[^>]*>", " ", cell).strip() for cell in re.findall("<td.*?</td>", row)][1:]


def test_cut_offs_are_those_of_the_run(page: str) -> None:
    part = section(page, "cutoffs")
    ours = [" ".join(cell.split()) for cell in cells(part, "ours")]
    assert ours == ["2.34 2.09 to 2.59 recall", "4 nothing fails"]
    other = [" ".join(cell.split()) for cell in cells(part, "columns:a/b")]
    assert other == ["8.76 8.51 to 9.01 precision", "1.23 0.98 to 1.48 RMS error"]
    assert cells(part, "AtomNet") == ["5.502", "2.169"]
    assert cells(part, "AtomSegNet") == ["14.325", "1.162"]
    assert part.count('class="best"') == 2


def test_totals_are_those_of_the_run(page: str) -> None:
    part = section(page, "totals")
    ours = [" ".join(cell.split()) for cell in cells(part, "ours")]
    assert ours[:3] == ["0.957 0.946 to 0.969", "0.987 0.981 to 0.992", "6.54 6.21 to 6.87"]
    assert ours[3:] == ["1.08", "67.1 %", "94.3 %", "0.123", "\u22120.456", "13.7", "7.65", "432"]
    other = cells(part, "columns:a/b")
    assert other[4:6] == ["\u2013", "\u2013"]
    assert '<span class="fail">0.876</span>' in part
    assert '<span class="fail">0.957</span>' not in part


def test_scores_by_kind_are_those_of_the_table(page: str) -> None:
    part = section(page, "structures")
    # 100 of 200 columns are found, 25 are false, and the squares are 90 x 16 and 10 x 144 pm².
    rows = [[" ".join(cell.split()) for cell in cells(part, name)] for name in ("all", "boundary")]
    assert rows == 2 * [["0.5 · 0.8 · 5.37", "0 · \u2013 · \u2013"]]


def test_the_summary_says_who_goes_farthest(page: str) -> None:
    lead = re.sub("<[^>]*>", "", re.findall('<p class="lead">(.*?)</p>', page)[0])
    assert "On SrTiO₃ [100] ours goes farthest on every axis." in lead
    # Published are 14.3 and 5.5 dB of noise, and 1.2 and 2.2 px of fly-back.
    assert "beyond 4 of the 4 published" in lead
    assert "Other structures: ours has the highest recall, 0.957, with precision 0.987" in lead
    assert "and RMS error 6.54 pm." in lead


def test_missing_methods_are_named_and_empty_sections_left_out(page: str) -> None:
    assert "<dt>atomap</dt><dd>atomap is not installed; pip install" in section(page, "missing")
    assert section(page, "experiment") == ""
    assert "#experiment" not in page


def test_the_page_says_how_it_was_measured(page: str) -> None:
    part = " ".join(section(page, "method").split())
    assert "Pairs are nearer than &lt;half&gt; the spacing." in part
    assert "<dt>noise [dB]</dt><dd>Peak signal to noise.</dd>" in part
    assert "recall below 0.9, precision below 0.95, or RMS error above 30 pm" in part
    assert "TP / (FN + TP)" in part
    assert not re.findall(r"\{[a-z]+\}", part)


def test_the_page_needs_nothing_else(page: str) -> None:
    assert "<script" not in page
    assert "http:" not in page.replace("http-equiv", "")
    assert "https:" not in page
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)
    for name in re.findall('href="#(.*?)"', page):
        assert f'<section id="{name}">' in page


def test_figures_are_pictures_of_some_size(folder: Path, page: str) -> None:
    shown = re.findall(r"data:image/png;base64,([^\"]*)", page)
    # A radar plot, the curves, a sheet of other structures, and examples on two axes.
    assert len(shown) == 5
    assert len(list((folder / "figures").glob("*.png"))) == 5
    for data in shown:
        with Image.open(io.BytesIO(base64.b64decode(data))) as image:
            assert image.format == "PNG"
            assert min(image.size) > 300
            assert np.ptp(np.asarray(image.convert("L")).astype(int)) > 100


def test_marks_agree_with_the_score(folder: Path) -> None:
    marked = read_marked(folder, Row("columns:a/b", list_cases()[0], {}))
    counted = measure(marked.test_image, Columns(*marked.found.T))
    assert {name: len(points) for name, points in marked.marks.items()} == {
        name: getattr(counted, name) for name in ("found", "missed", "false")
    }
    # Column 20 is at (20, 20), and a false one was put at (32, 32).
    np.testing.assert_array_equal(marked.marks["missed"], [[20, 20]])
    np.testing.assert_array_equal(marked.marks["false"], [[32, 32]])


def test_an_image_that_is_lost_is_an_error_that_names_it(folder: Path) -> None:
    with pytest.raises(FileError, match=r"noise 7, 0.* cannot be read .*; run it again"):
        read_marked(folder, Row("ours", Case(SERIES, "noise", 7.0, 0), {}))


def test_a_cut_off_that_is_beyond_goes_farther_and_equal_ones_share(tmp_path: Path) -> None:
    made = run(tmp_path / "run")
    given = summary()
    given["methods"]["columns:a/b"]["cutoffs"][SERIES] = {
        "noise": cutoff(2.34, "recall"),
        "fly-back": cutoff(4, "recall"),
    }
    (made / "summary.json").write_text(json.dumps(given), encoding="utf-8")
    results = read_results(SMALL, made)
    best = {
        axis.name: [one.name for one in farthest(results, VARIED, axis)]
        for axis in results.axes_of(VARIED)
    }
    assert best == {"noise": ["ours", "columns:a/b"], "fly-back": ["ours"]}


WIDTHS = """
<script>
onload = () => {
  for (const frame of document.querySelectorAll("iframe")) {
    const inner = frame.contentDocument.documentElement
    document.body.append(`${inner.clientWidth} shows ${inner.scrollWidth}; `)
  }
}
</script>
"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs the browser Chromium")
def test_nothing_is_wider_than_the_page(folder: Path, tmp_path: Path) -> None:
    address = (folder / "report.html").as_uri()
    frames = [
        f'<iframe src="{address}" style="width:{width}px;height:900px;border:0"></iframe>'
        for width in (400, 1200)
    ]
    outer = tmp_path / "frames.html"
    outer.write_text("".join(frames) + WIDTHS, encoding="utf-8")
    shown = subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'browser'}"),
            *("--enable-logging=stderr", "--window-size=1300,2000", "--dump-dom", outer.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=500,
        check=True,
    )
    assert "CONSOLE" not in shown.stderr
    assert "400 shows 400; 1200 shows 1200; " in shown.stdout

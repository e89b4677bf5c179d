"""The whole benchmark of the wing on a few images: scores, report, what is missing."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from colonnade.core.bench.benchmark import no_bar
from colonnade.core.bench.case import Case
from colonnade.core.bench.results import read_results
from colonnade.sem.bench import benchmark, cases
from colonnade.sem.bench.study import STUDY
from colonnade.sem.bench.test_images import NOISE

TIN, GOLD = 0, 3
"""Numbers of images of two materials that are drawn fast."""

FEW = (
    Case("x4", "noise", NOISE.steps[0], TIN),
    Case("x4", "noise", NOISE.steps[3], GOLD),
    Case("x4", "particle size", 16, 0),
    Case("x8", "particle size", 16, 0),
    Case("own x4", "noise", NOISE.steps[1], 0),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("bench")
    own = folder / "own"
    own.mkdir()
    rng = np.random.default_rng(0)
    blocks = np.kron(rng.uniform(50, 200, (16, 16)), np.ones((12, 12)))
    tifffile.imwrite(own / "blocks.tif", blocks.astype(np.float32))

    def few(quick: bool, data: Path | None) -> list[Case]:
        assert data == own
        return list(FEW)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cases, "list_cases", few)
        missing = benchmark.benchmark(
            ["bicubic", "lanczos", "paper:nowhere"],
            folder / "run",
            version="1.2.3",
            data=own,
            quick=True,
            bar=no_bar,
        )
    return folder / "run", missing


def page_of(run: tuple[Path, dict[str, str]]) -> str:
    return (run[0] / "report.html").read_text(encoding="utf-8")


def test_every_image_is_scored_and_what_cannot_run_is_said(
    run: tuple[Path, dict[str, str]],
) -> None:
    folder, missing = run
    assert list(missing) == ["paper:nowhere"]
    results = read_results(STUDY, folder)
    assert [one.name for one in results.ran] == ["bicubic", "lanczos"]
    assert len(results.rows) == 2 * len(FEW)
    bicubic = [row for row in results.rows if row.method == "bicubic"]
    assert all(row.scores["gain_db"] == 0 for row in bicubic)
    assert all(row.scores["psnr"] > 5 for row in bicubic)


def test_the_report_shows_materials_by_themselves(run: tuple[Path, dict[str, str]]) -> None:
    page = page_of(run)
    part = page.partition('<section id="materials">')[2].partition("</section>")[0]
    for name in ("tin balls", "gold", "own images", "all"):
        assert f"<td>{name}</td>" in part, name
    # The first method is compared with the other, image by image.
    assert "more than<br>lanczos" in part
    assert {path.name for path in (run[0] / "figures").iterdir()} >= {
        "materials-x4.png",
        "examples-1-noise.png",
        "curves-1.png",
    }
    text = re.sub("<[^>]*>", " ", page)
    assert not re.findall(r"\{[a-z_]+\}", text.partition("Upscaled")[2])
    assert "clean → 30" in text


def test_without_a_name_the_usual_methods_are_run_after_the_study(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done: list[Any] = []

    def study(out: Path, quick: bool, bar: object) -> dict[str, str]:
        done.append(quick)
        return {"study of training": "no torch"}

    def run(study: object, methods: object, *_: object, **__: object) -> dict[str, str]:
        done.append(methods)
        return {}

    monkeypatch.setattr(benchmark, "_study_training", study)
    monkeypatch.setattr(benchmark, "run_benchmark", run)
    given: dict[str, Any] = {"version": "1", "data": None, "quick": True, "bar": no_bar}
    assert benchmark.benchmark([], tmp_path, **given) == {"study of training": "no torch"}
    assert benchmark.benchmark(["bicubic"], tmp_path, **given) == {}
    assert done == [True, benchmark.USUAL, ["bicubic"]]

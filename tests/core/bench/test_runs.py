"""Runs: every image once, in a process of the method's own, whatever stops it."""

import csv
from pathlib import Path

import pytest
from toy_wing import FAR_OFF, STUDY, Readings, list_cases, offset_of

from colonnade.core.bench.case import Case
from colonnade.core.bench.runs import failures, output_folder, run_method
from colonnade.core.bench.scores import SCORES, Scores

CASES = [case for case in list_cases() if case.axis == "offset"][:4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    made.mkdir()
    Readings(CASES).prepare(made, ignore)
    return made


def ignore(done: int, total: int) -> None:
    assert done <= total


def table(folder: Path) -> Scores:
    return Scores(folder / SCORES, STUDY.task.columns)


def run(folder: Path, method: str, cases: list[Case] = CASES) -> str:
    return run_method(STUDY, method, cases, folder, table(folder), ignore)


def written(folder: Path) -> list[dict[str, str]]:
    """What the file holds, but for time and memory."""
    with (folder / SCORES).open(newline="") as file:
        return [
            {name: cell for name, cell in cells.items() if name not in ("seconds", "peak_mb")}
            for cells in csv.DictReader(file)
        ]


def test_a_method_runs_on_every_image_with_its_outputs_scores_and_cost(folder: Path) -> None:
    assert run(folder, "corrected:0.5") == "ran"
    scores = table(folder)
    assert [row.case.name for row in scores.rows] == [case.name for case in CASES]
    assert [row.scores["error"] for row in scores.rows] == [offset_of(c) / 2 for c in CASES]
    assert all(row.scores["pixels"] == 1e6 for row in scores.rows)
    assert all(row.scores["seconds"] > 0 for row in scores.rows)
    assert all(10 < row.scores["peak_mb"] < 10_000 for row in scores.rows)
    outputs = output_folder(folder, "corrected:0.5")
    assert {path.name for path in outputs.iterdir()} == {f"{case.name}.txt" for case in CASES}


def test_a_run_killed_within_a_row_goes_on_where_it_was_with_nothing_done_twice(
    folder: Path,
) -> None:
    run(folder, "same")
    before = written(folder)
    content = (folder / SCORES).read_bytes()
    last = content[:-1].rindex(b"\n") + 1
    # Killed within the number of its last column, which is a number still.
    (folder / SCORES).write_bytes(content[:-3])
    for path in output_folder(folder, "same").iterdir():
        path.unlink()
    done: list[int] = []
    status = run_method(STUDY, "same", CASES, folder, table(folder), lambda n, _: done.append(n))
    assert status == "ran"
    assert done == [3, 4]
    assert written(folder) == before
    assert (folder / SCORES).read_bytes()[:last] == content[:last]
    assert [path.stem for path in output_folder(folder, "same").iterdir()] == [CASES[-1].name]


def test_a_run_that_is_whole_starts_no_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, "same")
    monkeypatch.setattr("colonnade.core.bench.runs.ProcessPoolExecutor", None)
    assert run(folder, "same") == "ran"


def test_a_method_that_fails_on_an_image_is_scored_as_failed_and_says_why(folder: Path) -> None:
    assert run(folder, "same:fails") == "ran"
    assert [row.scores["error"] for row in table(folder).rows] == [FAR_OFF] * 4
    reason = "ZeroDivisionError: of its own making"
    assert failures(folder, "same:fails") == dict.fromkeys((case.name for case in CASES), reason)


def test_an_error_of_a_run_before_is_forgotten_where_the_method_works_now(folder: Path) -> None:
    outputs = output_folder(folder, "same")
    outputs.mkdir(parents=True)
    (outputs / f"{CASES[0].name}.error.txt").write_text("OSError: disk full\n")
    assert list(failures(folder, "same")) == [CASES[0].name]
    run(folder, "same", CASES[:1])
    assert failures(folder, "same") == {}


def test_a_method_that_cannot_be_run_is_missing_with_its_reason(folder: Path) -> None:
    assert run(folder, "same:absent") == "missing: there is no such instrument"
    assert table(folder).rows == []


def test_a_method_that_takes_its_process_with_it_is_missing(folder: Path) -> None:
    assert run(folder, "same:dies") == "missing: its process died, perhaps for want of memory"


def test_names_with_arguments_have_folders_of_their_own(tmp_path: Path) -> None:
    assert output_folder(tmp_path, "columns:a/b").parent == output_folder(tmp_path, "same").parent


def test_an_image_that_a_method_is_not_made_for_is_left_out_and_is_no_failure(
    folder: Path,
) -> None:
    assert run(folder, "same:below:2") == "ran"
    low = [case for case in CASES if offset_of(case) < 2]
    assert 0 < len(low) < len(CASES)
    assert [row.case.name for row in table(folder).rows] == [case.name for case in low]
    assert failures(folder, "same:below:2") == {}
    # It is asked again, and says the same.
    assert run(folder, "same:below:2") == "ran"
    assert len(table(folder).rows) == len(low)


def test_a_method_that_is_made_for_no_image_is_missing(folder: Path) -> None:
    assert run(folder, "same:below:0") == "missing: it is made for none of the images"

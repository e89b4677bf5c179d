"""What images show is told apart, step by step along an axis."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from toy_wing import OFFSET, STUDY, VARIED

from colonnade.core.bench import kinds as drawn_kinds
from colonnade.core.bench.case import Case
from colonnade.core.bench.kinds import ALL, Kinds
from colonnade.core.bench.results import Cutoff, MethodResults, Results
from colonnade.core.bench.runs import RAN
from colonnade.core.bench.scores import Row

KINDS = Kinds(OFFSET, "error", "error [V]", lambda row: ("even", "odd")[row.case.number % 2])

CUTOFF = Cutoff(8.0, 8.0, 8.0, "", True)


def method(name: str) -> MethodResults:
    cutoffs = {(VARIED.name, OFFSET.name): CUTOFF}
    return MethodResults(name, RAN, cutoffs, {}, {}, {}, {})


def results(*methods: str) -> Results:
    """Errors are the step for images with an even number, and ten times as much for others."""
    rows = [
        Row(
            name,
            Case(VARIED.name, OFFSET.name, step, number),
            {"error": step * 10 ** (number % 2)},
        )
        for name in methods
        for step in OFFSET.steps
        for number in range(4)
    ]
    known = tuple(method(name) for name in methods)
    return Results(STUDY, Path(), "1", 16, 0, known, tuple(rows))


def test_rows_are_sorted_by_kind_and_method_and_all_come_last() -> None:
    found = KINDS.sort(results("one", "other"), VARIED)
    assert list(found) == ["even", "odd"]
    steps = list(KINDS.steps(found))
    assert [name for name, _, _ in steps] == [
        kind for kind in ("even", "odd", ALL) for _ in OFFSET.steps
    ]
    for name, value, by_method in steps:
        for rows in by_method.values():
            assert len(rows) == (4 if name == ALL else 2)
            assert {row.case.value for row in rows} == {value}
            if name == "odd":
                assert KINDS.values(rows).tolist() == [10 * value] * 2


def test_a_panel_for_each_kind_has_a_line_for_each_method(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[Figure] = []
    monkeypatch.setattr(
        drawn_kinds, "save_few_colours", lambda figure, path, dpi: seen.append(figure)
    )
    KINDS.draw(results("one", "other"), VARIED, tmp_path / "kinds.png")
    even, odd, *empty = seen[0].axes
    assert (even.get_title(), odd.get_title()) == ("even", "odd")
    assert not any(axes.axison for axes in empty)
    assert len(odd.lines) == 2
    np.testing.assert_allclose(odd.lines[0].get_ydata(), np.multiply(10, OFFSET.steps))
    assert [tick.get_text() for tick in even.get_xticklabels()] == ["1", "2", "4", "8"]

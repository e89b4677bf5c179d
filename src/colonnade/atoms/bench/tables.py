"""Tables and sentences of the benchmark's report, as HTML."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import numpy as np

from colonnade.atoms.bench.case import Axis
from colonnade.atoms.bench.figures import look, material, networks_on, number
from colonnade.atoms.bench.published import published_on
from colonnade.atoms.bench.results import (
    LIMITS,
    UNKNOWN,
    Cutoff,
    Entrant,
    Interval,
    Results,
    Row,
    fails,
)

NOTHING = "\u2013"
"""What is written where nothing is known."""

FAILURES = {"recall": "recall", "precision": "precision", "rms_pm": "RMS error"}

TOTALS = {
    "bound_ratio": "error over<br>the bound",
    "within_1": "within 1 &sigma;<small>68 % if right</small>",
    "within_2": "within 2 &sigma;<small>95 % if right</small>",
    "bias_y_pm": "bias y<small>pm</small>",
    "bias_x_pm": "bias x<small>pm</small>",
    "p95_pm": "95th percentile<small>pm</small>",
    "seconds_per_megapixel": "time<small>s per megapixel</small>",
    "peak_mb": "memory<small>MB at most</small>",
}
"""Headings of single numbers, by the name they have in the summary."""


def table(head: Sequence[str], rows: Iterable[str]) -> str:
    """Make a table that scrolls where the page is narrow."""
    cells = "".join(f"<th>{cell}</th>" for cell in head)
    return (
        f'<div class="wide"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(cells: Iterable[str], kind: str = "") -> str:
    """Make a row; a cell that has its own tag keeps it."""
    inner = "".join(cell if cell.startswith("<td") else f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="{kind}">{inner}</tr>' if kind else f"<tr>{inner}</tr>"


def name_of(entrant: Entrant, index: int) -> str:
    """Name a method, with the colour it has in the figures."""
    return f'<i class="swatch" style="background:{look(index).colour}"></i>{escape(entrant.name)}'


def farthest(results: Results, series: str, axis: Axis) -> list[Entrant]:
    """Methods with the farthest cut-off on an axis: one, or all that are equal."""
    known = {one: one.cutoffs[series, axis.name] for one in results.ran if _has(one, series, axis)}
    best: list[Entrant] = []
    for entrant, cutoff in known.items():
        ahead = 1 if not best else _compare(axis, cutoff, known[best[0]])
        if ahead >= 0:
            best = [entrant] if ahead > 0 else [*best, entrant]
    return best


def _has(entrant: Entrant, series: str, axis: Axis) -> bool:
    return (series, axis.name) in entrant.cutoffs


def _compare(axis: Axis, one: Cutoff, other: Cutoff) -> int:
    if one.beyond != other.beyond:
        return 1 if one.beyond else -1
    return int(axis.reaches(one.value, other.value)) - int(axis.reaches(other.value, one.value))


def summary(results: Results) -> str:
    """Say in words which method goes farthest on which axis."""
    sentences = [_sentence(results, series) for series in results.materials]
    known = [(one, one.generality) for one in results.ran if one.generality]
    if known:
        best, scores = max(known, key=lambda pair: np.nan_to_num(pair[1]["recall"][0], nan=-1.0))
        sentences.append(
            f"On images of other structures <b>{escape(best.name)}</b> has the highest "
            f"recall, {number(scores['recall'][0])}, with a precision of "
            f"{number(scores['precision'][0])}."
        )
    return " ".join(sentences)


def _sentence(results: Results, series: str) -> str:
    """Group the axes of a material by who goes farthest."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for axis in results.axes_of(series):
        names = tuple(one.name for one in farthest(results, series, axis))
        groups.setdefault(names, []).append(axis.name)
    parts = []
    for names, axes in groups.items():
        who = f"<b>{_and([escape(name) for name in names])}</b>"
        where = _and(axes) if len(groups) > 1 else "every axis"
        parts.append(f"{who} {'goes' if len(names) == 1 else 'go'} farthest on {where}")
    return f"On {material(series)} {'; '.join(parts)}. {_against_published(results, series)}"


def _against_published(results: Results, series: str) -> str:
    """Compare the first method with the published cut-offs."""
    first = results.ran[0]
    short: list[str] = []
    compared = 0
    for axis in results.axes_of(series):
        for network, one in published_on(series, axis.name).items():
            if one.cutoff is None or not _has(first, series, axis):
                continue
            compared += 1
            mine = first.cutoffs[series, axis.name]
            if not mine.beyond and not axis.reaches(mine.value, one.cutoff.value):
                short.append(f"{network} on {axis.name}")
    if not compared:
        return ""
    but = f"; not beyond: {_and(short)}" if short else ""
    return (
        f"The cut-offs of <b>{escape(first.name)}</b> are beyond {compared - len(short)} of the "
        f"{compared} published for the original images{but}."
    )


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def cutoff_table(results: Results, series: str) -> str:
    """Make the table of cut-offs of a material, with the published ones below."""
    axes = results.axes_of(series)
    head = ["", *(_axis_head(axis) for axis in axes)]
    best = {axis.name: farthest(results, series, axis) for axis in axes}
    rows = [
        row(
            [
                name_of(entrant, index),
                *(
                    _cutoff(entrant.cutoffs.get((series, axis.name)), entrant in best[axis.name])
                    for axis in axes
                ),
            ]
        )
        for index, entrant in enumerate(results.ran)
    ]
    rows += [
        row(
            [
                f"{network}<small>published, original images</small>",
                *(_published(series, axis, network) for axis in axes),
            ],
            "published",
        )
        for network in networks_on(series, axes)
    ]
    return table(head, rows)


def _axis_head(axis: Axis) -> str:
    ends = f"{number(axis.steps[0])} → {number(axis.steps[-1])}"
    return f"{escape(axis.name)}<small>{ends}</small><small>{escape(axis.unit)}</small>"


def _cutoff(cutoff: Cutoff | None, best: bool) -> str:
    if cutoff is None:
        return f"<td>{NOTHING}</td>"
    kind = ' class="best"' if best else ""
    if cutoff.beyond:
        return f"<td><span{kind}>{number(cutoff.value)}</span><small>nothing fails</small></td>"
    between = ""
    if np.isfinite([cutoff.low, cutoff.high]).all():
        low, high = sorted((cutoff.low, cutoff.high))
        between = f"<small>{number(low)} to {number(high)}</small>"
    criterion = FAILURES.get(cutoff.criterion, "")
    return f"<td><span{kind}>{number(cutoff.value)}</span>{between}<small>{criterion}</small></td>"


def _published(series: str, axis: Axis, network: str) -> str:
    one = published_on(series, axis.name).get(network)
    if one is None or one.cutoff is None:
        return NOTHING
    note = "<small>nothing fails</small>" if one.cutoff.beyond else ""
    return f"{one.cutoff.value:.5g}{note}"


def totals_table(results: Results) -> str:
    """Make the table of what is one number for each method."""
    head = ["", "recall", "precision", "RMS error<small>pm</small>", *TOTALS.values()]
    rows = [
        row(
            [
                name_of(entrant, index),
                *(interval(entrant.generality.get(name, UNKNOWN), name) for name in LIMITS),
                *(_total(name, entrant.totals[name]) for name in TOTALS),
            ]
        )
        for index, entrant in enumerate(results.ran)
    ]
    return table(head, rows)


def interval(scores: Interval, name: str) -> str:
    """Write a mean above its interval, in another colour where it fails."""
    mean, low, high = scores
    if np.isnan(mean):
        return f"<td>{NOTHING}</td>"
    kind = ' class="fail"' if fails(name, mean) else ""
    between = "" if np.isnan(low) else f"<small>{number(low)} to {number(high)}</small>"
    return f"<td><span{kind}>{number(mean)}</span>{between}</td>"


def _total(name: str, value: float) -> str:
    if np.isnan(value):
        return NOTHING
    return f"{100 * value:.1f} %" if name.startswith("within") else number(value)


def kinds_table(results: Results, series: str) -> str:
    """Make the table of scores by what images show: recall and precision [%], RMS error [pm]."""
    by_method = {one.name: _by_kind(results.rows_of(one.name, series)) for one in results.ran}
    kinds = dict.fromkeys(kind for rows in by_method.values() for kind in rows)
    head = ["", *(name_of(one, index) for index, one in enumerate(results.ran))]
    rows = [
        row([escape(kind), *(_kind(by_method[one.name].get(kind, [])) for one in results.ran)])
        for kind in kinds
    ]
    together = (_kind(results.rows_of(one.name, series)) for one in results.ran)
    return table(head, [row(["<b>all</b>", *together]), *rows])


def _by_kind(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    kinds: dict[str, list[Row]] = {}
    for one in rows:
        kinds.setdefault(one.place.axis, []).append(one)
    return kinds


def _kind(rows: Sequence[Row]) -> str:
    """Write the scores over all columns of some images."""
    written = []
    for name, score in _together(rows).items():
        text = NOTHING if np.isnan(score) else number(score if name == "rms_pm" else 100 * score)
        written.append(f'<span class="fail">{text}</span>' if fails(name, score) else text)
    return "<td>" + " · ".join(written) + "</td>"


def _together(rows: Sequence[Row]) -> dict[str, float]:
    """Scores over all columns of some images; NaN where there are none."""
    names = ("found", "missed", "false", "rms_pm")
    table = np.array([[one.scores[name] for name in names] for one in rows]).reshape(-1, 4)
    found, missed, false = table[:, :3].sum(axis=0)
    some = table[table[:, 0] > 0]
    squares = float((some[:, 0] * some[:, 3] ** 2).sum())
    return {
        "recall": found / (found + missed) if found + missed else np.nan,
        "precision": found / (found + false) if found + false else np.nan,
        "rms_pm": float(np.sqrt(squares / found)) if found else np.nan,
    }

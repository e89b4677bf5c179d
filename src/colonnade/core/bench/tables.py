"""Tables of a benchmark's report, as HTML."""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from colonnade.core.bench.case import Axis, Series
from colonnade.core.bench.findings import farthest
from colonnade.core.bench.results import UNKNOWN, Cutoff, Interval, MethodResults, Results
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Limit, Study, Total
from colonnade.core.bench.style import look, number, published_on, step_text

NOTHING = "\u2013"
"""What is written where nothing is known."""

COST_TOTALS = (
    Total("seconds_per_megapixel", "time<small>s per megapixel</small>"),
    Total("peak_mb", "memory<small>MB at most</small>"),
)


def table(head: Sequence[str], rows: Iterable[str]) -> str:
    """Make a table that scrolls where the page is narrow."""
    cells = "".join(f"<th>{cell}</th>" for cell in head)
    return (
        f'<div class="wide"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def table_row(cells: Iterable[str], kind: str = "") -> str:
    """Make a row of a table, of a kind that has a look of its own if it is given."""
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="{kind}">{inner}</tr>' if kind else f"<tr>{inner}</tr>"


def _name_cell(method: MethodResults, index: int) -> str:
    """Name a method, with the colour it has in the figures."""
    return f'<i class="swatch" style="background:{look(index).colour}"></i>{escape(method.name)}'


def cutoff_table(results: Results, series: Series) -> str:
    """Make the table of cut-offs of a series, with the published ones below."""
    axes = results.axes_of(series)
    best = {axis.name: farthest(results, series, axis) for axis in axes}
    rows = []
    for index, method in enumerate(results.ran):
        cells = [_name_cell(method, index)]
        for axis in axes:
            cutoff = method.cutoffs.get((series.name, axis.name))
            cells.append(_cutoff_cell(results.study, cutoff, method in best[axis.name]))
        rows.append(table_row(cells))
    for name in published_on(results, series.name):
        cells = [_published_cell(results.study, series, axis, name) for axis in axes]
        heading = f"{escape(name)}<small>published, original images</small>"
        rows.append(table_row([heading, *cells], "published"))
    return table(["", *(_axis_heading(axis) for axis in axes)], rows)


def _axis_heading(axis: Axis) -> str:
    ends = f"{step_text(axis, axis.steps[0])} → {step_text(axis, axis.steps[-1])}"
    return f"{escape(axis.name)}<small>{ends}</small><small>{escape(axis.unit)}</small>"


def _cutoff_cell(study: Study, cutoff: Cutoff | None, best: bool) -> str:
    """Write a cut-off, its interval and what fails there."""
    if cutoff is None:
        return NOTHING
    kind = ' class="best"' if best else ""
    value = f"<span{kind}>{number(cutoff.value)}</span>"
    if cutoff.beyond:
        return f"{value}<small>nothing fails</small>"
    between = _between(*sorted((cutoff.low, cutoff.high)))
    titles = {limit.score: limit.title for limit in study.limits}
    return f"{value}{between}<small>{titles[cutoff.criterion]}</small>"


def _published_cell(study: Study, series: Series, axis: Axis, method: str) -> str:
    one = study.published_on(series.name, axis.name).get(method)
    if one is None or one.cutoff is None:
        return NOTHING
    note = "<small>nothing fails</small>" if one.cutoff.beyond else ""
    return f"{one.cutoff.value:.5g}{note}"


def totals_table(results: Results) -> str:
    """Make the table of single numbers: where nothing varies, and over all images."""
    limits = [(series, limit) for series in results.unvaried for limit in results.study.limits]
    totals = (*results.study.totals, *COST_TOTALS)
    head = ["", *(_limit_heading(*one) for one in limits), *(total.heading for total in totals)]
    rows = []
    for index, method in enumerate(results.ran):
        cells = [
            _interval_cell(method.unvaried[series.name].get(limit.score, UNKNOWN), limit)
            for series, limit in limits
        ]
        cells += [_total_cell(total, method.totals[total.score]) for total in totals]
        rows.append(table_row([_name_cell(method, index), *cells]))
    return table(head, rows)


def _limit_heading(series: Series, limit: Limit) -> str:
    unit = f"<small>{escape(limit.unit)}</small>" if limit.unit else ""
    return f"{escape(limit.title)}{unit}<small>{escape(series.title)}</small>"


def _interval_cell(scores: Interval, limit: Limit) -> str:
    """Write a score above its interval, in another colour where it fails."""
    mean, low, high = scores
    if np.isnan(mean):
        return NOTHING
    return f"{_marked(number(mean), limit, mean)}{_between(low, high)}"


def _between(low: float, high: float) -> str:
    """Write an interval; nothing where none is known or a single image gives none."""
    return f"<small>{number(low)} to {number(high)}</small>" if low < high else ""


def _marked(text: str, limit: Limit, score: float) -> str:
    return f'<span class="fail">{text}</span>' if limit.fails(score) else text


def _total_cell(total: Total, value: float) -> str:
    if np.isnan(value):
        return NOTHING
    return f"{100 * value:.1f} %" if total.percent else number(value)


def kinds_table(results: Results, series: Series) -> str:
    """Make the table of the scores that have a limit by what images show, and over all of them."""
    by_method = [results.rows_of(method.name, series.name) for method in results.ran]
    kinds = dict.fromkeys(row.case.axis for rows in by_method for row in rows)
    head = ["", *(_name_cell(one, index) for index, one in enumerate(results.ran))]
    rows = [table_row(["<b>all</b>", *(_scores_cell(results.study, rows) for rows in by_method)])]
    for kind in kinds:
        chosen = [[row for row in rows if row.case.axis == kind] for rows in by_method]
        rows.append(
            table_row([escape(kind), *(_scores_cell(results.study, some) for some in chosen)])
        )
    return table(head, rows)


def _scores_cell(study: Study, rows: Sequence[Row]) -> str:
    """Write the scores of some images together."""
    if not rows:
        return NOTHING
    scores = study.pooled(rows)
    known = [(limit, scores[limit.score]) for limit in study.limits]
    return " · ".join(
        NOTHING if np.isnan(score) else _marked(number(score), limit, score)
        for limit, score in known
    )

"""What a run found, in sentences."""

from collections.abc import Sequence
from html import escape

import numpy as np

from colonnade.core.bench.case import Axis, Series
from colonnade.core.bench.results import Cutoff, MethodResults, Results
from colonnade.core.bench.study import Limit
from colonnade.core.bench.style import number


def farthest(results: Results, series: Series, axis: Axis) -> list[MethodResults]:
    """Methods with the farthest cut-off on an axis: one, or all that are equal."""
    key = series.name, axis.name
    known = [(method, method.cutoffs[key]) for method in results.ran if key in method.cutoffs]
    best: list[tuple[MethodResults, Cutoff]] = []
    for method, cutoff in known:
        ahead = 1 if not best else _compare(axis, cutoff, best[0][1])
        if ahead >= 0:
            best = [(method, cutoff)] if ahead > 0 else [*best, (method, cutoff)]
    return [method for method, _ in best]


def _compare(axis: Axis, one: Cutoff, other: Cutoff) -> int:
    """Give 1 if the first cut-off is farther, -1 if the second is, 0 if they are equal."""
    if one.beyond != other.beyond:
        return 1 if one.beyond else -1
    return int(axis.is_worse(one.value, other.value)) - int(axis.is_worse(other.value, one.value))


def findings(results: Results) -> str:
    """Say which method goes farthest on which axis, and which is best where nothing varies."""
    sentences = [
        f"{_who_goes_farthest(results, series)} {_against_published(results, series)}".rstrip()
        for series in results.varied
    ]
    sentences += [_who_is_best(results, series) for series in results.unvaried]
    return " ".join(sentences)


def _who_goes_farthest(results: Results, series: Series) -> str:
    """Group the axes of a series by who goes farthest."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for axis in results.axes_of(series):
        names = tuple(one.name for one in farthest(results, series, axis))
        groups.setdefault(names, []).append(axis.name)
    parts = []
    for names, axes in groups.items():
        who = f"<b>{_listed([escape(name) for name in names])}</b>"
        where = _listed(axes) if len(groups) > 1 else "every axis"
        parts.append(f"{who} {'goes' if len(names) == 1 else 'go'} farthest on {where}")
    return f"On {escape(series.title)} {'; '.join(parts)}."


def _against_published(results: Results, series: Series) -> str:
    """Compare the first method with the published cut-offs."""
    first = results.ran[0]
    short: list[str] = []
    compared = 0
    for axis in results.axes_of(series):
        mine = first.cutoffs.get((series.name, axis.name))
        for method, one in results.study.published_on(series.name, axis.name).items():
            if one.cutoff is None or mine is None:
                continue
            compared += 1
            if not mine.beyond and not axis.is_worse(mine.value, one.cutoff.value):
                short.append(f"{method} on {axis.name}")
    if not compared:
        return ""
    but = f"; not beyond: {_listed(short)}" if short else ""
    return (
        f"The cut-offs of <b>{escape(first.name)}</b> are beyond {compared - len(short)} of the "
        f"{compared} published for the original images{but}."
    )


def _who_is_best(results: Results, series: Series) -> str:
    """Name the method that is best by the first score that has a limit, and its other scores."""
    first, *others = results.study.limits

    def rank(method: MethodResults) -> float:
        score = method.unvaried[series.name][first.score][0]
        return np.inf if np.isnan(score) else score if first.upper else -score

    best = min((one for one in results.ran if one.unvaried[series.name]), key=rank)
    scores = {name: one[0] for name, one in best.unvaried[series.name].items()}
    rest = _listed([_with_unit(limit, scores[limit.score]) for limit in others])
    extreme = "lowest" if first.upper else "highest"
    return (
        f"{escape(series.title)}: <b>{escape(best.name)}</b> has the {extreme} "
        f"{first.title}, {number(scores[first.score])}{f', with {rest}' if rest else ''}."
    )


def _with_unit(limit: Limit, score: float) -> str:
    return f"{limit.title} {number(score)} {limit.unit}".rstrip()


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))

"""How methods do on each family of specimens by itself, series by series."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

import numpy as np

from colonnade.core.bench.case import Series
from colonnade.core.bench.curves import median_interval
from colonnade.core.bench.kinds import ByMethod, Kinds
from colonnade.core.bench.report import FIGURES, picture
from colonnade.core.bench.results import Results
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Section
from colonnade.core.bench.style import number, step_text
from colonnade.core.bench.tables import NOTHING, table, table_row
from colonnade.tomo.bench.test_series import NOISE, ROWS, UNSEEN, family_of

PSNR = "psnr"

MEANING = (
    "PSNR of the first method, and by how much it is above each other: medians over the specimens "
    "in dB, with the worst of them below. A colour marks where the first method loses, be it on a "
    "single specimen. Networks of the package are trained on none of the families that are called "
    "unseen."
)

INTERVALS = (
    "How often the truth is inside the interval that the method states, which is to be 90 %, and "
    "how well its width tells wrong voxels from right ones: medians over the specimens, and the "
    "worst of them."
)

TIME = "Seconds for each slice, the search for parameters included: medians over the series."


def family_title(row: Row) -> str:
    """What the series of a row shows, in words."""
    family = family_of(row.case)
    unseen = ", unseen" if family in UNSEEN else ""
    return f"{family.replace('_', ' ')}{unseen}"


KINDS = Kinds(NOISE, PSNR, "PSNR [dB]", family_title)
"""How the series are told apart."""


def family_sections(results: Results) -> Iterator[Section]:
    """Make the parts of the report that show each family by itself."""
    content = [_series(results, series) for series in results.varied]
    yield Section("families", "Family by family", "".join(content))
    yield Section("intervals", "What the intervals hold", _intervals(results))
    yield Section("time", "Seconds per slice", _time(results))


def _series(results: Results, series: Series) -> str:
    path = results.folder / FIGURES / f"families-{series.name.replace(' ', '-')}.png"
    KINDS.draw(results, series, path)
    shown = picture(path, f"PSNR by family, {series.title}", "plot wide")
    first, *others = [one.name for one in results.ran]
    head = ["", NOISE.unit, escape(first), *(f"above<br>{escape(one)}" for one in others)]
    rows = _rows(results, series)
    return f"<h3>{escape(series.title)}</h3><p>{MEANING}</p>{shown}{table(head, rows)}"


def _rows(results: Results, series: Series) -> Iterator[str]:
    """Make the rows of a table; only the first of a family names it."""
    first, *others = [one.name for one in results.ran]
    above = ""
    for name, value, rows in KINDS.steps(KINDS.sort(results, series)):
        own = rows.get(first, [])
        if own:
            apart = [_difference(differences(own, rows.get(other, []))) for other in others]
            label = "" if name == above else escape(name)
            yield table_row([label, step_text(NOISE, value), _level(own), *apart])
            above = name


def differences(first: Sequence[Row], second: Sequence[Row]) -> list[float]:
    """How much higher the PSNR of one method is than that of another, series by series [dB]."""
    others = {row.case.name: row.scores[PSNR] for row in second}
    return [row.scores[PSNR] - others[row.case.name] for row in first if row.case.name in others]


def _level(rows: Sequence[Row]) -> str:
    values = KINDS.values(rows)
    return f"{_decibels(np.median(values))}<small>worst {_decibels(values.min())}</small>"


def _difference(values: Sequence[float]) -> str:
    """Write the median above the worst, each in another colour where it is negative."""
    if not values:
        return NOTHING
    median, worst = float(np.median(values)), min(values)
    return f"{_marked(median)}<small>worst {_marked(worst)}</small>"


def _marked(value: float) -> str:
    text = f"{value:+.1f}".replace("-", "\u2212")
    return f'<span class="fail">{text}</span>' if value < 0 else text


def _decibels(value: float) -> str:
    return f"{value:.1f}"


def _intervals(results: Results) -> str:
    """Make a table of how often the truth is inside the interval that a method states."""
    able = [one.name for one in results.ran if np.isfinite(one.totals["coverage"])]
    if not able:
        return ""
    rows = [
        table_row([escape(f"{name}, {series.title}"), *_trusted(able, by_method)])
        for series in results.varied
        for name, by_method in KINDS.sort(results, series).items()
    ]
    head = ["", *(f"{escape(name)}<small>{what}</small>" for name in able for what in WHAT)]
    return f"<p>{INTERVALS}</p>{table(head, rows)}"


WHAT = ("inside", "AUROC")
"""Two columns for each method."""


def _trusted(methods: Iterable[str], by_method: ByMethod) -> Iterator[str]:
    for method in methods:
        for score in ("coverage", "auroc"):
            values = np.array([row.scores[score] for row in by_method.get(method, [])])
            known = values[~np.isnan(values)]
            yield (
                f"{np.median(known):.2f}<small>least {known.min():.2f}</small>"
                if known.size
                else NOTHING
            )


def _time(results: Results) -> str:
    """Make a table of the seconds that methods took."""
    rows = []
    for series in results.varied:
        cells = [escape(series.title)]
        for method in results.ran:
            some = results.rows_of(method.name, series.name)
            seconds = np.array([row.scores["seconds"] / ROWS for row in some])
            cells.append(number(median_interval(seconds)[0]) if some else NOTHING)
        rows.append(table_row(cells))
    if not rows:
        return ""
    return f"<p>{TIME}</p>{table(['', *(escape(one.name) for one in results.ran)], rows)}"

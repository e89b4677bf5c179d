"""How methods do on each material by itself, image by image."""

from collections.abc import Iterable, Iterator
from html import escape

import numpy as np

from colonnade.core.bench.case import Series
from colonnade.core.bench.curves import paired_median
from colonnade.core.bench.kinds import Kinds
from colonnade.core.bench.report import FIGURES, picture
from colonnade.core.bench.results import Interval, Results
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Section
from colonnade.core.bench.style import number, step_text
from colonnade.core.bench.tables import NOTHING, table, table_row
from colonnade.sem.bench.measure import median_of_known
from colonnade.sem.bench.own_images import MATERIAL, OWN
from colonnade.sem.bench.test_images import NOISE, material_of

GAIN = "gain_db"

MEANING = (
    "Gain over bicubic enlargement, and by how much the first method gains more than each other: "
    "medians over images in dB, with 95 % intervals of the difference image by image. What is "
    "below zero, interval and all, has a colour."
)

INTERVALS = (
    "How often the truth is inside the interval that the method states, which is to be 90 %: the "
    "median over images, and the image where it is least often."
)


def material_sections(results: Results) -> Iterator[Section]:
    """Make the parts of the report that show each material by itself."""
    content = [_series(results, series) for series in results.varied]
    yield Section("materials", "Material by material", "".join(content))
    yield Section("intervals", "What the intervals hold", _intervals(results))


def _series(results: Results, series: Series) -> str:
    materials = KINDS.sort(results, series)
    if not materials:
        return ""
    path = results.folder / FIGURES / f"materials-{series.name.replace(' ', '-')}.png"
    KINDS.draw(results, series, path)
    shown = picture(path, f"Gain by material on {series.name}", "plot wide")
    rows = [_row(results, *one) for one in KINDS.steps(materials)]
    first, *others = [one.name for one in results.ran]
    head = ["", NOISE.unit, escape(first), *(f"more than<br>{escape(one)}" for one in others)]
    return f"<h3>{escape(series.title)}</h3><p>{MEANING}</p>{shown}{table(head, rows)}"


def material_title(row: Row) -> str:
    """What the image of a row shows, in words."""
    if row.case.series.startswith(OWN):
        return MATERIAL
    return material_of(row.case).replace("_", " ")


KINDS = Kinds(NOISE, GAIN, "gain over bicubic [dB]", material_title, baseline=0.0)
"""How the images are told apart."""


def _row(results: Results, name: str, value: float, rows: dict[str, list[Row]]) -> str:
    first, *others = [one.name for one in results.ran]
    label = name if value == NOISE.steps[0] else ""
    own = [row.scores[GAIN] for row in rows.get(first, [])]
    cells = [
        escape(label),
        step_text(NOISE, value),
        _number(float(median_of_known(np.array(own)))),
    ]
    cells += [
        _difference(paired_median(rows.get(first, []), rows.get(other, []), GAIN))
        for other in others
    ]
    return table_row(cells)


def _number(value: float) -> str:
    return NOTHING if np.isnan(value) else number(round(value, 2))


def _difference(interval: Interval) -> str:
    """Write a difference above its interval, in another colour where it is surely negative."""
    median, low, high = interval
    if np.isnan(median):
        return NOTHING
    text = f'<span class="fail">{_number(median)}</span>' if high < 0 else _number(median)
    return f"{text}<small>{_number(low)} to {_number(high)}</small>"


def _intervals(results: Results) -> str:
    """Make a table of how often the truth is inside the interval that a method states."""
    found = {
        (series.title, name): rows
        for series in results.varied
        for name, rows in KINDS.sort(results, series).items()
    }
    able = [one.name for one in results.ran if np.isfinite(one.totals["coverage"])]
    if not able:
        return ""
    rows = [
        table_row([escape(f"{name}, {title}"), *_covered(able, by_method)])
        for (title, name), by_method in found.items()
    ]
    return f"<p>{INTERVALS}</p>{table(['', *map(escape, able)], rows)}"


def _covered(methods: Iterable[str], by_method: dict[str, list[Row]]) -> Iterator[str]:
    for method in methods:
        values = np.array([row.scores["coverage"] for row in by_method.get(method, [])])
        known = values[~np.isnan(values)]
        if known.size:
            yield f"{_share(np.median(known))}<small>least {_share(known.min())}</small>"
        else:
            yield NOTHING


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"

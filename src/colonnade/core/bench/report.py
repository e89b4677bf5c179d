"""The report of a run: one HTML page that needs nothing else."""

import base64
from collections import Counter
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path

from colonnade.core.bench.case import Axis, Series
from colonnade.core.bench.curve_plots import draw_curves
from colonnade.core.bench.findings import findings
from colonnade.core.bench.radar import draw_radar
from colonnade.core.bench.results import Results, read_results
from colonnade.core.bench.runs import MISSING
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Study
from colonnade.core.bench.tables import cutoff_table, kinds_table, totals_table
from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic, make_folder

FIGURES = "figures"

CORNERS = 2
"""A radar plot has at least so many; of one quality the table says all."""


def write_report(study: Study, folder: Path) -> Path:
    """Draw the figures of a run and write its report.

    Parameters
    ----------
    study
        Which benchmark it is.
    folder
        Of a run; the figures go into ``figures`` in it.

    Returns
    -------
    report
        The file ``report.html`` in the same folder.

    Raises
    ------
    FileError
        If the folder does not hold a whole run.
    """
    results = read_results(study, folder)
    if not results.ran:
        reasons = "; ".join(f"{one.name} is {one.status}" for one in results.methods)
        raise FileError(f"there is nothing to report, as no method could be run ({reasons})")
    make_folder(folder / FIGURES)
    path = folder / "report.html"
    page = (files("colonnade.core.bench") / "report.html").read_text(encoding="utf-8")
    page = page.replace("{title}", escape(study.wording.title))
    page = page.replace("{body}", "\n".join(_body(results)))
    with atomic(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def _body(results: Results) -> Iterator[str]:
    """Give the title, the summary, and the sections that are not empty."""
    count = len(results.ran)
    methods = f"{count} method{'s' if count > 1 else ''}"
    yield f"<h1>{escape(results.study.wording.title)}</h1>"
    yield (
        f'<p class="quiet">{methods} on {results.images:,} images, Colonnade '
        f"{escape(results.version)}. {_sameness(results)}</p>"
    )
    yield f'<p class="lead">{findings(results)}</p>'
    sections = [one for one in _sections(results) if one[2]]
    links = [f'<a href="#{name}">{heading}</a>' for name, heading, _ in sections]
    yield f"<nav>{''.join(links)}</nav>"
    for name, heading, text in sections:
        yield f'<section id="{name}"><h2>{heading}</h2>{text}</section>'


def _sections(results: Results) -> Iterator[tuple[str, str, str]]:
    """Give the name, the heading and the content of each section."""
    yield "radar", "How far each method gets", _radar(results)
    yield "cutoffs", "Cut-offs", _cutoffs(results)
    yield "totals", "In numbers", _totals(results)
    for one in results.study.sections(results):
        yield one.name, one.heading, one.content
    yield "curves", "Scores on the way", _curves(results)
    for series in results.unvaried:
        yield series.name, escape(series.title), _unvaried(results, series)
    yield "examples", "Examples", _examples(results)
    yield "missing", "What is missing", _missing(results)
    yield "method", "How it was measured", _method(results)


def _sameness(results: Results) -> str:
    if not results.differing:
        return "All simulated images are the same as everyone else's, pixel by pixel."
    return (
        f'<b class="fail">{results.differing:,} of the images are not the same as everyone '
        "else's</b>, so that the numbers are not strictly comparable."
    )


def picture(path: Path, alt: str, kind: str) -> str:
    """Put a picture into the page."""
    data = base64.b64encode(path.read_bytes()).decode()
    image = f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}">'
    return f'<figure><div class="{kind}">{image}</div></figure>'


def _radar(results: Results) -> str:
    shown = []
    for number, series in enumerate(results.varied, 1):
        if len(results.axes_of(series)) < CORNERS:
            continue
        path = results.folder / FIGURES / f"radar-{number}.png"
        draw_radar(results, series, path)
        shown.append(picture(path, f"Radar plot of the cut-offs on {series.name}", "plot"))
    if not shown:
        return ""
    return (
        "<p>Each corner is a quality of the image: best in the middle, worst at the rim. A "
        "method's polygon ends where it fails first; an open marker says that nothing failed up "
        "to the last step. The larger the polygon, the poorer the images may be.</p>"
        f'<div class="pair">{"".join(shown)}</div>'
    )


def _cutoffs(results: Results) -> str:
    tables = [
        f"<h3>{escape(series.title)}</h3>{cutoff_table(results, series)}"
        for series in results.varied
    ]
    if not tables:
        return ""
    return (
        "<p>The value of each quality where a method fails first, its 95 % interval, and what "
        "fails there. The farthest has a colour.</p>" + "".join(tables)
    )


def _totals(results: Results) -> str:
    return f"<p>{results.study.wording.totals}</p>{totals_table(results)}"


def _curves(results: Results) -> str:
    shown = []
    for number, series in enumerate(results.varied, 1):
        path = results.folder / FIGURES / f"curves-{number}.png"
        draw_curves(results, series, path)
        curves = picture(path, f"Scores over each quality on {series.name}", "plot wide")
        shown.append(f"<h3>{escape(series.title)}</h3>{curves}")
    if not shown:
        return ""
    marks = "Bands are 95 % intervals, grey lines the limits, rings the cut-offs"
    if results.study.published:
        marks += ", and broken lines published values of the original images"
    return f"<p>Images get worse from left to right. {marks}.</p>{''.join(shown)}"


def _unvaried(results: Results, series: Series) -> str:
    """Give the scores by what the images show, and the images themselves."""
    limits = " · ".join(escape(limit.label) for limit in results.study.limits)
    note = f"{limits} of all images of a kind together; what fails a limit has a colour."
    return f"<p>{note}</p>{kinds_table(results, series)}{_sheets(results, series)}"


def _sheets(results: Results, series: Series) -> str:
    first = results.ran[0].name
    rows = results.rows_of(first, series.name)
    pictures, shown = results.study.pictures, []
    if not (series.shown and rows and pictures.draw_sheet):
        return ""
    for number, start in enumerate(range(0, len(rows), pictures.sheet_size), 1):
        path = results.folder / FIGURES / f"{series.name}-{number}.png"
        pictures.draw_sheet(results.folder, rows[start : start + pictures.sheet_size], path)
        shown.append(picture(path, f"{series.title}, sheet {number}", "wide"))
    return f"<h3>All of them, with the results of {escape(first)}</h3>{''.join(shown)}"


def examples(results: Results, series: Series, axis: Axis) -> list[Row]:
    """Choose images at the good end of an axis, in its middle, and at its bad end."""
    rows = results.rows_of(results.ran[0].name, series.name, axis.name)
    values = sorted({row.case.value for row in rows}, key=axis.depth)
    chosen = dict.fromkeys(values[place] for place in (0, len(values) // 2, -1) if values)
    return [next(row for row in rows if row.case.value == value) for value in chosen]


def _examples(results: Results) -> str:
    shown = []
    for number, series in enumerate(results.varied, 1):
        shown.append(f"<h3>{escape(series.title)}</h3>")
        for axis in results.axes_of(series):
            if rows := examples(results, series, axis):
                name = f"examples-{number}-{axis.name.replace(' ', '-')}.png"
                path = results.folder / FIGURES / name
                results.study.pictures.draw_examples(results.folder, rows, axis, path)
                shown.append(picture(path, f"{series.name}, {axis.name}", "wide"))
    if not shown:
        return ""
    return (
        f"<p>Results of {escape(results.ran[0].name)} where each quality is good, in the middle "
        "of its range, and at its worst; the middle of each image is shown.</p>" + "".join(shown)
    )


def _missing(results: Results) -> str:
    """Name the methods that are missing, and the images on which others stopped with an error."""
    facts = [
        (one.name, one.status.removeprefix(MISSING)) for one in results.methods if not one.ran
    ]
    for one in results.ran:
        facts += [
            (one.name, f"stopped on {count} images, without a result: {error}")
            for error, count in Counter(one.failed.values()).most_common()
        ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    return f"<dl>{listed}</dl>" if facts else ""


def _method(results: Results) -> str:
    """Say how everything was measured."""
    study = results.study
    axes = "".join(
        f"<dt>{escape(axis.title)}</dt><dd>{escape(axis.meaning)}</dd>" for axis in study.axes
    )
    filled = {limit.score: f"{limit.value:g}" for limit in study.limits}
    filled |= {"comparison": escape(study.wording.comparison), "axes": axes}
    text = study.wording.method
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    return text

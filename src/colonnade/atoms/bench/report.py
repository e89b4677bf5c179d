"""The report of a run: one HTML page that needs nothing else."""

import base64
from collections import Counter
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path

from colonnade.atoms.bench.figures import draw_curves, draw_radar, material
from colonnade.atoms.bench.pictures import SHEET, draw_examples, draw_generality
from colonnade.atoms.bench.results import LIMITS, Results, read_results
from colonnade.atoms.bench.tables import cutoff_table, kinds_table, summary, totals_table
from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic, make_folder

PARTS = {
    "radar": "How far each method gets",
    "cutoffs": "Cut-offs",
    "totals": "In numbers",
    "curves": "Scores on the way",
    "generality": "Other structures",
    "experiment": "Experiments",
    "examples": "Examples",
    "missing": "What is missing",
    "method": "How it was measured",
}
"""Headings of the sections, in their order."""

KINDS_NOTE = (
    "Recall [%] · precision [%] · RMS error [pm] over all columns of the images of a kind; what "
    "fails a limit has a colour."
)


def write_report(folder: Path) -> Path:
    """Draw the figures of a run and write its report.

    Parameters
    ----------
    folder
        With ``scores.csv``, ``summary.json``, ``plates`` and ``found``, as a run writes them. The
        figures go into ``figures``.

    Returns
    -------
    report
        The file ``report.html`` in the same folder.

    Raises
    ------
    FileError
        If the folder does not hold a whole run.
    """
    results = read_results(folder)
    if not results.ran:
        raise FileError(f"no method took part in the run in {folder}; there is nothing to report")
    figures = folder / "figures"
    make_folder(figures)
    sections = {
        "radar": _radar(results, figures),
        "cutoffs": _cutoffs(results),
        "totals": _totals(results),
        "curves": _curves(results, figures),
        "generality": _generality(results, figures),
        "experiment": _experiment(results),
        "examples": _examples(results, figures),
        "missing": _missing(results),
        "method": _method(results),
    }
    path = folder / "report.html"
    page = (files("colonnade.atoms.bench") / "report.html").read_text(encoding="utf-8")
    page = page.replace("{title}", "Benchmark of methods that locate atom columns")
    page = page.replace("{body}", "\n".join(_body(results, sections)))
    with atomic(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def _body(results: Results, sections: dict[str, str]) -> Iterator[str]:
    """Give the title, the summary, and the sections that are not empty."""
    count = len(results.ran)
    methods = f"{count} method{'s' if count > 1 else ''}"
    yield "<h1>Benchmark of methods that locate atom columns</h1>"
    yield (
        f'<p class="quiet">{methods} on {results.images:,} images, Colonnade '
        f"{escape(results.version)}. {_same(results)}</p>"
    )
    yield f'<p class="lead">{summary(results)}</p>'
    links = [f'<a href="#{name}">{PARTS[name]}</a>' for name, text in sections.items() if text]
    yield f"<nav>{''.join(links)}</nav>"
    for name, text in sections.items():
        if text:
            yield f'<section id="{name}"><h2>{PARTS[name]}</h2>{text}</section>'


def _same(results: Results) -> str:
    if not results.differing:
        return "All simulated images are the same as everyone else's, pixel by pixel."
    return (
        f'<b class="fail">{results.differing:,} of the images are not the same as everyone '
        "else's</b>, so that the numbers are not strictly comparable."
    )


def _picture(path: Path, alt: str, kind: str, caption: str = "") -> str:
    """Put a picture into the page."""
    data = base64.b64encode(path.read_bytes()).decode()
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    image = f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}">'
    return f'<figure><div class="{kind}">{image}</div>{below}</figure>'


def _radar(results: Results, figures: Path) -> str:
    shown = []
    for number, series in enumerate(results.materials, 1):
        path = figures / f"radar-{number}.png"
        draw_radar(results, series, path)
        shown.append(_picture(path, f"Radar plot of the cut-offs on {series}", "plot"))
    return (
        "<p>Each corner is a quality of the image: best in the middle, worst at the rim. A "
        "method's polygon ends where it fails first; an open marker says that nothing failed up "
        "to the last step. The larger the polygon, the poorer the images may be.</p>"
        f'<div class="pair">{"".join(shown)}</div>'
    )


def _cutoffs(results: Results) -> str:
    tables = [
        f"<h3>{material(series)}</h3>{cutoff_table(results, series)}"
        for series in results.materials
    ]
    return (
        "<p>The value of each quality where a method fails first, its 95 % interval, and what "
        "fails there. The farthest has a colour.</p>" + "".join(tables)
    )


def _totals(results: Results) -> str:
    return (
        "<p>Recall, precision and RMS error are those of all columns of other structures, "
        "with 95 % intervals. Error over the bound: the median error in units of the smallest "
        "that the electrons allow. Within 1 &sigma; and 2 &sigma;: how often the true position is "
        "inside so many of the standard errors that the method states; empty where it states "
        "none. These, the bias and the percentile are the mean over all images, each with the "
        "weight of the columns that were found in it.</p>" + totals_table(results)
    )


def _curves(results: Results, figures: Path) -> str:
    shown = []
    for number, series in enumerate(results.materials, 1):
        path = figures / f"curves-{number}.png"
        draw_curves(results, series, path)
        picture = _picture(path, f"Scores over each quality on {series}", "plot wide")
        shown.append(f"<h3>{material(series)}</h3>{picture}")
    return (
        "<p>Images get worse from left to right. Bands are 95 % intervals, grey lines the limits, "
        "rings the cut-offs, and broken lines published values of the original images.</p>"
        + "".join(shown)
    )


def _generality(results: Results, figures: Path) -> str:
    rows = results.rows_of(results.ran[0].name, "generality")
    if not rows:
        return ""
    room = SHEET[0] * SHEET[1]
    shown = []
    for number, start in enumerate(range(0, len(rows), room), 1):
        path = figures / f"generality-{number}.png"
        draw_generality(results, rows[start : start + room], path)
        shown.append(_picture(path, f"Images of other structures, sheet {number}", "wide"))
    name = escape(results.ran[0].name)
    return (
        f"<p>{KINDS_NOTE}</p>{kinds_table(results, 'generality')}"
        f"<h3>All of them, with what {name} found, missed and invented</h3>{''.join(shown)}"
    )


def _experiment(results: Results) -> str:
    if not results.rows_of(results.ran[0].name, "experiment"):
        return ""
    return f"<p>{KINDS_NOTE}</p>{kinds_table(results, 'experiment')}"


def _examples(results: Results, figures: Path) -> str:
    shown = []
    for number, series in enumerate(results.materials, 1):
        shown.append(f"<h3>{material(series)}</h3>")
        for axis in results.axes_of(series):
            if results.rows_of(results.ran[0].name, series, axis.name):
                path = figures / f"examples-{number}-{axis.name.replace(' ', '-')}.png"
                draw_examples(results, series, axis, path)
                shown.append(_picture(path, f"{series}, {axis.name}", "wide"))
    return (
        f"<p>What {escape(results.ran[0].name)} found, missed and invented where each quality is "
        "good, in the middle of its range, and at its worst: the middle of the image.</p>"
        + "".join(shown)
    )


def _missing(results: Results) -> str:
    """Name the methods that are missing, and the images on which others stopped with an error."""
    facts = [
        (one.name, one.status.removeprefix("missing: ")) for one in results.entrants if not one.ran
    ]
    for one in results.ran:
        kinds = Counter(one.failed.values())
        facts += [
            (one.name, f"stopped on {count} images, and found nothing there: {error}")
            for error, count in kinds.most_common()
        ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    return f"<dl>{listed}</dl>" if facts else ""


def _method(results: Results) -> str:
    """Say how everything was measured, and how it differs from what was published."""
    axes = "".join(
        f"<dt>{escape(axis.title)}</dt><dd>{escape(axis.meaning)}</dd>"
        for axis in results.axes.values()
    )
    text = (files("colonnade.atoms.bench") / "method.html").read_text(encoding="utf-8")
    return (
        text.replace("{gate}", escape(results.gate))
        .replace("{axes}", axes)
        .replace("{recall}", f"{LIMITS['recall']:.2f}")
        .replace("{precision}", f"{LIMITS['precision']:.2f}")
        .replace("{rms}", f"{LIMITS['rms_pm']:g}")
    )

"""The page of one reconstruction: what it shows, what was measured, and what can be believed."""

import json
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.figures.charts import STYLE, Curve, draw_chart
from colonnade.core.work.contents import write_text
from colonnade.core.work.plain import plain
from colonnade.tomo.reconstruct.align.alignment import Alignment
from colonnade.tomo.reconstruct.report_pictures import draw_errors, draw_power, draw_sections, ramp
from colonnade.tomo.reconstruct.shown import Sections, Shown
from colonnade.tomo.reconstruct.trust.halves import Halves, inside
from colonnade.tomo.reconstruct.trust.predicted import Predicted
from colonnade.tomo.reconstruct.trust.validate import Validation
from colonnade.tomo.reconstruction import AGREES, NAMES, Assessment


def write_report(
    shown: Shown,
    assessment: Assessment,
    path: Path,
    *,
    validation: Validation | None = None,
    alignment: Alignment | None = None,
) -> None:
    """Write the page.

    Parameters
    ----------
    shown
        What is drawn of the volume.
    assessment
        What is to be known of it.
    path
        The HTML file.
    validation
        How the method stood the test; None where there are too few views.
    alignment
        How the views were aligned; None if they were not.
    """
    page = (files("colonnade.tomo.reconstruct") / "report.html").read_text(encoding="utf-8")
    sections = [
        _section("Sections through the volume", _sections(shown)),
        _section("What was measured, and what was made", _fourier(shown, assessment, validation)),
        _section("Does it agree with the measured views?", _agreement(assessment, validation)),
        _section("Does it foretell views that it has not seen?", _prediction(validation)),
        _section("How the views were aligned", _alignment(assessment, alignment)),
        _section("How it was made", _facts(assessment, alignment)),
    ]
    parts = {
        "style": STYLE,
        "ramp": ramp(),
        "title": escape(assessment.name),
        "sentence": escape(assessment.sentence),
        "body": "\n".join(sections),
    }
    for name, content in parts.items():
        page = page.replace(f"{{{name}}}", content)
    write_text(path, page)


def _section(heading: str, parts: Iterator[str]) -> str:
    content = "\n".join(parts)
    return f"<section><h2>{escape(heading)}</h2>\n{content}\n</section>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _row(*figures: str, kind: str = "row") -> str:
    return f'<div class="{kind}">{"".join(figures)}</div>'


def _sections(shown: Shown) -> Iterator[str]:
    """Show three sections, and how far off they may be."""
    yield _row(*draw_sections(shown.sections), kind="row three")
    if shown.errors is not None:
        pictures, widest = draw_errors(shown.errors)
        yield (
            "<p>How far off a voxel may be: half the width of a 90 % interval, "
            f'0<span class="ramp"></span>{widest:.3g} grey levels of the volume or more. '
            f"{_inside(shown.sections, shown.errors)}</p>"
        )
        yield _row(*pictures, kind="row three")


def _inside(sections: Sections, errors: Sections) -> str:
    """Say how far off voxels of the specimen may be, as empty surroundings are easy."""
    parts = [inside(section.pixels) for section in sections]

    def mean(each: Sections) -> float:
        levels = [one.pixels[part] for one, part in zip(each, parts, strict=True)]
        return float(np.concatenate(levels).mean())

    return (
        f"Inside the specimen, where the mean is {mean(sections):.3g}, it is {mean(errors):.3g} "
        "on average; empty surroundings are easy."
    )


def _fourier(shown: Shown, assessment: Assessment, validation: Validation | None) -> Iterator[str]:
    """Show the power of the volume, and what two halves of the views agree on."""
    power = shown.spectrum(assessment.angles)
    first, last = power.wedge.lowest, power.wedge.highest
    missing = power.wedge.missing
    if missing > 0:
        yield _paragraph(
            f"The views measure the frequencies between {first:g} and {last:g} degrees. The rest, "
            f"{missing:.0%} of all directions, is the missing wedge: what the volume has there, "
            f"{power.in_missing:.1%} of its power, was made by {NAMES[assessment.method]}. It "
            "shapes the sides of the specimen that face up and down along z."
        )
    else:
        yield _paragraph("The views measure the frequencies of all directions.")
    figures = [draw_power(power)]
    if validation is not None:
        figures.append(_halves_chart(validation))
    yield _row(*figures)
    if validation is not None:
        yield _paragraph(_halves(validation.halves))


def _halves(halves: Halves) -> str:
    wedge = ": in the missing wedge they may agree on what the method made"
    return (
        "Some slices were made twice, of every other view and of the rest. Half of what they "
        f"differ by, {halves.difference:.3g} grey levels inside the specimen where the mean is "
        f"{halves.level:.4g}, is about what noise does to a voxel. It says nothing of what both "
        f"get wrong alike{wedge if halves.missing is not None else ''}."
    )


def _halves_chart(validation: Validation) -> str:
    halves = validation.halves
    parts = {"where views were taken": halves.measured, "in the missing wedge": halves.missing}
    curves = [
        Curve(name, part.frequency, part.correlation)
        for name, part in parts.items()
        if part is not None
    ]
    title = "Correlation of two halves of the views, by frequency"
    return draw_chart(title, ("frequency [1/px]", "correlation"), curves)


def _agreement(assessment: Assessment, validation: Validation | None) -> Iterator[str]:
    """Say what the volume leaves of each view, and how it got there."""
    if np.isfinite(assessment.residual_over_noise):
        yield _paragraph(
            f"The volume leaves {assessment.residual_over_noise:.2f} times the noise of the "
            f"views, whose standard deviation is {_root_mean_square(assessment.noise):.4g} grey "
            f"levels. Between {AGREES[0]:g} and {AGREES[1]:g} is right. A view that stands out is "
            "blurred, shifted, or at another angle than it says."
        )
    else:
        yield _paragraph("The views have no noise that what it leaves could be compared with.")
        return
    noise = np.where(assessment.noise > 0, assessment.noise, np.nan)
    left = Curve("left", np.array(assessment.angles), assessment.residual / noise, joined=False)
    labels = ("tilt [degrees]", "left of the view [noise]")
    figures = [draw_chart("What is left of each view", labels, [left], AGREES)]
    if validation is not None and validation.convergence.size:
        figures.append(_convergence_chart(validation))
    yield _row(*figures)
    if validation is not None:
        yield _paragraph(_convergence(validation))


def _convergence_chart(validation: Validation) -> str:
    left = validation.convergence
    curve = Curve("left", np.arange(1, len(left) + 1, dtype=np.float64), left)
    labels = ("iteration", "left of the views [noise]")
    return draw_chart("What each iteration leaves of some slices' views", labels, [curve], AGREES)


LAST = 0.1
"""Share of the iterations by whose change convergence is told."""


def _convergence(validation: Validation) -> str:
    left = validation.convergence
    if not left.size:
        return "The method has no iterations that could be followed."
    last = max(1, round(LAST * len(left)))
    change = abs(left[-1] / left[-1 - last] - 1) if len(left) > last else 1.0
    return (
        f"It took {len(left)} iterations on the slices that were looked at; the last {last} of "
        f"them changed what is left by {100 * change:.2g} %."
    )


def _prediction(validation: Validation | None) -> Iterator[str]:
    """Say how well views are predicted that were left out."""
    if validation is None:
        yield _paragraph("There are too few views to leave any out.")
        return
    yield _paragraph(
        f"{len(validation.rows)} slices were made again without some of the views, which were "
        "then predicted. Between other views methods hardly differ. Beyond the ends of the tilts "
        "it shows what a method is worth where nothing was measured: the nearer the error is to "
        "what is left of views that were seen, the more can be believed of what was not measured. "
        "The middle of a missing wedge is farther from all views than these are from the others."
    )
    yield _table(validation)
    if np.isfinite(validation.fitted.over_noise):
        yield _row(_prediction_chart(validation))


def _table(validation: Validation) -> str:
    rows = {
        "seen: what is left of them": validation.fitted,
        "left out, between others": validation.inside,
        "left out, below all others": validation.below,
        "left out, above all others": validation.above,
    }
    lines = "".join(_line(name, part) for name, part in rows.items())
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="errors of predicted views">'
        '<table><thead><tr><th scope="col">views</th><th scope="col">number</th>'
        '<th scope="col">tilts [degrees]</th><th scope="col">error [noise]</th>'
        f'<th scope="col">error [of the view]</th></tr></thead><tbody>{lines}</tbody></table>'
        "</div>"
    )


def _line(name: str, part: Predicted) -> str:
    tilts = f"{part.angles.min():g} to {part.angles.max():g}"
    times = f"{part.over_noise:.2f}" if np.isfinite(part.over_noise) else "no noise"
    cells = (len(part.angles), tilts, times, f"{part.share:.1%}")
    row = "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{row}</tr>'


def _prediction_chart(validation: Validation) -> str:
    parts = {
        "seen": validation.fitted,
        "left out, between others": validation.inside,
        "left out, beyond the ends": validation.beyond,
    }
    curves = [
        Curve(name, part.angles, part.error / np.where(part.noise > 0, part.noise, np.nan), False)
        for name, part in parts.items()
    ]
    return draw_chart("Error of each view", ("tilt [degrees]", "error [noise]"), curves)


def _alignment(assessment: Assessment, alignment: Alignment | None) -> Iterator[str]:
    """Say where the axis is, how views were shifted, and what is doubted."""
    if alignment is None:
        yield _paragraph("They were taken as they came.")
        return
    yield _paragraph(
        f"The tilt axis is turned by {alignment.axis_angle_deg:.2f} degrees out of y, and lies "
        f"{alignment.axis_offset_px:.2f} px from the middle of the views; shifts across it are "
        f"sure to {alignment.error_px:.2f} px. A reconstruction left "
        f"{alignment.residual_before:.2f} times the noise before, and leaves "
        f"{alignment.residual_after:.2f} times the noise after."
    )
    angles = np.array(assessment.angles)
    curves = [
        Curve(f"along {name}", angles, shifts, joined=False)
        for name, shifts in zip("yx", alignment.shifts.T, strict=True)
    ]
    yield _row(draw_chart("Shift of each view", ("tilt [degrees]", "shift [px]"), curves))
    yield _list(alignment.notes)


def _facts(assessment: Assessment, alignment: Alignment | None) -> Iterator[str]:
    """Give what else is to be known: the method, what was repaired, what was written down."""
    said = () if alignment is None else alignment.notes
    facts = [
        f"{NAMES[assessment.method]}, {assessment.seconds:.0f} s",
        *_weight(assessment),
        *(note for note in assessment.notes if note not in said),
    ]
    yield _list(facts)
    written = {name: value for name, value in assessment.metadata.items() if name != "notes"}
    if written:
        text = json.dumps(plain(written), indent=1, ensure_ascii=False)
        yield (
            "<details><summary>What the microscope wrote down</summary>"
            f'<pre tabindex="0">{escape(text)}</pre></details>'
        )


def _weight(assessment: Assessment) -> Iterator[str]:
    if assessment.weight is not None:
        noise = _root_mean_square(assessment.noise)
        said = f", {assessment.weight / noise:.3g} times the noise of the views" if noise else ""
        yield f"the weight of the total variation is {assessment.weight:.4g}{said}"


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _root_mean_square(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values))))

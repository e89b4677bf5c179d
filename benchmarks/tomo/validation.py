"""Predict views beyond the ends of a range of tilts, and compare with the full range.

    python benchmarks/tomo/validation.py HAADF.dm3 HAADF.mrc --axis x

Each series is prepared and aligned as a whole. Some of its slices are then reconstructed from the
views up to a tilt, with a weight that is chosen on these, and the views beyond are predicted.
Where a series reaches all around, the slices are also compared with those made of all views, in
decibels of the brightest grey level of the latter over the root mean square error; as no method is
right, each method's full range is a reference once.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np

from colonnade.core.arrays import Array, Indices, Single
from colonnade.tomo.reconstruct.align.align import align
from colonnade.tomo.reconstruct.named import parse_axis
from colonnade.tomo.reconstruct.plan import Method
from colonnade.tomo.reconstruct.prepare import prepare
from colonnade.tomo.reconstruct.reconstruct import Options, Work
from colonnade.tomo.reconstruct.source import open_series
from colonnade.tomo.reconstruct.trust.predicted import between_others
from colonnade.tomo.reconstruct.trust.settings import ValidationSettings
from colonnade.tomo.reconstruct.trust.trial import choose_rows
from colonnade.tomo.tilts import TiltSeries

FULL = 178.0
"""Between the ends of a full range of tilts [degrees]."""


@dataclass(frozen=True, eq=False)
class Cut:
    """Slices that were reconstructed from some views, and how well they predict the others.

    Parameters
    ----------
    slices
        Grey levels (slice, z, x).
    over_noise
        Error of the predicted views [their noise].
    share
        The same as a share of the views.
    """

    slices: Single
    over_noise: float
    share: float


def aligned(path: Path, axis: str) -> TiltSeries:
    """Open a series, with its views in memory."""
    series = prepare(open_series(path, axis=parse_axis(axis)))
    found = align(series)
    print(f"{path.name}: {'; '.join(found.notes)}\n", flush=True)
    moved = found.apply(series)
    return replace(moved, name=path.name, views=moved.views[:, :, :])


def reconstruct_from(
    series: TiltSeries, rows: tuple[int, ...], kept: Indices, method: Method
) -> Cut:
    """Reconstruct slices from the views that are kept, and predict all others."""
    views = np.asarray(series.views)
    fewer = replace(series, views=views[kept], angles=tuple(series.degrees[kept]))
    work = Work.of(fewer, Options(method))
    sinograms = np.ascontiguousarray(views[:, list(rows)].transpose(1, 0, 2))
    slices, _ = work.plan.solve(sinograms[:, kept])
    left = np.setdiff1d(np.arange(len(views)), kept)
    if not left.size:
        return Cut(work.plan.inner(slices), np.nan, np.nan)
    projector = replace(work.plan.projector, angles=tuple(series.degrees[left]))
    wrong = root_mean_square(projector.project(slices) - sinograms[:, left])
    level = root_mean_square(sinograms[:, left])
    return Cut(work.plan.inner(slices), wrong / root_mean_square(work.noise), wrong / level)


def root_mean_square(values: Single | Array) -> float:
    """Of all values."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def decibels(found: Single, reference: Single) -> float:
    """Judge slices together."""
    return float(20 * np.log10(reference.max() / root_mean_square(found - reference)))


def lines(
    series: TiltSeries, methods: list[Method], reaches: list[float], count: int
) -> Iterator[str]:
    """Give the lines of the table of one series."""
    rows = choose_rows(series, count, ValidationSettings.looked_at)
    tilts = np.abs(series.degrees)
    every = np.arange(len(tilts))
    between = np.setdiff1d(every, between_others(series.degrees, ValidationSettings.every))
    full = np.ptp(series.degrees) >= FULL
    references = {
        method: reconstruct_from(series, rows, every, method).slices for method in methods
    }
    for method in methods:
        found = reconstruct_from(series, rows, between, method)
        errors = f"{found.over_noise:.2f} | {found.share:.3f}"
        yield f"| {series.name} | around each | {method} | {errors} | |"
        for reach in reaches:
            cut = reconstruct_from(series, rows, np.flatnonzero(tilts <= reach), method)
            against = " / ".join(
                f"{decibels(cut.slices, reference):.1f}" for reference in references.values()
            )
            yield (
                f"| {series.name} | ±{reach:g} | {method} | {cut.over_noise:.2f} | "
                f"{cut.share:.3f} | {against if full else ''} |"
            )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("series", type=Path, nargs="+")
    parser.add_argument("--axis", default="y")
    parser.add_argument("--method", choices=get_args(Method), action="append")
    parser.add_argument("--reach", type=float, action="append")
    parser.add_argument("--slices", type=int, default=ValidationSettings.slices)
    given = parser.parse_args()
    methods = given.method or ["wbp", "sirt", "tv"]
    opened = [aligned(path, given.axis) for path in given.series]
    print(
        "| series | tilts kept | method | error of the views left out [noise] | of the views | "
        f"full range by {' / '.join(methods)} [dB] |\n|---|---|---|---|---|---|"
    )
    for series in opened:
        for line in lines(series, methods, given.reach or [60.0, 45.0], given.slices):
            print(line, flush=True)


if __name__ == "__main__":
    main()

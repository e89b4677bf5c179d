"""Compare methods family by family and dose by dose, on as many specimens as there is time for.

    python benchmarks/tomo/families.py OUT --side 64 --rounds 2 --model tv --model sirt

OUT is the folder of a run, as `colonnade bench tomo` makes it; a run that was stopped goes on. The
first method is compared with each other, series by series, and a table of that is printed.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import colonnade
from colonnade.core.bench.benchmark import no_bar, run_benchmark
from colonnade.core.bench.case import Series
from colonnade.core.bench.results import Results, read_results
from colonnade.core.bench.scores import Row
from colonnade.core.bench.style import step_text
from colonnade.core.bench.tables import NOTHING
from colonnade.tomo.bench.by_family import KINDS, differences
from colonnade.tomo.bench.cases import TestSet
from colonnade.tomo.bench.study import STUDY
from colonnade.tomo.bench.test_series import NOISE, ROWS, Geometry, list_cases

SCORES = ("psnr", "ssim", "fsc_measured", "fsc_missing", "residual", "auroc", "coverage")
"""Of which the second table has medians."""


def gains(results: Results, series: Series) -> Iterator[str]:
    """Give the lines of a table: the first method, and how far it is above each other [dB]."""
    first, *others = [one.name for one in results.ran]
    yield f"| family | counts | {first} [dB] (worst) | {' | '.join(f'over {o}' for o in others)} |"
    yield "|---" * (3 + len(others)) + "|"
    for name, value, rows in KINDS.steps(KINDS.sort(results, series)):
        values = KINDS.values(rows[first])
        cells = [name, step_text(NOISE, value), f"{np.median(values):.1f} ({values.min():.1f})"]
        for other in others:
            apart = differences(rows[first], rows.get(other, []))
            cells.append(f"{np.median(apart):+.1f} ({min(apart):+.1f})" if apart else NOTHING)
        yield f"| {' | '.join(cells)} |"


def totals(results: Results, series: Series) -> Iterator[str]:
    """Give the lines of a table: medians of every score at every dose, and seconds per slice."""
    yield f"| method | counts | {' | '.join(SCORES)} | s per slice |"
    yield "|---" * (len(SCORES) + 3) + "|"
    for method in results.ran:
        for value in NOISE.steps:
            rows = [row for row in results.rows_of(method.name, series.name) if _at(row, value)]
            if not rows:
                continue
            scores = [_median(row.scores[name] for row in rows) for name in SCORES]
            seconds = _median(row.scores["seconds"] / ROWS for row in rows)
            cells = [method.name, step_text(NOISE, value), *scores, seconds]
            yield f"| {' | '.join(cells)} |"


def _at(row: Row, value: float) -> bool:
    return row.case.value == value


def _median(values: Iterator[float]) -> str:
    known = [value for value in values if not np.isnan(value)]
    return f"{np.median(known):.3g}" if known else NOTHING


def compare(out: Path, geometry: Geometry, methods: Sequence[str]) -> None:
    """Run methods, and print tables."""
    series = Series(geometry.name, geometry.title, (NOISE,))
    study = replace(STUDY, series=(series,))
    test_set = TestSet(tuple(list_cases(geometry)), None, 1)
    missing = run_benchmark(
        study, methods, test_set, out, version=colonnade.__version__, bar=no_bar
    )
    results = read_results(study, out)
    print(*gains(results, series), "", *totals(results, series), sep="\n")
    for name, reason in missing.items():
        print(f"{name}: {reason}")


def main() -> None:
    """Read what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--reach", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--model", action="append", required=True)
    given = parser.parse_args()
    compare(given.out, Geometry(given.side, given.reach, given.rounds), given.model)


if __name__ == "__main__":
    main()

"""Compare methods that upscale material by material and dose by dose, on some images of each.

    python benchmarks/sem/materials.py OUT --factor 4 --rounds 2 --model ours --model denoised

OUT is the folder of a run, as `colonnade bench sem` makes it; a run that was stopped goes on. The
first method is compared with each other, image by image, and a table of that is printed. Needs
`pip install ".[peers]"`.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import colonnade
from colonnade.core.bench.benchmark import no_bar, run_benchmark
from colonnade.core.bench.case import Series
from colonnade.core.bench.curves import paired_median
from colonnade.core.bench.results import Results, read_results
from colonnade.core.bench.style import step_text
from colonnade.sem.bench.by_material import GAIN, KINDS
from colonnade.sem.bench.cases import FACTORS, TestSet
from colonnade.sem.bench.study import STUDY
from colonnade.sem.bench.test_images import NAMES, NOISE, list_cases, series_name


def gains(results: Results, series: Series) -> Iterator[str]:
    """Give the lines of a table: the first method, and how far it is above each other [dB]."""
    first, *others = [one.name for one in results.ran]
    yield f"| material | counts | {first} [dB] | {' | '.join(f'over {o}' for o in others)} |"
    yield "|---" * (3 + len(others)) + "|"
    for name, value, rows in KINDS.steps(KINDS.sort(results, series)):
        cells = [name, step_text(NOISE, value), f"{np.median(KINDS.values(rows[first])):.2f}"]
        for other in others:
            median, low, high = paired_median(rows[first], rows.get(other, []), GAIN)
            cells.append(f"{median:+.2f} ({low:+.2f} to {high:+.2f})")
        yield f"| {' | '.join(cells)} |"


def compare(out: Path, factor: int, rounds: int, methods: Sequence[str]) -> None:
    """Run methods, and print a table."""
    chosen = [
        case
        for case in list_cases(factor, quick=False)
        if case.axis == NOISE.name and case.number < rounds * len(NAMES)
    ]
    series = Series(series_name(factor), f"Upscaled by {factor}", (NOISE,))
    study = replace(STUDY, series=(series,))
    test_set = TestSet(tuple(chosen), None, 1)
    missing = run_benchmark(
        study, methods, test_set, out, version=colonnade.__version__, bar=no_bar
    )
    print(*gains(read_results(study, out), series), sep="\n")
    for name, reason in missing.items():
        print(f"{name}: {reason}")


def main() -> None:
    """Read what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--factor", type=int, choices=FACTORS, default=4)
    parser.add_argument("--rounds", type=int, default=2, help="images of each material")
    parser.add_argument("--model", action="append", required=True)
    given = parser.parse_args()
    compare(given.out, given.factor, given.rounds, given.model)


if __name__ == "__main__":
    main()

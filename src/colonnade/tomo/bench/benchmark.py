"""The benchmark of methods that reconstruct tilt series."""

from collections.abc import Sequence
from pathlib import Path

from colonnade.core.bench.benchmark import Bar, run_benchmark
from colonnade.core.work.parallel import available_cpus
from colonnade.tomo.bench import cases
from colonnade.tomo.bench.study import STUDY

USUAL = ("tv", "sirt", "wbp")
"""What is compared where nothing is named."""


def benchmark(
    methods: Sequence[str], out: Path, *, version: str, data: Path | None, quick: bool, bar: Bar
) -> dict[str, str]:
    """Run methods over all series and write scores, cut-offs and a report.

    Parameters
    ----------
    methods
        As for `run_benchmark`; the `USUAL` where none is named.
    out, version, bar
        As for `run_benchmark`.
    data
        A library of series, which are taken instead of simulated ones.
    quick
        Whether to run on a small part of the series.

    Returns
    -------
    missing
        The methods that could not be run, and why.
    """
    chosen = tuple(cases.list_cases(quick, data))
    test_set = cases.TestSet(chosen, data, available_cpus())
    return run_benchmark(STUDY, methods or USUAL, test_set, out, version=version, bar=bar)

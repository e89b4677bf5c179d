"""The benchmark of methods that reconstruct tilt series."""

from collections.abc import Sequence
from pathlib import Path

from colonnade.core.bench.benchmark import Bar, run_benchmark
from colonnade.core.data.library import METADATA
from colonnade.core.work.processors import available_cpus
from colonnade.tomo.bench import cases
from colonnade.tomo.bench.left_out import views as left_out_views
from colonnade.tomo.bench.left_out.study import STUDY as LEFT_OUT_STUDY
from colonnade.tomo.bench.study import STUDY

USUAL = ("network", "tv", "sirt", "wbp")
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
        What is taken instead of simulated series: a library of series whose volumes are known, or
        a folder of real ones, of which views are left out.
    quick
        Whether to run on a small part of the series.

    Returns
    -------
    missing
        The methods that could not be run, and why.
    """
    names = methods or USUAL
    if data is not None and not (data / METADATA).is_file():
        real = left_out_views.TestSet.of(data)
        return run_benchmark(LEFT_OUT_STUDY, names, real, out, version=version, bar=bar)
    chosen = tuple(cases.list_cases(quick, data))
    test_set = cases.TestSet(chosen, data, available_cpus())
    return run_benchmark(STUDY, names, test_set, out, version=version, bar=bar)

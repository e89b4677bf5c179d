"""The benchmark of methods that locate atom columns."""

from collections.abc import Sequence
from pathlib import Path

from colonnade.atoms.bench import cases
from colonnade.atoms.bench.study import STUDY
from colonnade.core.bench.benchmark import Bar, run_benchmark
from colonnade.core.work.processors import available_cpus


def benchmark(
    methods: Sequence[str], out: Path, *, version: str, data: Path | None, quick: bool, bar: Bar
) -> dict[str, str]:
    """Run methods over all images and write scores, cut-offs and a report.

    Parameters
    ----------
    methods
        As for `run_benchmark`; ours where none is named.
    out, version, bar
        As for `run_benchmark`.
    data
        Folder of labelled images from elsewhere, if there are any.
    quick
        Whether to run on a tenth of the images.

    Returns
    -------
    missing
        The methods that could not be run, and why.
    """
    chosen = tuple(cases.list_cases(quick, data))
    test_set = cases.TestSet(chosen, data, available_cpus())
    return run_benchmark(
        STUDY, methods or [STUDY.model_method], test_set, out, version=version, bar=bar
    )

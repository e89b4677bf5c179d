"""The benchmark of methods that upscale micrographs."""

from collections.abc import Sequence
from pathlib import Path

from colonnade.core.bench.benchmark import Bar, run_benchmark
from colonnade.core.work.parallel import available_cpus
from colonnade.sem.bench import cases
from colonnade.sem.bench.study import STUDY

USUAL = ("ours", "bicubic", "lanczos")
"""What is compared where nothing is named."""


def benchmark(
    methods: Sequence[str], out: Path, *, version: str, data: Path | None, quick: bool, bar: Bar
) -> dict[str, str]:
    """Run methods over all images and write scores, cut-offs and a report.

    Parameters
    ----------
    methods
        As for `run_benchmark`; the `USUAL` where none is named.
    out, version, bar
        As for `run_benchmark`.
    data
        Folder of sharp images, if there are any.
    quick
        Whether to run on a small part of the images.

    Returns
    -------
    missing
        What could not be run, and why.
    """
    chosen = tuple(cases.list_cases(quick, data))
    test_set = cases.TestSet(chosen, data, available_cpus())
    return run_benchmark(STUDY, methods or USUAL, test_set, out, version=version, bar=bar)

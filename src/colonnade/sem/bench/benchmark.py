"""The benchmark of methods that upscale micrographs."""

from collections.abc import Sequence
from pathlib import Path

from colonnade.core.bench.benchmark import Bar, run_benchmark
from colonnade.core.errors import MissingExtraError
from colonnade.core.work.processors import available_cpus
from colonnade.sem.bench import cases
from colonnade.sem.bench.study import STUDY
from colonnade.sem.bench.training.plan import TASTE, Plan

USUAL = ("ours", "bicubic", "lanczos")
"""What is compared where nothing is named."""

STUDY_OF_TRAINING = "study of training"
"""Stands for it among what could not be run."""


def benchmark(
    methods: Sequence[str], out: Path, *, version: str, data: Path | None, quick: bool, bar: Bar
) -> dict[str, str]:
    """Run methods over all images and write scores, cut-offs and a report.

    Parameters
    ----------
    methods
        As for `run_benchmark`. Where none is named the `USUAL` are compared, and the study of
        training is run before.
    out, version, bar
        As for `run_benchmark`.
    data
        Folder of sharp images, if there are any.
    quick
        Whether to run on a small part of the images, and to train next to nothing.

    Returns
    -------
    missing
        What could not be run, and why.
    """
    missing = {} if methods else _study_training(out, quick, bar)
    chosen = tuple(cases.list_cases(quick, data))
    test_set = cases.TestSet(chosen, data, available_cpus())
    run = run_benchmark(STUDY, methods or USUAL, test_set, out, version=version, bar=bar)
    return missing | run


def _study_training(out: Path, quick: bool, bar: Bar) -> dict[str, str]:
    """Train and test the networks of the study, where there is what trains."""
    try:
        from colonnade.sem.bench.training.run import run_study
    except ImportError as error:
        return {STUDY_OF_TRAINING: str(MissingExtraError(f"training ({error})", "train"))}
    run_study(TASTE if quick else Plan(), out, bar)
    return {}

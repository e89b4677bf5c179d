"""Run methods on every image, each method in a process of its own.

A run that was stopped continues where it was: what a method gave for an image is kept, with its
scores.
"""

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.bench.case import Case
from colonnade.core.bench.methods import Method, UnsuitableImageError, load_method
from colonnade.core.bench.scores import COST, Row, Scores
from colonnade.core.bench.study import Study, Task
from colonnade.core.errors import ColonnadeError
from colonnade.core.work.processes import start_worker
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import make_folder

RAN = "ran"
MISSING = "missing: "
OUTPUTS = "outputs"
ERROR_SUFFIX = ".error.txt"


def run_method(
    study: Study,
    method: str,
    cases: Sequence[Case],
    folder: Path,
    scores: Scores,
    progress: Progress,
) -> str:
    """Run one method on all images that it has not done.

    Returns
    -------
    status
        ``"ran"``, or ``"missing: "`` and why the method could not be run.
    """
    make_folder(output_folder(folder, method))
    missing = [case for case in cases if not scores.has(method, case)]
    done = len(cases) - len(missing)
    progress(done, len(cases))
    if not missing:
        return RAN
    with ProcessPoolExecutor(1, get_context("spawn"), start_worker) as process:
        try:
            if reason := process.submit(_reason_it_cannot_run, study.wing, method).result():
                return MISSING + reason
            for case in missing:
                job = process.submit(_run_on, study.wing, study.task, method, folder, case)
                if row := job.result():
                    scores.add(row)
                done += 1
                progress(done, len(cases))
        except BrokenProcessPool:
            return MISSING + "its process died, perhaps for want of memory"
        finally:
            process.shutdown(cancel_futures=True)
    return RAN if scores.of(method, cases) else MISSING + "it is made for none of the images"


@cache
def _loaded(wing: str, method: str) -> Method[Any, Any]:
    return load_method(wing, method)


def _reason_it_cannot_run(wing: str, method: str) -> str:
    """Make the method ready in its process, or say why it cannot be."""
    try:
        _loaded(wing, method)
    except ColonnadeError as error:
        return str(error)
    return ""


def _run_on(wing: str, task: Task[Any, Any], method: str, folder: Path, case: Case) -> Row | None:
    """Run the method on one image, keep what it gives, and score it; none if it is unsuitable."""
    item = task.read(folder, case)
    outputs = output_folder(folder, method)
    failure = outputs / f"{case.name}{ERROR_SUFFIX}"
    failure.unlink(missing_ok=True)
    start = time.perf_counter()
    try:
        output = _loaded(wing, method).run(item.input)
    except UnsuitableImageError:
        return None
    except Exception as error:
        # The methods of other packages may raise anything.
        output = task.failed(item)
        failure.write_text(f"{type(error).__name__}: {error}\n", encoding="utf-8")
    seconds = time.perf_counter() - start
    task.write(output, outputs / f"{case.name}{task.suffix}")
    cost = dict(zip(COST, (seconds, _peak_mb(), item.pixel_count), strict=True))
    return Row(method, case, {**task.measure(item, output), **cost})


def _peak_mb() -> float:
    """Most memory that this process ever had [MB]; NaN where the system does not say."""
    try:
        import resource
    except ImportError:
        return np.nan
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def output_folder(folder: Path, method: str) -> Path:
    """Where the outputs of a method are kept."""
    return folder / OUTPUTS / method.replace(":", "-").replace("/", "-")


def failures(folder: Path, method: str) -> dict[str, str]:
    """Names of the images on which a method failed, and how."""
    errors = sorted(output_folder(folder, method).glob(f"*{ERROR_SUFFIX}"))
    return {
        path.name.removesuffix(ERROR_SUFFIX): path.read_text(encoding="utf-8").strip()
        for path in errors
    }

"""A whole benchmark: the test set, the methods, their scores, the report."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from colonnade.core.bench.curves import summarise
from colonnade.core.bench.methods import MethodError, installed_methods
from colonnade.core.bench.report import write_report
from colonnade.core.bench.results import write_summary
from colonnade.core.bench.runs import MISSING, RAN, failures, run_method
from colonnade.core.bench.scores import SCORES, Scores
from colonnade.core.bench.study import Study, TestSet
from colonnade.core.errors import FileError
from colonnade.core.learn.model import shipped
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.temporary import remove_left
from colonnade.core.work.writing import atomic, make_folder

Bar = Callable[[str], AbstractContextManager[Progress]]
"""Opens a progress bar with a title."""


def no_bar(title: str) -> AbstractContextManager[Progress]:
    """Show no progress."""
    return nullcontext(silent)


CLAIM = "run.txt"
"""Says what a folder of results belongs to."""


def run_benchmark(
    study: Study, methods: Sequence[str], test_set: TestSet, out: Path, *, version: str, bar: Bar
) -> dict[str, str]:
    """Run methods over all images and write scores, cut-offs and a report.

    A folder that holds part of the same run is continued.

    Parameters
    ----------
    study
        Which benchmark.
    methods
        Names of methods, with what they need behind a colon; or model files and shipped models.
    test_set
        The images.
    out
        Folder for everything.
    version
        Of Colonnade.
    bar
        Opens a progress bar with what is done.

    Returns
    -------
    missing
        The methods that could not be run, and why.
    """
    names = [method_name(study, method) for method in dict.fromkeys(methods)]
    make_folder(out)
    remove_left(out, inside=True)
    _claim(out, f"{study.wording.title}, Colonnade {version}\n")
    with bar("drawing images") as progress:
        test_set.prepare(out, progress)
    scores = Scores(out / SCORES, study.task.columns)
    status: dict[str, str] = {}
    for name in names:
        with bar(name) as progress:
            status[name] = run_method(study, name, test_set.cases, out, scores, progress)
    summary: dict[str, Any] = {
        "colonnade": version,
        "images": {"count": len(test_set.cases), "differing": test_set.differing(out)},
        **_facts(study),
        "methods": {name: {"status": one} for name, one in status.items()},
    }
    for name in names:
        if status[name] == RAN:
            rows = scores.of(name, test_set.cases)
            summary["methods"][name] |= summarise(study, rows) | {"failed": failures(out, name)}
    write_summary(summary, out)
    write_report(study, out)
    return {name: one.removeprefix(MISSING) for name, one in status.items() if one != RAN}


def method_name(study: Study, name: str) -> str:
    """Give the name of a method; a model file or a shipped model stands for the study's own.

    Raises
    ------
    MethodError
        If there is no such method, file or model.
    """
    installed = installed_methods(study.wing)
    if name.partition(":")[0] in installed:
        return name
    if Path(name).is_file() or name in shipped():
        return f"{study.model_method}:{name}"
    raise MethodError(
        f"{name!r} is no method that is installed ({', '.join(installed)}), no model file and no "
        "shipped model"
    )


def _claim(out: Path, text: str) -> None:
    """Begin a folder, or continue one of the same benchmark and version."""
    path = out / CLAIM
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise FileError(
            f"{out} holds the run of another version of Colonnade; name another folder"
        )
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _facts(study: Study) -> dict[str, Any]:
    """Give what a reader of the summary has to know of the benchmark."""
    return {
        "comparison": study.wording.comparison,
        "limits": {
            limit.score: {"highest" if limit.upper else "lowest": limit.value}
            for limit in study.limits
        },
        "axes": {
            axis.name: {"unit": axis.unit, "steps": list(axis.steps), "meaning": axis.meaning}
            for axis in study.axes
        },
    }

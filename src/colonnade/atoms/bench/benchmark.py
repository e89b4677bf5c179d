"""The whole benchmark: images, methods, scores, report."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import colonnade
from colonnade.atoms.bench import cases
from colonnade.atoms.bench.case import Place
from colonnade.atoms.bench.curves import axes, summarise
from colonnade.atoms.bench.measure import GATE
from colonnade.atoms.bench.methods import ContestantError, known
from colonnade.atoms.bench.report import write_report
from colonnade.atoms.bench.runs import SCORES, Scores, failures, take_part, write_summary
from colonnade.core.errors import FileError
from colonnade.core.learn.model import shipped
from colonnade.core.work.parallel import available_cpus
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic, make_folder

Bar = Callable[[str], AbstractContextManager[Progress]]

RUN = "run.txt"


def benchmark(
    models: Sequence[str], out: Path, *, data: Path | None, quick: bool, bar: Bar
) -> dict[str, str]:
    """Run methods over all images and write scores, cut-offs and a report.

    A folder that holds a part of the same run is gone on with.

    Parameters
    ----------
    models
        Names of methods, with what they need behind a colon; or model files and shipped models.
    out
        Folder for everything.
    data
        Folder of labelled images from elsewhere, if there are any.
    quick
        Fewer images, for a taste.
    bar
        Opens a progress bar with what is done.

    Returns
    -------
    missing
        The methods that could not take part, and why.
    """
    wanted = [method(name) for name in dict.fromkeys(models)]
    make_folder(out)
    _claim(out)
    places = cases.places(quick, data)
    with bar("drawing images") as progress:
        cases.prepare(places, out, data, workers=available_cpus(), progress=progress)
    scores = Scores(out / SCORES)
    status = {}
    for name in wanted:
        with bar(name) as progress:
            status[name] = take_part(name, places, out, scores, progress)
    write_summary(
        {
            "colonnade": colonnade.__version__,
            "images": {"count": len(places), "differing": cases.differing(out, places)},
            "gate": GATE,
            "axes": axes(),
            "contestants": {
                name: _entry(name, status[name], out, scores, places) for name in wanted
            },
        },
        out,
    )
    write_report(out)
    return {name: one for name, one in status.items() if one != "ran"}


def method(name: str) -> str:
    """Give the name by which a method takes part: ours for model files and shipped models.

    Raises
    ------
    ContestantError
        If there is no such method, file or model.
    """
    if name.partition(":")[0] in known():
        return name
    if Path(name).is_file() or name in shipped():
        return f"ours:{name}"
    raise ContestantError(
        f"{name!r} is no method that is installed ({', '.join(known())}), no model file and no "
        "shipped model"
    )


def _claim(out: Path) -> None:
    """Begin a folder, or go on with one of the same version."""
    path = out / RUN
    ours = f"Benchmark of atom-locating methods, Colonnade {colonnade.__version__}\n"
    if path.exists() and path.read_text(encoding="utf-8") != ours:
        raise FileError(
            f"{out} holds the run of another version of Colonnade; name another folder"
        )
    with atomic(path) as temporary:
        temporary.write_text(ours, encoding="utf-8")


def _entry(
    name: str, status: str, out: Path, scores: Scores, places: Sequence[Place]
) -> dict[str, Any]:
    """What the summary says of one method."""
    rows = scores.of(name, places)
    if status != "ran":
        return {"status": status}
    return {**summarise(rows), "failed": failures(out, name)}

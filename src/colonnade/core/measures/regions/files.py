"""Measure particles or pores in many files, and write a table, a picture and numbers of each."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from colonnade.core.files.batch_run import Failed, Part, WholeFile, report_lines, run_batch
from colonnade.core.files.failures import Failure
from colonnade.core.measures.regions.results import Kind, Results
from colonnade.core.work.contents import write_text
from colonnade.core.work.memory import Need
from colonnade.core.work.parallel import ALONE, Crew
from colonnade.core.work.progress import Progress
from colonnade.core.work.record import HIDDEN, Record, file_state

RECORDS = Path(HIDDEN, "map")
"""Where in the folder of the results it is written down what is done."""

WHOLE = "whole"
"""The part of a record that says that a file is done."""


@dataclass(frozen=True, eq=False)
class Job:
    """What is to be done with every file.

    Parameters
    ----------
    kind
        What is measured.
    identity
        Text that determines, together with a file, what is found in it.
    beside
        Gives the files beside one that say more of it.
    need
        Says what memory a process needs that measures a file.
    measure
        Measures a file, given what it is called.
    """

    kind: Kind
    identity: str
    beside: Callable[[Path], list[Path]]
    need: Callable[[Path], Need]
    measure: Callable[[Path, str], Results]

    def begin(self, path: Path, name: str, out: Path) -> "MeasuredFile":
        """Give what is done with a file."""
        states = [file_state(one) for one in (path, *self.beside(path))]
        folder = out / RECORDS / f"{name}.{self.kind}"
        record = Record(folder, "\n".join([self.identity, self.kind, *states]))
        return MeasuredFile(path, name, out, self, record)


def measure_files(
    files: Mapping[Path, str],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Progress,
    crew: Crew = ALONE,
) -> list[Failure]:
    """Measure every file, and write NAME.particles.csv, .png and .json, or those of pores.

    A file that fails, whatever the error, does not stop the rest. What was done before is not
    done again unless its file has changed.

    Parameters
    ----------
    files
        The files, and what to call the results of each.
    out
        Folder for the results.
    job
        What is to be done with each file.
    say
        Called with each line of the report.
    progress
        Called with the number of finished files and of all.
    crew
        Who measures them.

    Returns
    -------
    failures
        The files that could not be done, and why.
    """

    def begin(path: Path, name: str) -> MeasuredFile:
        return job.begin(path, name, out)

    return run_batch(files, out, f"map-{job.kind}", begin, say, progress, crew)


@dataclass(frozen=True, eq=False)
class MeasuredFile(WholeFile):
    """One file, its results, and whether they are there."""

    path: Path
    name: str
    out: Path
    job: Job
    record: Record

    def need(self) -> Need:
        """Say what a process needs, which holds all of the file."""
        return self.job.need(self.path)

    def _at(self, ending: str) -> Path:
        return self.out / f"{self.name}.{self.job.kind}.{ending}"

    def are_whole(self) -> bool:
        """Whether it is done, and the results still there."""
        there = all(self._at(ending).exists() for ending in ("csv", "png", "json"))
        return self.record.has(WHOLE) and there

    def all_lines(self) -> list[str]:
        """What was said of a file that is done."""
        return [str(line) for line in json.loads(self.record.read(WHOLE))]

    def do(self, part: Part, failed: Failed) -> Sequence[str]:
        """Measure it, and write the results."""
        from colonnade.core.figures.regions import draw_picture

        results = self.job.measure(self.path, self.name)
        write_text(self._at("csv"), results.to_csv())
        draw_picture(results, self._at("png"))
        numbers = json.dumps(results.to_json(), indent=1, ensure_ascii=False)
        write_text(self._at("json"), numbers + "\n")
        lines = [
            *report_lines(results.sentence, results.notes),
            f"  table   {self._at('csv')}",
            f"  picture {self._at('png')}",
        ]
        self.record.put(WHOLE, json.dumps(lines))
        return lines

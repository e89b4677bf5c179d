"""A job: a command and its files, how far it is, and what has come of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from colonnade.app.results.edits import Edits
from colonnade.app.results.results import Result, failures
from colonnade.app.verbs import Verb

State = Literal["queued", "running", "done", "failed", "cancelled"]

ENDED: tuple[State, ...] = ("done", "failed", "cancelled")

MOST_LINES = 500
"""So many lines of what a command said are told, the last ones."""

NOTE = "  note: "
"""How lines of the report begin that are notes."""


@dataclass(frozen=True, eq=False)
class Table:
    """Columns that an earlier job has found, as they are to be mapped.

    Parameters
    ----------
    result
        Of that job.
    threshold
        From which a candidate counts as a column; that of the job by default.
    edits
        Corrections by hand.
    """

    result: Result
    threshold: float | None
    edits: list[dict[str, Any]]

    @property
    def is_as_written(self) -> bool:
        """Whether it is the table that the command has written."""
        return self.threshold is None and not self.edits


@dataclass(eq=False)
class Item:
    """A file of a job.

    Parameters
    ----------
    file
        Its id; nothing, of what another job has made.
    path
        Where it lies; its name there is what everyone calls it.
    image
        Id of the image in it that is worked on, if it can be looked at.
    name
        What its results are called.
    table
        What it is to be made of first, if so.
    """

    file: str
    path: Path
    image: str | None
    name: str = ""
    table: Table | None = None
    state: State = "queued"
    lines: list[str] = field(default_factory=list)
    error: str | None = None

    @property
    def sentence(self) -> str | None:
        """What was found."""
        return self.lines[0] if self.lines else None

    @property
    def notes(self) -> list[str]:
        """What is to be known of it."""
        return [line.removeprefix(NOTE) for line in self.lines if line.startswith(NOTE)]

    def to_json(self) -> dict[str, Any]:
        """Tell it as a page asks for it."""
        return {
            "file": self.file,
            "name": self.path.name,
            "state": self.state,
            "sentence": self.sentence,
            "error": self.error,
        }


@dataclass(eq=False)
class Job:
    """A command that runs, will run, or has run.

    Parameters
    ----------
    id
        What requests call it.
    owner
        Key of the session.
    verb
        The command.
    options
        As they were set.
    command
        The command as a person types it.
    tokens
        The command as it is run.
    folder
        Where its results go.
    hidden
        Folders that are left out of all that it says.
    items
        The files.
    changed
        Called whenever something of it has changed.
    tables
        Which results of which jobs it works on, if it does.
    """

    id: str
    owner: str
    verb: Verb
    options: dict[str, Any]
    command: str
    tokens: list[str]
    folder: Path
    hidden: list[str]
    items: list[Item]
    changed: Callable[["Job"], None]
    state: State = "queued"
    stage: str | None = None
    done: int = 0
    total: int = 0
    lines: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    error: str | None = None
    started: float | None = None
    ended: float | None = None
    results: list[Result] = field(default_factory=list)
    edits: dict[int, Edits] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED

    def begin(self) -> None:
        """Say that it runs."""
        self.state, self.started = "running", time.time()
        self.items[0].state = "running"
        self.changed(self)

    def end(self, state: State, error: str | None = None) -> None:
        """Say what has become of it, and of the files that it did not get to."""
        self.state, self.error, self.ended = state, error, time.time()
        for item in self.items:
            if item.state not in ENDED:
                item.state, item.error = state, error
        self.changed(self)

    def hear(self, told: dict[str, Any]) -> None:
        """Take down what the command says while it runs."""
        for kind, value in told.items():
            if kind == "said":
                self.lines.append(value)
                self._current.lines.append(value)
            elif kind == "noted":
                self.lines.append(f"{NOTE}{value}")
                self._current.lines.append(f"{NOTE}{value}")
            elif kind == "complained":
                self.complaints.append(value)
            elif kind == "advanced":
                self.stage, self.done, self.total = value
                self._move_on()
        self.changed(self)

    @property
    def _current(self) -> Item:
        """The file that it is at; of several, as many are done as the command counts."""
        several = len(self.items) > 1
        return self.items[min(self.done, len(self.items) - 1) if several else 0]

    def _move_on(self) -> None:
        over = self.items[: self.items.index(self._current)]
        if any(item.state not in ENDED for item in over):
            self.read_failures()
        for item in over:
            item.state = "done" if item.lines else "failed"
        if self._current.state == "queued":
            self._current.state = "running"

    def read_failures(self) -> None:
        """Take down which files of a batch have failed so far, wholly or in part, and why."""
        reasons: dict[str, list[str]] = {}
        for name, why in failures(self.folder, self.verb, self.options):
            for folder in self.hidden:
                why = why.replace(folder, "")
            reasons.setdefault(name, []).append(why)
        for item in self.items:
            item.error = "; ".join(reasons[item.name]) if item.name in reasons else item.error

    def paths(self) -> Iterator[Path]:
        """Everything that came of it and may be looked at."""
        for result in self.results:
            yield from result.files

    def to_json(self) -> dict[str, Any]:
        """Tell it as a page asks for it."""
        return {
            "id": self.id,
            "verb": self.verb.name,
            "wing": self.verb.wing,
            "files": [item.file for item in self.items if item.file],
            "tables": self.tables,
            "options": self.options,
            "command": self.command,
            "state": self.state,
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "lines": [*self.lines, *self.complaints][-MOST_LINES:],
            "error": self.error,
            "started": self.started,
            "ended": self.ended,
            "items": [item.to_json() for item in self.items],
            "results": [result.to_json(self.id) for result in self.results],
        }

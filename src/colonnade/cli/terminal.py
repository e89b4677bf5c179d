"""What the command line prints: results, errors, notes, and how far some work is."""

import io
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from typing import Any, Protocol, TextIO, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from colonnade.core.errors import ColonnadeWarning, visible
from colonnade.core.work.progress import Progress

USER_ERROR, SOME_FAILED, INTERRUPTED = 2, 1, 130
"""Exit statuses: the call could not be carried out; part of a batch failed; Ctrl-C."""


class _Plain(Console):
    """A terminal that obeys nothing in the text it is given: names come from anywhere."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible(text, but="\n"), **options)


console = _Plain(highlight=False, soft_wrap=True)
errors = _Plain(stderr=True, highlight=False, soft_wrap=True)


class Listener(Protocol):
    """A program that runs commands, and hears what they would print."""

    def said(self, line: str) -> None:
        """Hear a line of the results."""

    def complained(self, line: str) -> None:
        """Hear a line of the errors."""

    def noted(self, sentence: str) -> None:
        """Hear what had to be repaired or guessed."""

    def advanced(self, what: str, done: int, total: int) -> None:
        """Hear how many items of all of some work are finished."""


_listener: Listener | None = None


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Tell a program, and not the terminal, what commands print."""
    global _listener
    before, _listener = _listener, listener
    try:
        with (
            redirect_stdout(cast(TextIO, _Lines(listener.said))),
            redirect_stderr(cast(TextIO, _Lines(listener.complained))),
        ):
            yield
    finally:
        _listener = before


class _Lines(io.TextIOBase):
    """A file that hands on every line that is written to it."""

    def __init__(self, hear: Callable[[str], None]) -> None:
        self.hear, self.begun = hear, ""

    def write(self, text: str) -> int:
        """Hand on what is a whole line now."""
        *lines, self.begun = (self.begun + text).split("\n")
        for line in lines:
            self.hear(line)
        return len(text)


@contextmanager
def notes() -> Iterator[None]:
    """Print what had to be repaired or guessed as a sentence, without a place in the code."""
    with warnings.catch_warnings():
        default = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if not issubclass(category, ColonnadeWarning):
                default(message, category, filename, lineno, file, line)
            elif _listener is not None:
                _listener.noted(str(message))
            else:
                print(f"colonnade: note: {message}", file=sys.stderr)  # noqa: T201

        warnings.simplefilter("always", ColonnadeWarning)
        warnings.showwarning = show
        yield


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Show how far some work is, on a terminal."""
    if _listener is not None:
        yield partial(_listener.advanced, what)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    # Pipes and files get no bar, and a bar that is done leaves no trace.
    hidden = not errors.is_terminal
    with Bar(*columns, console=errors, transient=True, disable=hidden) as bar:
        task = bar.add_task(what)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance

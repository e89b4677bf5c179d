"""What the command line prints: results, errors, notes, and how far some work is."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from colonnade.core.errors import ColonnadeWarning

USER_ERROR, SOME_FAILED, INTERRUPTED = 2, 1, 130
"""Exit statuses: the call could not be carried out; part of a batch failed; Ctrl-C."""

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def notes() -> Iterator[None]:
    """Print what had to be repaired or guessed as a sentence, without a place in the code."""
    with warnings.catch_warnings():
        default = warnings.formatwarning

        def text(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            line: str | None = None,
        ) -> str:
            if issubclass(category, ColonnadeWarning):
                return f"colonnade: note: {message}\n"
            return default(message, category, filename, lineno, line)

        warnings.simplefilter("always", ColonnadeWarning)
        warnings.formatwarning = text
        try:
            yield
        finally:
            warnings.formatwarning = default


@contextmanager
def progress(what: str) -> "Iterator[Advance]":
    """Show how far some work is, on a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    # Pipes and files get no bar, and a bar that is done leaves no trace.
    hidden = not errors.is_terminal
    with Progress(*columns, console=errors, transient=True, disable=hidden) as bar:
        yield Advance(bar, what)


class Advance:
    """Moves a progress bar on."""

    def __init__(self, bar: Progress, what: str) -> None:
        self.bar, self.task = bar, bar.add_task(what)

    def __call__(self, done: int, total: int) -> None:
        """Show that so many items of all are finished."""
        self.bar.update(self.task, completed=done, total=total)

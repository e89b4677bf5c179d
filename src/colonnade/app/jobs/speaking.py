"""What a command says while it runs, told to the server."""

import time
from collections.abc import Callable
from typing import Any

LEAST_PAUSE = 0.05
"""Progress is told no more often [s]."""

Tell = Callable[[dict[str, Any]], None]
"""Called with what the server is to know."""


class Speaking:
    """Hears what a command prints, and tells the server."""

    def __init__(self, tell: Tell, hidden: tuple[str, ...]) -> None:
        self._tell, self._hidden = tell, hidden
        self._next = 0.0
        self._untold: list[Any] | None = None

    def said(self, line: str) -> None:
        """Tell a line of the results, and first which file it is of."""
        self._tell_progress()
        self._tell({"said": self._plain(line)})

    def complained(self, line: str) -> None:
        """Tell a line of the errors."""
        self._tell({"complained": self._plain(line)})

    def noted(self, sentence: str) -> None:
        """Tell what had to be repaired or guessed, and first in which file."""
        self._tell_progress()
        self._tell({"noted": self._plain(sentence)})

    def advanced(self, what: str, done: int, total: int) -> None:
        """Tell how far it is; what has just been told waits until there is more to tell."""
        self._untold = [what, done, total]
        if time.monotonic() >= self._next or done in (0, total):
            self._tell_progress()

    def _tell_progress(self) -> None:
        if self._untold is not None:
            self._next = time.monotonic() + LEAST_PAUSE
            self._tell({"advanced": self._untold})
            self._untold = None

    def _plain(self, text: str) -> str:
        """Leave out in which folders of the server files lie."""
        for folder in self._hidden:
            text = text.replace(folder, "")
        return text

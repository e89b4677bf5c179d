"""Name files of which nothing comes for long, as their disk or network may not answer."""

import time
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from colonnade.core.errors import warn

PATIENCE = 600.0
"""A file of which nothing has come for so long is named [s]."""

LOOKS = 20
"""So many times in that time it is looked whether there is one."""


class Watch:
    """Says once of each file that is worked on if nothing comes of it for long.

    It has a thread of its own, as the one that works may itself wait for a disk.
    """

    def __init__(self) -> None:
        self._latest: dict[Path, float] = {}
        self._named: set[Path] = set()
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def go_on(self, path: Path) -> None:
        """Something has come of a file, and more is to come."""
        self._latest[path] = time.monotonic()

    def end(self, path: Path) -> None:
        """All has come of a file."""
        self._latest.pop(path, None)

    def _look(self) -> None:
        while not self._over.wait(PATIENCE / LOOKS):
            now = time.monotonic()
            for path, latest in self._latest.copy().items():
                if now - latest > PATIENCE and path not in self._named:
                    self._named.add(path)
                    warn(
                        f"nothing has come of {path} for {PATIENCE / 60:.0f} minutes: it is "
                        "large, or its disk or network does not answer; the work goes on, and "
                        "Ctrl-C ends it and keeps what is done"
                    )

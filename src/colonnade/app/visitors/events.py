"""What has changed for a visitor since a page last heard of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["file", "job", "edits", "gone"]
"""A file, a job, or corrections of a result that are new or changed; or the id of a file or a job
that is there no more."""


@dataclass(frozen=True)
class Event:
    """A change.

    Parameters
    ----------
    seq
        Number of the change; later ones have higher numbers.
    kind
        Of what has changed.
    data
        How it is now.
    """

    seq: int
    kind: Kind
    data: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Give it as a page asks for it."""
        return {"seq": self.seq, "type": self.kind, "data": self.data}


class Events:
    """The last change of everything that a visitor has.

    Only the last one is kept, as it says all: a page that was away for long misses nothing, and
    one that is slow does not hold up the others.
    """

    def __init__(self) -> None:
        self.seq = 0
        self._last: dict[str, Event] = {}
        self._changed = asyncio.Event()
        self._closed = False

    def publish(self, kind: Kind, data: dict[str, Any]) -> None:
        """Say that what ``data["id"]`` names has changed."""
        self.seq += 1
        # Taken out first, so that what changed last stands last.
        self._last.pop(data["id"], None)
        self._last[data["id"]] = Event(self.seq, kind, data)
        self._wake()

    def since(self, seq: int) -> list[Event]:
        """Give what has changed after a change of this number, in order."""
        return [event for event in self._last.values() if event.seq > seq]

    async def follow(self, seq: int, heartbeat: float) -> AsyncIterator[Event | None]:
        """Give what has changed after a change of this number, and what changes from now on.

        Parameters
        ----------
        seq
            Number of the last change that is known.
        heartbeat
            Where nothing changes for so long, None is given [s].
        """
        while not self._closed:
            changed = self._changed
            for event in self.since(seq):
                seq = event.seq
                yield event
            try:
                await asyncio.wait_for(changed.wait(), heartbeat)
            except TimeoutError:
                yield None

    def close(self) -> None:
        """Let everyone who follows go."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

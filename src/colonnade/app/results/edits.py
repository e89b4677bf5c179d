"""Corrections by hand of the columns of a result, each set of them with a number."""

from typing import Any

Edit = dict[str, Any]

KEPT = 50
"""So many sets of corrections are kept."""


class StaleError(Exception):
    """Corrections were made to others than the last ones."""


class Edits:
    """The corrections of one result, as they are and as they were.

    A page says which set it has changed, so that of two pages that correct the same columns none
    undoes what the other has done without knowing it.
    """

    def __init__(self) -> None:
        self.revision = 0
        self._sets: dict[int, list[Edit]] = {0: []}

    @property
    def last(self) -> list[Edit]:
        """As they are."""
        return self._sets[self.revision]

    def at(self, revision: int) -> list[Edit]:
        """As they were.

        Raises
        ------
        KeyError
            If there is no such set, or it is kept no more.
        """
        return self._sets[revision]

    def put(self, base: int, edits: list[Edit]) -> int:
        """Replace the set of this number by another, and give its number.

        Raises
        ------
        StaleError
            If it is not the last.
        """
        if base != self.revision:
            raise StaleError
        self.revision += 1
        self._sets[self.revision] = edits
        self._sets.pop(self.revision - KEPT, None)
        return self.revision

"""Of two who correct the same columns, none undoes what the other has done unseen."""

import pytest

from colonnade.app.results.edits import KEPT, Edits, StaleError


def test_corrections_are_numbered_and_kept() -> None:
    edits = Edits()
    first, second = [{"op": "delete", "row": 1}], [{"op": "add", "y": 1.0, "x": 2.0}]
    assert (edits.revision, edits.last) == (0, [])
    assert edits.put(0, first) == 1
    assert edits.put(1, second) == 2
    assert [edits.at(number) for number in range(3)] == [[], first, second]
    assert edits.last == second


def test_corrections_of_what_is_not_the_last_are_refused() -> None:
    edits = Edits()
    edits.put(0, [{"op": "delete", "row": 1}])
    with pytest.raises(StaleError):
        edits.put(0, [])
    assert edits.revision == 1


def test_old_corrections_are_forgotten() -> None:
    edits = Edits()
    for number in range(KEPT + 1):
        edits.put(number, [{"op": "delete", "row": number}])
    with pytest.raises(KeyError):
        edits.at(1)
    assert edits.at(2) == [{"op": "delete", "row": 1}]

"""Columns as they are after a person has corrected them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from colonnade import Columns
from colonnade.app.results.edited import ADDED, AS_FOUND, MOVED, edited
from colonnade.atoms.columns import MEASURED

COUNT = 12


def _columns(**labels):
    count = np.arange(COUNT, dtype=float)
    known = dict.fromkeys(MEASURED, count + 0.5)
    return Columns(count, 2 * count, **known, labels=labels, pixel_size=(0.02, 0.01))


def test_what_was_moved_has_no_standard_error_and_what_was_added_only_a_place():
    columns = _columns(
        grain=np.arange(COUNT), name=np.array(["Sr"] * COUNT), whole=np.ones(COUNT, bool)
    )
    edits = [
        {"op": "add", "y": 7.25, "x": 8.5},
        {"op": "move", "row": 3, "y": 3.1, "x": 6.2},
        {"op": "delete", "row": 0},
    ]
    found = edited(columns, edits)
    assert len(found) == COUNT
    np.testing.assert_array_equal(found.labels["edited"], [0, 0, MOVED, *[0] * 8, ADDED])
    moved, added = found[2], found[-1]
    assert (moved.y[0], moved.x[0], moved.score[0]) == (3.1, 6.2, 3.5)
    assert np.isnan([moved.sigma_y[0], moved.sigma_x[0]]).all()
    assert (added.y[0], added.x[0]) == (7.25, 8.5)
    assert np.isnan([added.sigma_y[0], added.score[0], added.intensity[0]]).all()
    assert [added.labels[name][0] for name in ("grain", "name", "whole")] == [-1, "", False]
    assert found.pixel_size == columns.pixel_size
    assert columns.y[3] == 3.0  # what was found stays as it was


def test_a_column_that_is_added_to_a_film_is_of_the_frame_in_which_it_was():
    columns = _columns(frame=np.arange(COUNT) % 3)
    found = edited(columns, [{"op": "add", "y": 1.0, "x": 2.0, "frame": 2}])
    assert found.labels["frame"][-1] == 2


@given(
    deleted=st.sets(st.integers(0, COUNT - 1)),
    moved=st.dictionaries(st.integers(0, COUNT - 1), st.floats(0, 50)),
    added=st.lists(st.floats(0, 50), max_size=4),
)
def test_all_others_stay_as_they_were_found(deleted, moved, added):
    moved = {row: y for row, y in moved.items() if row not in deleted}
    edits = [
        *({"op": "delete", "row": row} for row in deleted),
        *({"op": "move", "row": row, "y": y, "x": y} for row, y in moved.items()),
        *({"op": "add", "y": y, "x": y} for y in added),
    ]
    columns = _columns()
    found = edited(columns, edits)
    assert len(found) == COUNT - len(deleted) + len(added)
    left = [row for row in range(COUNT) if row not in deleted and row not in moved]
    untouched = found[found.labels["edited"] == AS_FOUND]
    for name in ("y", "x", "sigma_y", "sigma_x", "score"):
        np.testing.assert_array_equal(getattr(untouched, name), getattr(columns, name)[left])

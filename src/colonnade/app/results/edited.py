"""Columns as a person has corrected them by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns

Edit = Mapping[str, Any]
"""One change: ``{"op": "add", "y", "x"}``, ``{"op": "delete", "row"}`` or ``{"op": "move", "row",
"y", "x"}``; rows are those of the table that was shown. Of a film ``add`` has its ``"frame"``."""

AS_FOUND, MOVED, ADDED = 0, 1, 2
"""What the label ``edited`` says of a column."""

_UNKNOWN = {"f": np.nan, "i": -1, "u": 0, "b": False, "U": ""}
"""What a label says of a column that was added, by the kind of its numbers."""


def edited(columns: Columns, edits: Sequence[Edit]) -> Columns:
    """Give columns as they are after some edits, with the label ``edited``.

    A column that was moved has no standard error, and of one that was added only its position is
    known.

    Parameters
    ----------
    columns
        As they were found.
    edits
        In the order in which they were made.
    """
    y, x = columns.y.copy(), columns.x.copy()
    kept, mark = np.ones(len(columns), bool), np.full(len(columns), AS_FOUND)
    sigma_y, sigma_x = columns.sigma_y.copy(), columns.sigma_x.copy()
    for edit in edits:
        if edit["op"] == "delete":
            kept[edit["row"]] = False
        elif edit["op"] == "move":
            row = edit["row"]
            y[row], x[row], mark[row] = edit["y"], edit["x"], MOVED
            sigma_y[row] = sigma_x[row] = np.nan
    marked = columns.with_labels(edited=mark)
    found = replace(marked, y=y, x=x, sigma_y=sigma_y, sigma_x=sigma_x)
    return Columns.concatenate([found[kept], _added(found, edits)])


def _added(columns: Columns, edits: Sequence[Edit]) -> Columns:
    places = [(edit["y"], edit["x"]) for edit in edits if edit["op"] == "add"]
    y, x = np.array(places, np.float64).reshape(-1, 2).T
    labels = {name: _unknown(given, len(y)) for name, given in columns.labels.items()}
    labels["edited"] = np.full(len(y), ADDED)
    if "frame" in labels:
        frames = [edit.get("frame", -1) for edit in edits if edit["op"] == "add"]
        labels["frame"] = np.array(frames, labels["frame"].dtype)
    return Columns(y, x, labels=labels, pixel_size=columns.pixel_size)


def _unknown(values: NDArray[Any], count: int) -> NDArray[Any]:
    return np.full(count, _UNKNOWN[values.dtype.kind], values.dtype)

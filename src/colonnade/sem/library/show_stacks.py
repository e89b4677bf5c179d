"""Show what a library of stacks holds: a picture of some, and a page about all."""

from pathlib import Path

import numpy as np

from colonnade.core.errors import FileError
from colonnade.sem.library.show import MOST_SHOWN, Shown, draw_contact_sheet, write_library_page
from colonnade.sem.library.stacks import StackSource
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.stack import StackPair, StackSimulation

STACKS = Shown(
    "stack of slices",
    "stacks of slices",
    StackSimulation,
    {
        "": "Solid",
        "instrument": "Instrument",
        "milling": "Milling",
        "solids.cathode": "Battery cathode",
        "solids.porous": "Porous ceramic",
        "solids.balls": "Balls in a matrix",
    },
)
"""What the page of a library of stacks says."""


def show_stacks(folder: Path) -> str:
    """Draw sections of some stacks of a library and the distributions of all, and say where."""
    source = StackSource(folder)
    # One that was begun larger may have gaps.
    there = [index for index in range(len(source)) if source.library.has(index)]
    if not there:
        raise FileError(f"the library {folder} has no stack yet; simulate some")
    sheet, page = folder / "contact.png", folder / "library.html"
    shown = [section(source(index)) for index in there[:MOST_SHOWN]]
    draw_contact_sheet(shown, sheet)
    write_library_page(source.library, there, shown, page, STACKS)
    return f"{len(there)} stacks in {folder}; look at {sheet} and {page}"


def section(stack: StackPair) -> Pair:
    """Give a section along z and x through the middle of y, measured and true.

    Each slice is as thick in it as it is in truth.
    """
    middle = stack.low.shape[1] // 2
    low = stack.low[:, middle].repeat(stack.factor, axis=0).repeat(stack.in_plane, axis=1)
    high = np.ascontiguousarray(stack.high[:, middle * stack.in_plane])
    return Pair(low, high, 1, stack.material, stack.drawn)

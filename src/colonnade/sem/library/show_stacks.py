"""Show what a library of stacks holds: a picture of some, and a page about all."""

from pathlib import Path

import numpy as np

from colonnade.sem.library.show import Shown, show_entries
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
"""What a library of stacks holds."""


def show_stacks(folder: Path) -> str:
    """Draw sections of some stacks of a library and the distributions of all, and say where."""
    return show_entries(StackSource(folder), folder, STACKS, section)


def section(stack: StackPair) -> Pair:
    """Give a section along z and x through the middle of y, measured and true.

    Each slice is as thick in it as it is in truth.
    """
    middle = stack.low.shape[1] // 2
    low = stack.low[:, middle].repeat(stack.factor, axis=0).repeat(stack.in_plane, axis=1)
    high = np.ascontiguousarray(stack.high[:, middle * stack.in_plane])
    return Pair(low, high, 1, stack.material, stack.drawn)

"""Slices of a stack that stand for all of them."""

from collections.abc import Iterator, Sequence

import numpy as np

from colonnade.core.errors import ColonnadeError
from colonnade.core.files.source import Source
from colonnade.core.images.repaired import Repaired

MEASURED_SLICES = 16
"""So many slices, evenly spread, stand for a stack."""


def spread_slices(count: int) -> list[int]:
    """Choose some of so many slices that stand for all."""
    chosen = np.linspace(0, count - 1, min(count, MEASURED_SLICES)).round()
    return [int(number) for number in chosen]


def seen_slices(source: Source, indices: Sequence[int]) -> Iterator[Repaired]:
    """Give those of the slices in which there is something to see.

    Raises
    ------
    ImageError
        If nothing can be seen in any of them.
    """
    errors = []
    for index in indices:
        try:
            yield Repaired(source.grey(index)[0])
        except ColonnadeError as error:
            errors.append(error)
    if len(errors) == len(indices):
        raise errors[0]

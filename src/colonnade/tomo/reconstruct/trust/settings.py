"""How a reconstruction is put to the test."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ValidationSettings:
    """How a reconstruction is put to the test, on some of its slices."""

    slices: int = 6
    """So many slices are reconstructed, spread over where the specimen is."""
    looked_at: int = 48
    """So many rows, evenly spread, are looked at to find where it is."""
    every: int = 6
    """Of so many views one is left out inside the range of tilts."""
    ends: float = 0.12
    """Share of the views that is left out at each end of the range."""
    least_views: int = 9
    """Of fewer views none can be left out."""

"""What speaks against the views of a series: empty, saturated, or the same twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.images.levels import check_ordinary, few_levels, saturated_share

NARROW = 10.0
"""Angles that span less hardly tell of the depth; more likely they are in radians [degrees]."""

MOST_BARE = 2
"""Views of so many grey levels are masks, or of single electrons; with a few more, of a low dose,
many views together still tell much."""

LISTED = 8
"""So many views are named."""


@dataclass(frozen=True)
class Look:
    """What is to be known of one view.

    Parameters
    ----------
    few
        How many grey levels it has, if they are few; else 0.
    saturated
        Share of its pixels that may be saturated.
    digest
        The same for views whose pixels are the same.
    """

    few: int
    saturated: float
    digest: bytes

    @classmethod
    def of(cls, grey: Single, number: int) -> "Look":
        """Look at a view of a number.

        Raises
        ------
        ImageError
            If it shows nothing, or its grey levels are too vast or too tiny.
        """
        if grey.min() == grey.max():
            raise ImageError(
                f"every pixel of view {number} is {grey.flat[0]:g}, so that it shows nothing; "
                "leave it out"
            )
        check_ordinary(grey)
        digest = blake2b(grey.tobytes(), digest_size=16).digest()
        return cls(few_levels(grey), saturated_share(grey), digest)


def doubts(looks: Sequence[Look]) -> list[str]:
    """Say in sentences what speaks against views."""
    found = []
    if few := [view for view, look in enumerate(looks) if 0 < look.few <= MOST_BARE]:
        found.append(f"{_named(few)} no more than {MOST_BARE} grey levels, and tell little")
    if bright := [view for view, look in enumerate(looks) if look.saturated]:
        most = 100 * max(look.saturated for look in looks)
        found.append(
            f"{_named(bright)} up to {most:.2g} % of the pixels at the brightest grey level, as "
            "where a detector is saturated: what was brighter is not known"
        )
    first: dict[bytes, int] = {}
    again = [view for view, one in enumerate(looks) if first.setdefault(one.digest, view) < view]
    if again:
        found.append(f"{_named(again)} the very pixels of an earlier view, and tell nothing new")
    return found


def narrow(angles: Sequence[float]) -> list[str]:
    """Say that angles [degrees] span hardly anything, if so."""
    span = max(angles) - min(angles)
    if span >= NARROW:
        return []
    return [f"the angles span {span:.2g} degrees only: should they be radians, give degrees"]


def _named(views: Sequence[int]) -> str:
    """Name some views, and say that they have something."""
    if len(views) == 1:
        return f"view {views[0]} has"
    more = f" and {len(views) - LISTED} more" if len(views) > LISTED else ""
    return f"views {', '.join(map(str, views[:LISTED]))}{more} have"

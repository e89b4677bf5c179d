"""Say which files of a folder are left out."""

from collections.abc import Sequence

from colonnade.core.errors import warn

NAMED = 5
"""So many of them are named."""


def warn_of_left_out(names: Sequence[str], why: str) -> None:
    """Warn of files that are left out, if there are any.

    Parameters
    ----------
    names
        Of the files.
    why
        What they are and lack, such as "images have no truth of their name".
    """
    if names:
        listed = ", ".join(names[:NAMED]) + (" and more" if len(names) > NAMED else "")
        warn(f"{len(names)} {why} and are left out: {listed}")

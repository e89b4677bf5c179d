"""How long work tells what it has done."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the number of finished items and of all."""


def silent(done: int, total: int) -> None:
    """Say nothing of what is done."""

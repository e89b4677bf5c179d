"""How long work tells what it has done."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the number of finished items and of all."""

"""At which tilts a series is taken."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import NEVER, Draws, Range

STEEPEST = 80.0
"""Films are not seen at higher tilts, where they are six times as thick [degrees]."""


@dataclass(frozen=True)
class Tilts:
    """How a specimen is tilted."""

    reach: tuple[float, ...] = (50.0, 60.0, 70.0, 75.0)
    """The views lie between tilts of minus and plus this, each choice as likely [degrees]."""
    step: tuple[float, ...] = (1.0, 2.0, 3.0)
    """From each tilt to the next, each choice as likely [degrees]."""
    irregular: float = 0.2
    """Share of the series whose tilts are not evenly spaced, but known."""
    jitter: Range = (0.05, 0.5)
    """Standard deviation of the tilts of such a series from even ones [degrees]."""

    def __post_init__(self) -> None:
        if not self.reach or not self.step:
            raise RecipeError("tilts.reach and tilts.step must name at least one number")
        if not all(0 < reach <= STEEPEST for reach in self.reach):
            raise RecipeError(
                f"tilts.reach must lie between 0 and {STEEPEST:g} degrees, not {self.reach}"
            )
        if not all(0 < step <= min(self.reach) for step in self.step):
            raise RecipeError(
                f"tilts.step must be above 0 and no more than tilts.reach, not {self.step}"
            )

    @property
    def most_views(self) -> int:
        """No series has more views."""
        return _count(max(self.reach), min(self.step))


def _count(reach: float, step: float) -> int:
    return 2 * int(reach / step + 1e-6) + 1


def draw_tilts(recipe: Tilts, draws: Draws) -> Array:
    """Draw the tilts of a series, from the lowest to the highest [degrees]."""
    reach = draws.choice("tilts.reach", recipe.reach)
    step = draws.choice("tilts.step", recipe.step)
    irregular = draws.happens("tilts.irregular", recipe.irregular)
    jitter = draws.uniform("tilts.jitter", recipe.jitter if irregular else NEVER)
    count = _count(reach, step)
    even = step * (np.arange(count) - count // 2)
    off = (jitter * draws.rng.standard_normal(count)).clip(-0.5 * step, 0.5 * step)
    return np.sort((even + off).clip(-STEEPEST, STEEPEST))

"""A mixture of solids."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from colonnade.core.work.draws import Draws, check_kinds
from colonnade.sem.simulate.materials.mixture import LIMITS
from colonnade.sem.simulate.solids.balls import SolidBalls, draw_solid_balls
from colonnade.sem.simulate.solids.cathode import SolidCathode, draw_solid_cathode
from colonnade.sem.simulate.solids.porous import SolidPorous, draw_solid_porous
from colonnade.sem.simulate.solids.solid import Solid


@dataclass(frozen=True)
class SolidShares:
    """How often each solid is shown, relative to the others."""

    cathode: float = 1.0
    """A battery cathode."""
    porous: float = 1.0
    """A porous ceramic."""
    balls: float = 1.0
    """Balls in a matrix."""


@dataclass(frozen=True)
class Solids:
    """What volumes show."""

    shares: SolidShares = field(default_factory=SolidShares)
    cathode: SolidCathode = field(default_factory=SolidCathode)
    porous: SolidPorous = field(default_factory=SolidPorous)
    balls: SolidBalls = field(default_factory=SolidBalls)

    def __post_init__(self) -> None:
        check_kinds(self, "solids", LIMITS)


SOLIDS: dict[str, Callable[[Any, Draws, tuple[int, int, int]], Solid]] = {
    "cathode": draw_solid_cathode,
    "porous": draw_solid_porous,
    "balls": draw_solid_balls,
}
"""What draws each solid, by the name of its recipe in `Solids`."""


def draw_solid(recipe: Solids, draws: Draws, size: tuple[int, int, int]) -> Solid:
    """Draw a solid of one of the kinds, in a volume (z, y, x) [px]."""
    shares = {one.name: float(getattr(recipe.shares, one.name)) for one in fields(SolidShares)}
    name = draws.choice("material", tuple(shares), tuple(shares.values()))
    solid = SOLIDS[name](getattr(recipe, name), draws, size)
    draws.record["material"] = solid.material
    return solid

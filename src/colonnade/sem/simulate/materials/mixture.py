"""A mixture of materials, and of sharp and soft pictures."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Limits, Range, check_kinds
from colonnade.sem.scene import SampledScene
from colonnade.sem.simulate.materials.cathode import Cathode, draw_cathode
from colonnade.sem.simulate.materials.fibres import Fibres, draw_fibres
from colonnade.sem.simulate.materials.film import Film, draw_film
from colonnade.sem.simulate.materials.gold import Gold, draw_gold
from colonnade.sem.simulate.materials.metal import Metal, draw_metal
from colonnade.sem.simulate.materials.porous import Porous, draw_porous
from colonnade.sem.simulate.materials.powder import Powder, draw_powder
from colonnade.sem.simulate.materials.rock import Rock, draw_rock
from colonnade.sem.simulate.materials.soft import SoftScene
from colonnade.sem.simulate.materials.tin_balls import TinBalls, draw_tin_balls


@dataclass(frozen=True)
class Shares:
    """How often each material is shown, relative to the others."""

    tin_balls: float = 1.0
    """Tin balls on carbon."""
    cathode: float = 1.0
    """A battery cathode in cross-section."""
    porous: float = 1.0
    """Porous ceramics."""
    gold: float = 1.0
    """Gold islands on carbon."""
    powder: float = 1.0
    """Piles of fine particles."""
    rock: float = 1.0
    """A polished rock."""
    fibres: float = 1.0
    """Mats of fibres."""
    metal: float = 1.0
    """A polished metal."""
    film: float = 0.0
    """Films and substrates among the sharp pictures."""
    soft_film: float = 2.0
    """The same among the soft ones."""


@dataclass(frozen=True)
class Materials:
    """What scenes show."""

    soft: float = 0.4
    """Share of the images that are blurred even where they are sharpest."""
    defocus: Range = (1.0, 6.0)
    """Standard deviation of that blur [px], drawn logarithmically."""
    shares: Shares = field(default_factory=Shares)
    tin_balls: TinBalls = field(default_factory=TinBalls)
    cathode: Cathode = field(default_factory=Cathode)
    porous: Porous = field(default_factory=Porous)
    gold: Gold = field(default_factory=Gold)
    powder: Powder = field(default_factory=Powder)
    rock: Rock = field(default_factory=Rock)
    fibres: Fibres = field(default_factory=Fibres)
    metal: Metal = field(default_factory=Metal)
    film: Film = field(default_factory=Film)

    def __post_init__(self) -> None:
        if not self.defocus[0] > 0:
            raise RecipeError(f"materials.defocus must be positive, not {self.defocus}")
        check_kinds(self, "materials", LIMITS)


LIMITS = {
    **dict.fromkeys(("coverage", "escape", "filled", "pore"), Limits(above=0)),
    "openness": Limits(above=0, below=1),
    "elongation": Limits(least=1),
    **dict.fromkeys(("bend", "blur", "channelling", "clouds", "curtains"), Limits(least=0)),
    **dict.fromkeys(("grains", "pores", "roughness", "scratches", "spread"), Limits(least=0)),
}
"""Between what the ranges of all materials lie, where not every number makes an image."""


MATERIALS: dict[str, Callable[[Any, Draws, tuple[int, int]], SampledScene]] = {
    "tin_balls": draw_tin_balls,
    "cathode": draw_cathode,
    "porous": draw_porous,
    "gold": draw_gold,
    "powder": draw_powder,
    "rock": draw_rock,
    "fibres": draw_fibres,
    "metal": draw_metal,
    "film": draw_film,
}
"""What draws each material, by the name of its recipe in `Materials`."""


def draw_scene(recipe: Materials, draws: Draws, size: tuple[int, int]) -> SampledScene:
    """Draw a scene of one of the materials.

    Parameters
    ----------
    recipe
        Of all of them.
    draws
        Source of what is drawn.
    size
        Height and width of the scene [px].
    """
    soft = draws.happens("materials.soft", recipe.soft)
    shares = {one.name: float(getattr(recipe.shares, one.name)) for one in fields(Shares)}
    soft_film = shares.pop("soft_film")
    if soft:
        shares["film"] = soft_film
    name = draws.choice("material", tuple(shares), tuple(shares.values()))
    scene = MATERIALS[name](getattr(recipe, name), draws, size)
    draws.record["material"] = scene.material
    if not soft:
        return scene
    return SoftScene(scene, draws.log_uniform("materials.defocus", recipe.defocus))

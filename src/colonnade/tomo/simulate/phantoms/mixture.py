"""A mixture of the families of specimens."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from colonnade.core.work.draws import Draws, Limits, check_kinds
from colonnade.tomo.simulate.phantoms.catalyst import Catalyst, draw_catalyst
from colonnade.tomo.simulate.phantoms.core_shell import CoreShell, draw_core_shell
from colonnade.tomo.simulate.phantoms.faceted import Faceted, draw_faceted
from colonnade.tomo.simulate.phantoms.film import Film, draw_film
from colonnade.tomo.simulate.phantoms.grains import Grains, draw_grains
from colonnade.tomo.simulate.phantoms.needle import Needle, draw_needle
from colonnade.tomo.simulate.phantoms.phantom import Phantom
from colonnade.tomo.simulate.phantoms.porous import Porous, draw_porous
from colonnade.tomo.simulate.phantoms.texture import Texture, draw_texture


@dataclass(frozen=True)
class PhantomShares:
    """How often each family is shown, relative to the others."""

    faceted: float = 1.0
    """Crystals with facets."""
    core_shell: float = 1.0
    """Particles with a core and shells, and hollow ones."""
    porous: float = 1.0
    """A porous network."""
    catalyst: float = 1.0
    """Particles on a support."""
    grains: float = 1.0
    """A polycrystal."""
    texture: float = 1.0
    """A smooth random field."""
    film: float = 1.0
    """A thin film."""
    needle: float = 1.0
    """A needle of layers."""


@dataclass(frozen=True)
class Phantoms:
    """What the series show."""

    shares: PhantomShares = field(default_factory=PhantomShares)
    faceted: Faceted = field(default_factory=Faceted)
    core_shell: CoreShell = field(default_factory=CoreShell)
    porous: Porous = field(default_factory=Porous)
    catalyst: Catalyst = field(default_factory=Catalyst)
    grains: Grains = field(default_factory=Grains)
    texture: Texture = field(default_factory=Texture)
    film: Film = field(default_factory=Film)
    needle: Needle = field(default_factory=Needle)

    def __post_init__(self) -> None:
        check_kinds(self, "phantoms", LIMITS)


LIMITS = {
    **dict.fromkeys(("reach", "small", "radius", "thickness", "mean"), Limits(above=0)),
    "openness": Limits(above=0, below=1),
    **dict.fromkeys(("longest", "oval"), Limits(least=1)),
    **dict.fromkeys(("filled", "void"), Limits(least=0)),
}
"""Between what the ranges of all families lie, where not every number makes a specimen."""


FAMILIES: dict[str, Callable[[Any, Draws, tuple[int, int, int]], Phantom]] = {
    "faceted": draw_faceted,
    "core_shell": draw_core_shell,
    "porous": draw_porous,
    "catalyst": draw_catalyst,
    "grains": draw_grains,
    "texture": draw_texture,
    "film": draw_film,
    "needle": draw_needle,
}
"""What draws each family, by the name of its recipe in `Phantoms`."""


def draw_phantom(recipe: Phantoms, draws: Draws, size: tuple[int, int, int]) -> Phantom:
    """Draw a specimen of one of the families, for a volume (z, y, x) [px]."""
    shares = {one.name: float(getattr(recipe.shares, one.name)) for one in fields(PhantomShares)}
    name = draws.choice("family", tuple(shares), tuple(shares.values()))
    phantom = FAMILIES[name](getattr(recipe, name), draws, size)
    draws.record["family"] = phantom.family
    return phantom

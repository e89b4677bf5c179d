"""Crystals with facets, one or several side by side, some with voids."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Range, uniform, uniforms
from colonnade.tomo.simulate.phantoms.bodies import Bodies, Body, pack, solid
from colonnade.tomo.simulate.phantoms.phantom import Room
from colonnade.tomo.simulate.phantoms.shapes import draw_crystal, draw_splinter


@dataclass(frozen=True)
class Faceted:
    """Crystals with facets; each range is drawn from evenly."""

    single: float = 0.5
    """Share of the specimens that are one crystal."""
    most: int = 9
    """Crystals of the others, at most."""
    reach: Range = (0.55, 1.0)
    """How far a single crystal reaches, as a share of the room that it has."""
    small: Range = (0.15, 0.5)
    """How far each of several reaches."""
    longest: Range = (1.0, 2.2)
    """How many times as long as thick a crystal may be."""
    broken: float = 0.25
    """Share of the specimens with faces in any direction."""
    grey: Range = (0.5, 1.0)
    """Grey level of the brightest crystal."""
    unlike: Range = (0.0, 0.4)
    """How much darker others may be, as a share of it."""
    hollow: float = 0.3
    """Share of the specimens with voids."""
    void: Range = (0.08, 0.3)
    """How far a void reaches, as a share of its crystal's reach."""

    def __post_init__(self) -> None:
        if self.most < 2:
            raise RecipeError(f"phantoms.faceted.most must be 2 or more, not {self.most}")


def draw_faceted(recipe: Faceted, draws: Draws, size: tuple[int, int, int]) -> Bodies:
    """Draw crystals with facets."""
    rng, room = draws.rng, Room.of(size)
    single = draws.happens("phantoms.faceted.single", recipe.single)
    limits = recipe.reach if single else recipe.small
    count = 1 if single else int(rng.integers(2, recipe.most + 1))
    reaches = room.radius * np.sort(uniforms(rng, limits, count))[::-1]
    longest = draws.uniform("phantoms.faceted.longest", recipe.longest)
    broken = draws.happens("phantoms.faceted.broken", recipe.broken)
    grey = draws.uniform("phantoms.faceted.grey", recipe.grey)
    unlike = draws.uniform("phantoms.faceted.unlike", recipe.unlike)
    hollow = draws.happens("phantoms.faceted.hollow", recipe.hollow)
    bodies: list[Body] = []
    for centre, reach in pack(rng, room, reaches):
        crystal = (
            draw_splinter(rng, centre, reach)
            if broken
            else draw_crystal(rng, centre, reach, longest)
        )
        bodies.append(solid(crystal, grey * (1 - unlike * rng.random() * (not single))))
        if hollow:
            inner = crystal.inner
            for _ in range(rng.integers(1, 5)):
                void = min(reach * uniform(rng, recipe.void), 0.6 * inner)
                away = rng.standard_normal(3)
                away *= (inner - void) * rng.random() ** (1 / 3) / np.linalg.norm(away)
                bodies.append(solid(draw_crystal(rng, centre + away, void, 1.3), 0.0))
    return Bodies("faceted", bodies)

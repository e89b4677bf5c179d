"""Particles with a core and shells, and hollow ones."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Range, uniforms
from colonnade.tomo.simulate.phantoms.bodies import Bodies, Body, Layer, pack, solid
from colonnade.tomo.simulate.phantoms.phantom import Room, Shape
from colonnade.tomo.simulate.phantoms.shapes import (
    draw_crystal,
    draw_ellipsoid,
    draw_rough_ellipsoid,
)


@dataclass(frozen=True)
class CoreShell:
    """Particles with a core and shells; each range is drawn from evenly."""

    single: float = 0.5
    """Share of the specimens that are one particle."""
    most: int = 7
    """Particles of the others, at most."""
    reach: Range = (0.5, 1.0)
    """How far a single particle reaches, as a share of the room that it has."""
    small: Range = (0.2, 0.5)
    """How far each of several reaches."""
    longest: Range = (1.0, 2.0)
    """How many times as long as thick a particle may be."""
    roughness: Range = (0.0, 0.06)
    """Standard deviation of the surface's height, as a share of the reach."""
    faceted: float = 0.3
    """Share of the specimens whose particles have facets."""
    shell: Range = (0.12, 0.45)
    """Thickness of the shell, as a share of the smallest radius."""
    brighter: Range = (0.5, 1.0)
    """Grey level of the brighter of core and shell."""
    contrast: Range = (0.2, 0.75)
    """How much darker the other is, as a share of it."""
    bright_core: float = 0.5
    """Share of the specimens whose core is the brighter."""
    hollow: float = 0.4
    """Share of the specimens whose core is empty."""
    yolk: float = 0.4
    """Share of the hollow ones in which a ball lies loose."""
    double: float = 0.3
    """Share of the others with a second shell."""
    opened: float = 0.25
    """Share of the specimens whose shells have holes."""

    def __post_init__(self) -> None:
        if self.most < 2:
            raise RecipeError(f"phantoms.core_shell.most must be 2 or more, not {self.most}")


def draw_core_shell(recipe: CoreShell, draws: Draws, size: tuple[int, int, int]) -> Bodies:
    """Draw particles with a core and shells, all of one kind."""
    rng, room = draws.rng, Room.of(size)
    single = draws.happens("phantoms.core_shell.single", recipe.single)
    limits = recipe.reach if single else recipe.small
    count = 1 if single else int(rng.integers(2, recipe.most + 1))
    longest = draws.uniform("phantoms.core_shell.longest", recipe.longest)
    roughness = draws.uniform("phantoms.core_shell.roughness", recipe.roughness)
    faceted = draws.happens("phantoms.core_shell.faceted", recipe.faceted)
    kind = _draw_kind(recipe, draws)
    opened = draws.happens("phantoms.core_shell.opened", recipe.opened)
    bodies: list[Body] = []
    for centre, reach in pack(rng, room, room.radius * uniforms(rng, limits, count)):
        surface = (
            draw_crystal(rng, centre, reach, longest)
            if faceted
            else draw_rough_ellipsoid(rng, centre, reach, longest, roughness)
        )
        radius = surface.inner
        bodies.append(kind.body(surface, radius))
        if opened:
            for _ in range(rng.integers(1, 4)):
                bodies.append(_hole(rng, centre, radius, kind.shell))
        if kind.yolk:
            inside = radius * (1 - kind.shell)
            ball = inside * rng.uniform(0.35, 0.8)
            away = rng.standard_normal(3)
            away *= (inside - ball) / np.linalg.norm(away)
            bodies.append(solid(draw_ellipsoid(rng, centre + away, ball, 1.2), kind.inner))
    return Bodies("core-shell", bodies)


@dataclass(frozen=True)
class _Kind:
    """What the particles of a specimen have in common."""

    shell: float
    outer: float
    inner: float
    hollow: bool
    yolk: bool
    double: bool

    def body(self, surface: Shape, radius: float) -> Body:
        """Give a surface its shells and its core."""
        thick = self.shell * radius
        layers = [Layer(0.0, self.outer), Layer(thick, 0.0 if self.hollow else self.inner)]
        if self.double:
            layers.append(Layer(thick + (radius - thick) / 2, self.outer))
        return Body(surface, tuple(layers))


def _draw_kind(recipe: CoreShell, draws: Draws) -> _Kind:
    hollow = draws.happens("phantoms.core_shell.hollow", recipe.hollow)
    brighter = draws.uniform("phantoms.core_shell.brighter", recipe.brighter)
    darker = brighter * (1 - draws.uniform("phantoms.core_shell.contrast", recipe.contrast))
    bright_core = draws.happens("phantoms.core_shell.bright_core", recipe.bright_core)
    return _Kind(
        shell=draws.uniform("phantoms.core_shell.shell", recipe.shell),
        outer=darker if bright_core else brighter,
        inner=brighter if bright_core else darker,
        hollow=hollow,
        yolk=draws.happens("phantoms.core_shell.yolk", recipe.yolk * hollow),
        double=draws.happens("phantoms.core_shell.double", recipe.double * (not hollow)),
    )


def _hole(rng: np.random.Generator, centre: Array, radius: float, shell: float) -> Body:
    """Give a hole through a shell."""
    away = rng.standard_normal(3)
    away *= radius * (1 - shell / 2) / np.linalg.norm(away)
    return solid(draw_ellipsoid(rng, centre + away, 1.2 * shell * radius, 1.3), 0.0)

"""How crystals lie in the field of view: boundaries between grains, edges and particles."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from colonnade.atoms.simulate.specimen.lattice import ROWS, Lattice, Line, turn, twin_rows
from colonnade.atoms.simulate.specimen.regions import Facet, Region, polygon
from colonnade.core.arrays import Array
from colonnade.core.work.draws import Draws, Range

TOUCH = 1e-4
"""Columns that stand on a boundary, but for rounding, belong to the first of its grains [nm]."""

MIDDLE: Range = (0.2, 0.8)
"""Boundaries and edges run through a point in this part of the field of view."""

SLOPE: Range = (0.3, 2.5)
"""Thickness that a crystal gains for each nm inwards from an edge, drawn logarithmically."""

FACET: Range = (1.0, 2.5)
"""The same for each facet of a particle; above and below together."""

RADIUS: Range = (0.8, 4.0)
"""Radius of particles, drawn logarithmically [nm]."""

GAP: Range = (0.4, 4.0)
"""Width of the vacuum between two crystals, drawn logarithmically [nm]."""

COVERED: Range = (0.0, 0.4)
"""Share of the field of view that particles would cover beside the first, if they all fitted."""

ATTEMPTS = 8
"""Places that are tried for a particle until there is room."""


@dataclass(frozen=True)
class Grain:
    """A crystal and the part of the field of view that it fills."""

    lattice: Lattice
    region: Region


Plant = Callable[[str], Lattice]
"""Draws a crystal, by the name under which the draw is recorded, and puts it down at random."""

Arrange = Callable[[Array, Plant, Draws], list[Grain]]
"""Fills a field of view of some height and width [nm] with grains."""


def crystal(field: Array, plant: Plant, draws: Draws) -> list[Grain]:
    """One crystal everywhere."""
    return [Grain(plant("crystal"), Region())]


def grain_boundary(field: Array, plant: Plant, draws: Draws) -> list[Grain]:
    """The same crystal, turned, beyond a line of any direction."""
    lattice = plant("crystal")
    angle = draws.uniform("specimen.misorientation", (0.0, 2 * np.pi))
    other = replace(lattice, rotation=lattice.rotation + angle, origin=draws.rng.uniform(0, field))
    direction = draws.uniform("specimen.line", (0.0, 2 * np.pi))
    return _beside(lattice, other, _line(direction, _middle(field, draws)))


def twin(field: Array, plant: Plant, draws: Draws) -> list[Grain]:
    """The mirror image of the crystal beyond one of its rows."""
    lattice = plant("crystal")
    rows = ROWS[twin_rows(lattice.crystal)] @ lattice.basis
    line = lattice.twin_line(_any(rows, draws), _middle(field, draws))
    return _beside(lattice, lattice.mirrored(line), line)


def antiphase(field: Array, plant: Plant, draws: Draws) -> list[Grain]:
    """The same crystal, shifted by half a repeat, beyond one of its rows."""
    lattice = plant("crystal")
    line = lattice.line_between_rows(_any(lattice.rows()[:3], draws), _middle(field, draws))
    repeats = np.array([(1, 0), (0, 1), (1, 1)]) @ lattice.basis
    return _beside(lattice, lattice.shifted(_any(repeats, draws) / 2), line)


def interface(field: Array, plant: Plant, draws: Draws) -> list[Grain]:
    """Another crystal beyond one of its rows; in half of the images their rows are parallel."""
    lattice, other = plant("crystal"), plant("other")
    row = _any(lattice.rows()[:3], draws)
    line = lattice.line_between_rows(row, _middle(field, draws))
    if draws.happens("specimen.parallel", 0.5):
        foot = line.foot(_middle(field, draws))
        other = _aligned(other, _any(other.rows()[:3], draws), row, foot)
    return _beside(lattice, other, line)


def edge(field: Array, plant: Plant, draws: Draws) -> list[Grain]:
    """A crystal that thins to a straight edge, or to a corner of two, along its rows or not."""
    lattice = plant("crystal")
    point = _middle(field, draws)
    count = draws.choice("specimen.facets", (1, 2), (0.7, 0.3))
    if draws.happens("specimen.faceted", 0.6):
        rows = draws.rng.permutation(lattice.rows()[:3])[:count]
        lines = [lattice.line_between_rows(row, point) for row in rows]
    else:
        first = draws.uniform("specimen.line", (0.0, 2 * np.pi))
        second = first + draws.rng.uniform(np.pi / 3, 2 * np.pi / 3)
        lines = [_line(angle, point) for angle in (first, second)[:count]]
    if draws.rng.random() < 0.5:
        lines = [line.reversed() for line in lines]
    slope = draws.log_uniform("specimen.slope", SLOPE)
    return [Grain(lattice, Region(tuple(Facet(line, slope) for line in lines)))]


def gap(field: Array, plant: Plant, draws: Draws) -> list[Grain]:
    """The same crystal, turned, beyond a strip of vacuum to which both thin."""
    lattice = plant("crystal")
    angle = draws.uniform("specimen.misorientation", (0.0, 2 * np.pi))
    other = replace(lattice, rotation=lattice.rotation + angle, origin=draws.rng.uniform(0, field))
    line = _line(draws.uniform("specimen.line", (0.0, 2 * np.pi)), _middle(field, draws))
    half = draws.log_uniform("specimen.gap", GAP) / 2
    slope = draws.log_uniform("specimen.slope", SLOPE)
    near, beyond = (replace(side, offset=side.offset - half) for side in (line, line.reversed()))
    return [
        Grain(lattice, Region((Facet(near, slope),))),
        Grain(other, Region((Facet(beyond, slope),))),
    ]


def particle(field: Array, plant: Plant, draws: Draws) -> list[Grain]:
    """One or several particles with facets along their rows, turned at random, not touching."""
    lattice = plant("crystal")
    radius = draws.log_uniform("specimen.radius", RADIUS)
    share = draws.uniform("specimen.covered", COVERED)
    more = draws.rng.poisson(share * field[0] * field[1] / (np.pi * radius**2))
    grains: list[Grain] = []
    for _ in range(1 + more):
        turned = replace(lattice, rotation=draws.rng.uniform(0, 2 * np.pi))
        outline = _outline(turned, radius, draws.rng)
        centres = _free(draws.rng.uniform(0, field, (ATTEMPTS, 2)), outline, grains)
        if len(centres):
            origin = centres[0] + draws.rng.uniform(-0.5, 0.5, 2) @ lattice.basis
            grains.append(Grain(replace(turned, origin=origin), outline.moved(centres[0])))
    draws.record["specimen.particles"] = float(len(grains))
    return grains


SCENES: dict[str, Arrange] = {
    "crystal": crystal,
    "grain_boundary": grain_boundary,
    "twin": twin,
    "antiphase": antiphase,
    "interface": interface,
    "edge": edge,
    "gap": gap,
    "particle": particle,
}
"""The scenes that show a crystal."""


def _outline(lattice: Lattice, radius: float, rng: np.random.Generator) -> Region:
    """A polygon with two facets, on opposite sides, along each of three or four dense rows."""
    rows = lattice.rows()[: rng.integers(3, 5)]
    normals = np.stack([-rows[:, 1], rows[:, 0]], 1) / np.linalg.norm(rows, axis=1)[:, None]
    normals = np.concatenate([normals, -normals])
    distances = radius * rng.uniform(0.8, 1.2) * rng.uniform(0.85, 1.15, len(normals))
    low, high = np.log(FACET)
    return polygon(normals, distances, np.exp(rng.uniform(low, high, len(normals))))


def _free(centres: Array, outline: Region, grains: list[Grain]) -> Array:
    """Those centres at which there is room for a region beside the others."""
    others = np.array([grain.region.centre for grain in grains]).reshape(-1, 2)
    reaches = np.array([grain.region.reach for grain in grains])
    apart = np.linalg.norm(centres[:, None] - others, axis=-1)
    return np.asarray(centres[(apart > reaches + outline.reach).all(1)])


def _beside(lattice: Lattice, other: Lattice, line: Line) -> list[Grain]:
    """Two crystals on both sides of a line."""
    near, beyond = replace(line, offset=line.offset + TOUCH), line.reversed()
    beyond = replace(beyond, offset=beyond.offset - TOUCH)
    return [
        Grain(lattice, Region((Facet(near),))),
        Grain(other, Region((Facet(beyond),))),
    ]


def _aligned(lattice: Lattice, row: Array, along: Array, foot: Array) -> Lattice:
    """Turn one of a crystal's rows into a direction, and put a gap between its rows to a point."""
    angle = np.arctan2(along[0], along[1]) - np.arctan2(row[0], row[1])
    turned = replace(lattice, rotation=lattice.rotation + angle)
    line = turned.line_between_rows(row @ turn(angle), foot)
    return turned.shifted(foot - line.foot(foot))


def _line(direction: float, point: Array) -> Line:
    """Draw a line through a point; the direction is that of its normal [rad]."""
    normal = np.array([np.sin(direction), np.cos(direction)])
    return Line(normal, float(point @ normal))


def _middle(field: Array, draws: Draws) -> Array:
    """Draw a point that is not near the border."""
    return draws.rng.uniform(*MIDDLE, 2) * field


def _any(vectors: Array, draws: Draws) -> Array:
    """Draw one of several vectors."""
    return np.asarray(vectors[draws.rng.integers(len(vectors))])

"""Grains filled with columns: where they stand, and how many repeats of the crystal each has."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.specimen.defects import Displacement, apart
from colonnade.atoms.simulate.specimen.films import Grid
from colonnade.atoms.simulate.specimen.grains import Grain
from colonnade.atoms.simulate.specimen.lattice import repeat_along_beam
from colonnade.atoms.simulate.specimen.stacks import Stacks, joined, staying
from colonnade.atoms.simulate.specimen.thickness import Thickness
from colonnade.core.arrays import Array

Index = NDArray[np.int64]


def grow(
    grains: Sequence[Grain],
    displacements: Sequence[Displacement],
    thickness: Thickness,
    corners: tuple[Array, Array],
    exponent: float,
) -> Stacks:
    """Fill grains with columns.

    Parameters
    ----------
    grains
        At least one crystal, and where it is.
    displacements
        Defects that move the columns of all grains.
    thickness
        Of the specimen away from edges.
    corners
        The rectangle to fill (y, x) [nm].
    exponent
        Power of the atomic number that an atom scatters.
    """
    filled = [_fill(grain, displacements, corners) for grain in grains]
    stacks = joined(
        [
            _stack(grain, positions, index, thickness, exponent)
            for grain, (positions, index) in zip(grains, filled, strict=True)
        ]
    )
    if not displacements and (len(grains) == 1 or np.isfinite(grains[0].region.reach)):
        return stacks
    number = np.repeat(np.arange(len(grains)), [len(index) for _, index in filled])
    index = np.concatenate([index for _, index in filled])
    crystals = [grain.lattice.crystal for grain in grains]
    return stacks[apart(stacks.positions, number, index, crystals)]


def _fill(
    grain: Grain, displacements: Sequence[Displacement], corners: tuple[Array, Array]
) -> tuple[Array, Index]:
    """Columns of a grain, and which column of a repeat each is."""
    reach = sum(displacement.reach for displacement in displacements)
    low, high = grain.region.bounds(corners[0] - reach, corners[1] + reach)
    positions, index = grain.lattice.fill(low, high)
    if displacements:
        positions = positions + sum(displacement.at(positions) for displacement in displacements)
    inside = grain.region.inside(positions)
    return positions[inside], index[inside]


def _stack(
    grain: Grain, positions: Array, index: Index, thickness: Thickness, exponent: float
) -> Stacks:
    """Stack whole repeats of the crystal."""
    crystal = grain.lattice.crystal
    repeat = repeat_along_beam(crystal)
    if crystal.layer:
        repeats = np.ones(len(positions))
    else:
        repeats = thickness.repeats(positions, repeat)
        if grain.region.thins:
            # One repeat at the edge, and another one wherever the facet has risen by that much.
            height = np.maximum(grain.region.height(*positions.T), 0)
            repeats = np.minimum(repeats, 1 + np.floor(height / repeat))
    count = np.array([len(atoms) for atoms in crystal.composition]) * repeat / crystal.period
    return Stacks(
        positions,
        crystal.strength(exponent)[index],
        repeats * repeat,
        crystal.atomic_numbers()[index],
        repeats * count[index],
        staying(len(positions)),
    )


def thickness_map(
    grains: Sequence[Grain], thickness: Thickness, grid: Grid
) -> NDArray[np.float32]:
    """Thickness of the crystals at each pixel [nm]."""
    if not any(grain.region.thins or grain.lattice.crystal.layer for grain in grains):
        periods = {repeat_along_beam(grain.lattice.crystal) for grain in grains}
        if len(periods) == 1:
            return thickness.between(grid.y, grid.x, periods.pop())
    total = np.zeros(grid.shape, np.float32)
    for grain in grains:
        where, part = grid.part(grain.region)
        here = _bulk(grain, thickness, part)
        if grain.region.thins and not grain.lattice.crystal.layer:
            np.minimum(here, grain.region.height(part.y, part.x), out=here)
        elif grain.region.facets:
            here *= grain.region.depth(part.y, part.x) >= 0
        np.maximum(total[where], here, out=total[where])
    return total


def _bulk(grain: Grain, thickness: Thickness, grid: Grid) -> NDArray[np.float32]:
    """Thickness at each pixel, away from the grain's facets [nm]."""
    crystal = grain.lattice.crystal
    repeat = repeat_along_beam(crystal)
    if crystal.layer:
        return np.full(grid.shape, repeat, np.float32)
    return thickness.between(grid.y, grid.x, repeat)

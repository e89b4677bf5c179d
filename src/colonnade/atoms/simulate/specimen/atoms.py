"""Single atoms on a film: in pairs and clusters, of two elements, uneven, and on the move."""

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.spatial import cKDTree

from colonnade.atoms.simulate.specimen.stacks import (
    NEIGHBOURS,
    Stacks,
    first_of,
    joined,
    scattered,
    single_atoms,
)
from colonnade.core.arrays import Array
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import NEVER, Draws, Range, uniform, uniforms

ELEMENTS = (45, 46, 47, 57, 72, 74, 75, 77, 78, 79, 82, 83, 92)
"""Heavy elements, of which single atoms are."""

ROOM = 0.06
"""Area of a cluster for each of its atoms, seen from above [nm²]."""

PROBED = 0.15
"""An atom hops while the beam is within this distance of its middle [nm]."""


@dataclass(frozen=True)
class Atoms:
    """How single atoms lie; each range is drawn from evenly for an image."""

    dimers: Range = NEVER
    """Share of the atoms that have a partner."""
    dimer_distance: Range = (0.2, 0.35)
    """Distance of the partner, for each pair [nm]."""
    clusters: Range = NEVER
    """Clusters one atom high [1/nm²]."""
    cluster_atoms: tuple[int, int] = (3, 20)
    """Atoms that a cluster would have if they all found room, evenly."""
    two_elements: float = 0.0
    """Share of the images with atoms of a second heavy element."""
    unevenness: Range = NEVER
    """Standard deviation of the logarithm of what each scatters, in focus or out of it."""
    hopping: Range = NEVER
    """Share of the atoms that hop while they are scanned, cut between two rows."""
    hop: Range = (0.2, 1.0)
    """How far they hop [nm]."""

    def __post_init__(self) -> None:
        for item in fields(self):
            if np.min(getattr(self, item.name)) < 0:
                raise RecipeError(f"specimen.atoms.{item.name} must not be negative")


def lay_atoms(
    recipe: Atoms, corners: tuple[Array, Array], density: float, exponent: float, draws: Draws
) -> Stacks:
    """Draw single atoms in a rectangle.

    Parameters
    ----------
    recipe
        How they lie.
    corners
        Of the rectangle (y, x) [nm].
    density
        Expected number per area of those that lie on their own or begin a pair [1/nm²].
    exponent
        Power of the atomic number that an atom scatters.
    draws
        Source of what is drawn.
    """
    positions = _grouped(recipe, scattered(*corners, density, draws.rng), corners, draws)
    element = draws.choice("specimen.element", ELEMENTS) if len(positions) else 0
    atoms = single_atoms(positions, element, exponent)
    if recipe.two_elements and draws.happens("specimen.two_elements", recipe.two_elements):
        atoms = _with_second(atoms, exponent, draws)
    if recipe.unevenness != NEVER:
        spread = draws.uniform("specimen.unevenness", recipe.unevenness)
        uneven = np.exp(spread * draws.rng.standard_normal(len(atoms)))
        atoms = replace(atoms, strength=atoms.strength * uneven)
    if recipe.hopping != NEVER:
        share = draws.uniform("specimen.hopping", recipe.hopping)
        atoms = hopped(atoms, share, recipe.hop, draws.rng)
    return atoms


def _grouped(recipe: Atoms, positions: Array, corners: tuple[Array, Array], draws: Draws) -> Array:
    """Add partners and clusters to atoms, as far as there is room."""
    rng, parts = draws.rng, [positions]
    if recipe.dimers != NEVER:
        share = draws.uniform("specimen.dimers", recipe.dimers)
        first = positions[rng.random(len(positions)) < share]
        away = uniforms(rng, recipe.dimer_distance, len(first))
        parts.append(first + away[:, None] * _directions(len(first), rng))
    if recipe.clusters != NEVER:
        density = draws.uniform("specimen.clusters", recipe.clusters)
        low, high = recipe.cluster_atoms
        for centre in scattered(*corners, density, rng):
            count = int(rng.integers(low, high + 1))
            radius = np.sqrt(ROOM * count / np.pi * rng.random(count))
            parts.append(centre + radius[:, None] * _directions(count, rng))
    if len(parts) == 1:
        return positions
    together = np.concatenate(parts)
    pairs = cKDTree(together).query_pairs(NEIGHBOURS, output_type="ndarray")
    return np.asarray(together[first_of(pairs, len(together))])


def _directions(count: int, rng: np.random.Generator) -> Array:
    """Draw unit vectors (y, x)."""
    angle = rng.uniform(0, 2 * np.pi, count)
    return np.stack([np.sin(angle), np.cos(angle)], 1)


def _with_second(atoms: Stacks, exponent: float, draws: Draws) -> Stacks:
    """Let some of the atoms be of a second element, any share of them."""
    element = draws.choice("specimen.second_element", ELEMENTS)
    share = draws.uniform("specimen.second_share", (0.0, 1.0))
    chosen = draws.rng.random(len(atoms)) < share
    second = single_atoms(atoms.positions, element, exponent)
    return replace(
        atoms,
        strength=np.where(chosen, second.strength, atoms.strength),
        atomic_number=np.where(chosen, element, atoms.atomic_number),
    )


def hopped(atoms: Stacks, share: float, hop: Range, rng: np.random.Generator) -> Stacks:
    """Let some of the atoms hop while the beam is on them: until then here, from then on there.

    Parameters
    ----------
    atoms
        The atoms.
    share
        Share of them that hop.
    hop
        How far, evenly [nm].
    rng
        Source of who hops, when and where to.
    """
    moving = rng.random(len(atoms)) < share
    before = atoms[moving]
    count = len(before)
    when = before.positions[:, 0] + rng.uniform(-PROBED, PROBED, count)
    away = np.array([uniform(rng, hop) for _ in range(count)])
    target = before.positions + away[:, None] * _directions(count, rng)
    ever = np.full(count, np.inf)
    after = replace(before, positions=target, present=np.stack([when, ever], 1))
    before = replace(before, present=np.stack([-ever, when], 1))
    return joined([atoms[~moving], before, after])

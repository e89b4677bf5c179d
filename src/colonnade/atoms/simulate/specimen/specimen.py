"""What lies under the beam: a recipe of specimens, and how one of them is built."""

from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.specimen.atoms import ELEMENTS, Atoms, lay_atoms
from colonnade.atoms.simulate.specimen.crystals import Projection, draw_crystal, invented_crystal
from colonnade.atoms.simulate.specimen.defects import Displacement, draw_dislocations, draw_fault
from colonnade.atoms.simulate.specimen.films import (
    Grid,
    add_blobs,
    add_residue,
    add_rims,
    ends_in_vacuum,
)
from colonnade.atoms.simulate.specimen.grains import SCENES, Grain
from colonnade.atoms.simulate.specimen.growth import grow, thickness_map
from colonnade.atoms.simulate.specimen.lattice import Lattice, Line
from colonnade.atoms.simulate.specimen.stacks import (
    Stacks,
    no_columns,
    scattered,
    single_atoms,
    substituted,
    with_atoms,
)
from colonnade.atoms.simulate.specimen.thickness import Terrace, Thickness
from colonnade.core.arrays import Array
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import NEVER, Draws, Range

MARGIN, SHEARED = 0.6, 0.03
"""Reach of a column's tails [nm], and the share of the field by which a scan may shear it."""

FARTHEST = 3.0
"""No column is displaced by more than this number of standard deviations along y or x."""

CIRCLE: Range = (0.0, 2 * np.pi)
"""All directions [rad]."""

RESOLVED = 1.2
"""A lattice is resolved whose shortest repeat is this many times the width of the probe."""

ATTEMPTS = 12
"""Crystals that are drawn until one is resolved; the last one is taken as it is."""

FOREIGN = (5, 13, 14, 24, 28, 30, 34, 40, 48, 52, 57, 64, 72, 74, 78, 82)
"""Elements that replace others."""


@dataclass(frozen=True)
class Scenes:
    """How often each kind of specimen is drawn, relative to the others; not, if left out."""

    crystal: float = 0.0
    """One crystal that fills the field of view."""
    grain_boundary: float = 0.0
    """The same crystal, turned, beyond a straight line."""
    twin: float = 0.0
    """The crystal's mirror image beyond one of its rows."""
    antiphase: float = 0.0
    """The crystal shifted by half a repeat beyond one of its rows."""
    interface: float = 0.0
    """Another crystal beyond one of its rows."""
    edge: float = 0.0
    """A crystal that thins towards vacuum."""
    gap: float = 0.0
    """Two crystals with a strip of vacuum between them."""
    particle: float = 0.0
    """Particles with facets, one atom thick at their edges, on a film or in vacuum."""
    single_atoms: float = 0.0
    """Single heavy atoms on an amorphous film."""
    film: float = 0.0
    """An amorphous film alone."""
    vacuum: float = 0.0
    """Nothing."""


MIXED = Scenes(
    crystal=0.38,
    grain_boundary=0.08,
    twin=0.06,
    antiphase=0.04,
    interface=0.08,
    edge=0.1,
    particle=0.14,
    single_atoms=0.08,
    film=0.02,
    vacuum=0.02,
)
"""A bit of everything."""


@dataclass(frozen=True)
class Specimen:
    """What lies under the beam; each range is drawn from evenly unless it says otherwise."""

    crystals: tuple[str, ...] = ("all",)
    """Each image draws one, two at an interface: ``"Si [110]"``, ``"Si"``, ``"all"`` or a file."""
    invented: float = 0.15
    """Share of the crystals that are a lattice nobody knows instead."""
    resolved: float = 0.85
    """Share of the crystals that are drawn again until the probe resolves their lattice."""
    scenes: Scenes = MIXED
    """How often each kind of specimen is drawn."""
    thickness: Range = (1.0, 40.0)
    """Thickness of the crystal in the middle of the image, drawn logarithmically [nm]."""
    wedge: Range = (0.0, 0.6)
    """Relative change of the thickness across the image."""
    terraced: float = 0.2
    """Share of the images of crystals whose surface has steps."""
    terraces: tuple[int, int] = (1, 3)
    """Number of these steps, evenly."""
    terrace_height: tuple[int, int] = (1, 3)
    """Height of each step in repeats of the crystal along the beam, evenly, up or down."""
    strain: Range = (0.0, 0.01)
    """Standard deviation of each component of a homogeneous strain."""
    disorder: Range = (0.0, 0.006)
    """Standard deviation of the columns' displacement along y and along x [nm]."""
    vacancies: Range = (0.0, 0.03)
    """Share of the columns that is missing."""
    substitutions: Range = (0.0, 0.03)
    """Share of the columns in which another element replaces at least one atom."""
    adatoms: Range = (0.0, 0.1)
    """Heavy atoms that lie on the crystal [1/nm²]."""
    composition: Range = (0.0, 0.1)
    """Standard deviation of the logarithm of the columns' scattering."""
    dislocations: float = 0.05
    """Share of the images of one crystal, or its edge, with one to three edge dislocations."""
    stacking_faults: float = 0.05
    """Share of the images of one crystal, or its edge, with a stacking fault."""
    single_atoms: Range = (0.3, 5.0)
    """Heavy atoms on an amorphous film where they are the scene, drawn logarithmically [1/nm²]."""
    supported: float = 0.4
    """Share of the images of crystals that have an amorphous film above or below."""
    support: Range = (1.0, 10.0)
    """Thickness of amorphous films, drawn logarithmically [nm]."""
    rim: Range = (0.0, 1.0)
    """Width of the amorphous rim of edges and particles [nm]."""
    contaminated: float = 0.1
    """Share of the images, but for those of vacuum, with blobs of carbon."""
    residue: float = 0.0
    """Share of the images, but for those of vacuum, with ragged patches of contamination."""
    residue_height: Range = (0.3, 6.0)
    """How high the patches typically are, drawn logarithmically [nm]."""
    bordered: float = 0.0
    """Share of the films that end against vacuum; half of these have a second layer that ends."""
    border: Range = (0.3, 8.0)
    """Distance over which such a film thins to nothing, drawn logarithmically [nm]."""
    ragged: Range = (0.0, 1.0)
    """Standard deviation of the place of its border along itself [nm]."""
    atoms: Atoms = field(default_factory=Atoms)
    """How single atoms lie on films, alone or beside crystals."""
    strewn: Range = NEVER
    """Heavy atoms on the film beside edges and particles [1/nm²]."""

    def __post_init__(self) -> None:
        if not self.crystals:
            raise RecipeError("specimen.crystals must name at least one crystal")
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name not in ("crystals", "scenes", "atoms") and np.min(value) < 0:
                raise RecipeError(f"specimen.{item.name} must not be negative, but is {value}")


@dataclass(frozen=True, eq=False)
class Scene:
    """A specimen in the field of view.

    Parameters
    ----------
    positions
        Columns, rows of (y, x) from the centre of pixel (0, 0) [nm]; up to `margin` outside of
        the field of view.
    strength
        Sum of a power of the atomic number per nm along each column.
    thickness
        Length of each column [nm].
    atomic_number
        Atomic number of the strongest scatterer of each column.
    present
        From which place of the beam to which each column stands there, along y (n, 2) [nm];
        infinite for those that stay.
    crystal, amorphous
        Thickness at each pixel of what is a crystal, and of what is not [nm].
    name
        What the crystals are, joined by `` | ``.
    """

    positions: Array
    strength: Array
    thickness: Array
    atomic_number: NDArray[np.int64]
    present: Array
    crystal: NDArray[np.float32]
    amorphous: NDArray[np.float32]
    name: str


def build(
    recipe: Specimen,
    size: tuple[int, int],
    pixel: float,
    resolution: float,
    exponent: float,
    draws: Draws,
) -> Scene:
    """Draw a specimen.

    Parameters
    ----------
    recipe
        What to draw from.
    size
        Rows and columns of the image [px].
    pixel
        Size of a pixel [nm].
    resolution
        Width of the probe at half of its maximum [nm].
    exponent
        Power of the atomic number that an atom scatters.
    draws
        Source of what is drawn; also notes the kind of scene and the names of the crystals.
    """
    grid = Grid.of(size, pixel)
    shares = {item.name: getattr(recipe.scenes, item.name) for item in fields(Scenes)}
    scene = draws.choice("scene", list(shares), list(shares.values()))
    builder = _Builder(recipe, scene, grid, resolution, exponent, draws)
    grains = builder.arrange()
    names = dict.fromkeys(grain.lattice.crystal.name for grain in grains)
    draws.record["crystal"] = name = " | ".join(names) or "none"
    if grains:
        thickness = builder.thickness(grains[0].lattice)
        stacks = builder.columns(grains, thickness)
        crystal = thickness_map(grains, thickness, grid)
    else:
        stacks = builder.atoms()
        crystal = np.zeros(size, np.float32)
    amorphous = builder.amorphous(grains)
    if grains:
        stacks = with_atoms(stacks, builder.strewn(grains, amorphous))
    else:
        stacks = _on_film(stacks, amorphous, grid)
    outside = np.abs(stacks.positions - grid.field / 2) - grid.field / 2
    stacks = stacks[outside.max(1) <= margin(grid.field)]
    return Scene(
        stacks.positions,
        stacks.strength,
        stacks.thickness,
        stacks.atomic_number,
        stacks.present,
        crystal,
        amorphous,
        name,
    )


def margin(field: Array) -> float:
    """How far outside of a field of view columns stand, so that no border is bare [nm]."""
    return MARGIN + SHEARED * float(field.max())


@dataclass(frozen=True, eq=False)
class _Builder:
    """Draws the parts of one specimen."""

    recipe: Specimen
    scene: str
    grid: Grid
    resolution: float
    exponent: float
    draws: Draws

    def arrange(self) -> list[Grain]:
        """Lay out the crystals, if the scene has any."""
        if self.scene not in SCENES:
            return []
        return SCENES[self.scene](self.grid.field, self.plant, self.draws)

    def plant(self, label: str) -> Lattice:
        """Draw a crystal, and put it down at random."""
        draws, label = self.draws, f"specimen.{label}"
        shortest = 0.0
        if draws.happens(f"{label}_resolved", self.recipe.resolved):
            shortest = RESOLVED * self.resolution
        for _ in range(ATTEMPTS):
            crystal = self._crystal(label)
            if np.linalg.norm(crystal.basis, axis=1).min() >= shortest:
                break
        rotation = draws.uniform(f"{label}_rotation", CIRCLE)
        strain = draws.uniform(f"{label}_strain", self.recipe.strain)
        origin = draws.rng.uniform(0, self.grid.field)
        return Lattice(crystal, rotation, origin, strain * draws.rng.standard_normal((2, 2)))

    def _crystal(self, label: str) -> Projection:
        if self.draws.happens(f"{label}_invented", self.recipe.invented):
            crystal = invented_crystal(self.draws.rng)
            self.draws.record[label] = crystal.name
            return crystal
        return draw_crystal(self.recipe.crystals, self.draws, label)

    def thickness(self, lattice: Lattice) -> Thickness:
        """Draw a wedge, and terraces along the rows of a crystal."""
        recipe, draws, field = self.recipe, self.draws, self.grid.field
        base = draws.log_uniform("specimen.thickness", recipe.thickness)
        wedge = draws.uniform("specimen.wedge", recipe.wedge)
        direction = draws.uniform("specimen.wedge_direction", CIRCLE)
        normal = np.array([np.sin(direction), np.cos(direction)])
        middle = Line(normal, float(field / 2 @ normal))
        terraces = []
        if draws.happens("specimen.terraced", recipe.terraced):
            for _ in range(draws.choice("specimen.terraces", _whole(recipe.terraces))):
                row = lattice.rows()[draws.rng.integers(3)]
                edge = lattice.line_between_rows(row, draws.rng.uniform(0, field))
                height = draws.choice("specimen.terrace_height", _whole(recipe.terrace_height))
                terraces.append(Terrace(edge, height * int(draws.rng.choice([-1, 1]))))
        return Thickness(base, wedge, middle, float(np.abs(normal) @ field), tuple(terraces))

    def columns(self, grains: list[Grain], thickness: Thickness) -> Stacks:
        """Fill the grains with columns, with all that is wrong in them."""
        recipe, draws, rng = self.recipe, self.draws, self.draws.rng
        disorder = draws.uniform("specimen.disorder", recipe.disorder)
        corners = self._corners(FARTHEST * disorder)
        stacks = grow(grains, self._displacements(grains[0]), thickness, corners, self.exponent)
        vacancies = draws.uniform("specimen.vacancies", recipe.vacancies)
        stacks = stacks[rng.random(len(stacks)) >= vacancies]
        share = draws.uniform("specimen.substitutions", recipe.substitutions)
        element = draws.choice("specimen.foreign", FOREIGN)
        stacks = substituted(stacks, share, element, self.exponent, rng)
        spread = draws.uniform("specimen.composition", recipe.composition)
        moves = np.clip(rng.standard_normal(stacks.positions.shape), -FARTHEST, FARTHEST)
        stacks = replace(
            stacks,
            positions=stacks.positions + disorder * moves,
            strength=stacks.strength * np.exp(spread * rng.standard_normal(len(stacks))),
        )
        return with_atoms(stacks, self._adatoms(grains))

    def atoms(self) -> Stacks:
        """Draw single atoms on a film, if they are the scene."""
        if self.scene != "single_atoms":
            return no_columns()
        density = self.draws.log_uniform("specimen.density", self.recipe.single_atoms)
        return lay_atoms(self.recipe.atoms, self._corners(), density, self.exponent, self.draws)

    def strewn(self, grains: list[Grain], film: NDArray[np.float32]) -> Stacks:
        """Draw single atoms on the film beside the crystals."""
        if self.recipe.strewn == NEVER:
            return no_columns()
        density = self.draws.uniform("specimen.strewn", self.recipe.strewn)
        atoms = lay_atoms(self.recipe.atoms, self._corners(), density, self.exponent, self.draws)
        return _on_film(atoms[~_on_grains(atoms.positions, grains)], film, self.grid)

    def amorphous(self, grains: list[Grain]) -> NDArray[np.float32]:
        """Draw films, rims and contamination: their thickness at each pixel [nm]."""
        recipe, draws = self.recipe, self.draws
        film = np.zeros(self.grid.shape, np.float32)
        if self.scene == "vacuum":
            return film
        if not grains or draws.happens("specimen.supported", recipe.supported):
            self._add_support(film)
        edges = [grain.region for grain in grains if grain.region.thins]
        if edges:
            add_rims(film, self.grid, edges, draws.uniform("specimen.rim", recipe.rim))
        if draws.happens("specimen.contaminated", recipe.contaminated):
            add_blobs(film, self.grid, draws)
        if recipe.residue and draws.happens("specimen.residue", recipe.residue):
            height = draws.log_uniform("specimen.residue_height", recipe.residue_height)
            add_residue(film, self.grid, height, draws)
        return film

    def _add_support(self, film: NDArray[np.float32]) -> None:
        """Add a film, or one or two layers that end."""
        recipe, draws = self.recipe, self.draws
        if not recipe.bordered or not draws.happens("specimen.bordered", recipe.bordered):
            film += draws.log_uniform("specimen.support", recipe.support)
            return
        for _ in range(draws.choice("specimen.layers", (1, 2))):
            thickness = draws.log_uniform("specimen.support", recipe.support)
            width = draws.log_uniform("specimen.border", recipe.border)
            ragged = draws.uniform("specimen.ragged", recipe.ragged)
            film += np.float32(thickness) * ends_in_vacuum(self.grid, width, ragged, draws)

    def _displacements(self, grain: Grain) -> list[Displacement]:
        """Draw the defects that move columns; only where one crystal is alone."""
        draws, field = self.draws, self.grid.field
        found: list[Displacement] = []
        if self.scene in ("crystal", "edge"):
            if draws.happens("specimen.stacking_fault", self.recipe.stacking_faults):
                found.append(draw_fault(grain, field, draws))
            if draws.happens("specimen.dislocated", self.recipe.dislocations):
                found += draw_dislocations(grain, field, draws)
        return found

    def _adatoms(self, grains: list[Grain]) -> Stacks:
        density = self.draws.uniform("specimen.adatoms", self.recipe.adatoms)
        positions = scattered(*self._corners(), density, self.draws.rng)
        positions = positions[_on_grains(positions, grains)]
        element = self.draws.choice("specimen.element", ELEMENTS) if len(positions) else 0
        return single_atoms(positions, element, self.exponent)

    def _corners(self, more: float = 0.0) -> tuple[Array, Array]:
        """Opposite corners of the field of view with its margin, and more [nm]."""
        wide = margin(self.grid.field) + more
        return np.full(2, -wide), self.grid.field + wide


def _on_grains(positions: Array, grains: list[Grain]) -> NDArray[np.bool_]:
    """Whether each position lies on a crystal."""
    on_crystal = np.zeros(len(positions), bool)
    for grain in grains:
        on_crystal |= grain.region.inside(positions)
    return on_crystal


def _on_film(stacks: Stacks, film: NDArray[np.float32], grid: Grid) -> Stacks:
    """Keep those that lie on a film; beyond the field of view it goes on as at the border."""
    nearest = np.rint(stacks.positions / grid.pixel).astype(int)
    y, x = np.clip(nearest, 0, np.array(film.shape) - 1).T
    return stacks[film[y, x] > 0]


def _whole(limits: tuple[int, int]) -> range:
    return range(limits[0], limits[1] + 1)

"""Films of a specimen that drifts under a scan whose rows jitter, with all of it known.

The specimen is simulated once, without noise, on a wider field; each row of each frame is read
from it where the scan has put the row, by splines of the fifth order, and electrons are counted.
"""

from dataclasses import dataclass, replace

import numpy as np
from gaussian_fits import PIXEL_SIZE, recipe
from scipy.ndimage import map_coordinates, spline_filter

from colonnade import Columns
from colonnade.atoms.bench.crlb import Gaussian, position_crlb
from colonnade.atoms.simulate.image import Simulation, simulate
from colonnade.core.arrays import Array, Single
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.recipe import load, named_recipe

MARGIN = 24
"""How much wider the specimen is on each side [px]."""

MANY = 1000.0
"""Electrons in the brightest pixel of the specimen as it is simulated."""

MESH = 30.0
"""Distance of the nodes of the background that the bound does not know [px]."""

SINGLE_ATOMS = "single atoms"
"""Stands for the recipe of atoms on carbon in the place of a crystal."""


@dataclass(frozen=True)
class Setting:
    """What is filmed, and how; lengths are in pixels."""

    crystal: str
    counts: float
    """Electrons in the brightest pixel of a frame."""
    frames: int
    drift: float = 0.3
    """Standard deviation of the step from frame to frame, along each axis."""
    jitter: tuple[float, float] = (0.2, 0.4)
    """Standard deviation of each row's own shift along (y, x)."""
    walk: float = 0.02
    """Standard deviation of the step from row to row, along each axis."""
    side: int = 128

    def __str__(self) -> str:
        jitter = f"{self.jitter[0]:g}, {self.jitter[1]:g}"
        return f"{self.crystal}, {self.frames} of {self.counts:g} e⁻, jitter {jitter}"


@dataclass(frozen=True, eq=False)
class Film:
    """A film and the truth.

    Parameters
    ----------
    images
        Its frames.
    rows
        Shift of every row of every frame, axes (frame, row, 2) [px].
    columns
        Where they are without any shift, in pixels of a frame.
    clean
        Electrons that are expected in a frame without any shift, with the margin, axes (y, x).
    bound
        Smallest standard errors from all electrons of one frame, rows of (y, x) [px]; infinite
        for columns that are not detectable.
    """

    images: list[Micrograph]
    rows: Array
    columns: Columns
    clean: Array
    bound: Array

    @property
    def drift(self) -> Array:
        """Shift of each frame, rows of (y, x) [px]."""
        return np.asarray(self.rows.mean(axis=1), np.float64)

    def places(self, frame: int) -> Array:
        """Where columns stand in a frame, rows of (y, x) [px]."""
        return np.asarray(self.columns.positions + self.drift[frame])

    @property
    def drift_bound(self) -> float:
        """Smallest standard error of the shift of a frame, from its electrons alone [px]."""
        side = np.array(self.images[0].shape)
        inside = ((self.columns.positions > 0) & (self.columns.positions < side - 1)).all(1)
        information = (1 / self.bound[inside] ** 2).sum(axis=0)
        return float(np.sqrt(np.mean(1 / information)))

    def drift_error(self, shifts: Array) -> float:
        """Root mean square error of a drift, along both axes together [px]."""
        error = shifts - self.drift
        return float(np.sqrt(np.mean((error - error.mean(axis=0)) ** 2)))


def draw_film(setting: Setting, seed: int) -> Film:
    """Draw a specimen and film it."""
    rng = np.random.default_rng([seed, 17])
    side = setting.side
    made = simulate(_recipe(setting), rng)
    clean = np.maximum(made.clean, 0).astype(np.float64)
    scale = setting.counts / float(clean.max())
    spline = spline_filter(clean * scale, 5)
    drift = _path(rng, setting)
    images, rows = [], []
    for number in range(setting.frames):
        own = rng.normal(size=(side, 2)) * setting.jitter
        slow = np.cumsum(rng.normal(0, setting.walk, (side, 2)), axis=0)
        shift = drift[number] + own + slow - slow.mean(axis=0)
        y = np.arange(side)[:, None] + MARGIN - shift[:, :1]
        x = np.arange(side) + MARGIN - shift[:, 1:]
        expected = map_coordinates(
            spline, [np.broadcast_to(y, x.shape), x], prefilter=False, order=5
        )
        counts: Single = rng.poisson(np.maximum(expected, 0)).astype(np.float32)
        images.append(Micrograph(counts, (PIXEL_SIZE, PIXEL_SIZE), f"frame {number}"))
        rows.append(shift)
    columns = made.columns
    columns = replace(columns, intensity=columns.intensity * scale)
    bound = _bound(clean * scale, columns)
    columns = replace(columns, y=columns.y - MARGIN, x=columns.x - MARGIN)
    return Film(images, np.array(rows), columns, clean * scale, bound)


def _recipe(setting: Setting) -> Simulation:
    wide = (setting.side + 2 * MARGIN,) * 2
    if setting.crystal != SINGLE_ATOMS:
        return replace(recipe(setting.crystal, MANY), size=wide)
    atoms = load(Simulation, named_recipe("single-atoms", "atoms"))
    good = recipe("Si [110]", MANY)
    return replace(good, size=wide, specimen=atoms.specimen, background=atoms.background)


def _path(rng: np.random.Generator, setting: Setting) -> Array:
    """Shift of each frame, a random walk that turns back at the margin; rows of (y, x) [px]."""
    most = MARGIN - 8
    steps = np.cumsum(rng.normal(0, setting.drift, (setting.frames, 2)), axis=0)
    steps -= steps[0]
    folded = np.abs((steps + most) % (4 * most) - 2 * most) - most
    return np.asarray(-folded)


def _bound(expected: Array, columns: Columns) -> Array:
    bound = np.full((len(columns), 2), np.inf)
    seen = columns.labels["detectable"] > 0
    known = columns[seen]
    bound[seen] = position_crlb(
        expected, known.positions, known.intensity, Gaussian(known.width), MESH
    )
    return bound

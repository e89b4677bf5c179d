"""Amorphous parts of a specimen: supports, rims of edges and particles, blobs of carbon."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.simulate.specimen.lattice import Line
from colonnade.atoms.simulate.specimen.regions import Region
from colonnade.atoms.simulate.specimen.relief import Relief
from colonnade.core.arrays import Single
from colonnade.core.work.draws import Draws, Range, log_uniform

BLOB_SIZE: Range = (0.5, 4.0)
"""Standard deviation of a blob of carbon across the beam, drawn logarithmically [nm]."""

BLOB_HEIGHT: Range = (0.5, 8.0)
"""Height of a blob of carbon, drawn logarithmically [nm]."""

FINEST = 0.3
"""Borders and residues are ragged down to this length [nm]."""

RESIDUE_SIZE: Range = (0.8, 5.0)
"""Length of the patches of residue, drawn logarithmically [nm]."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The pixels of a field of view.

    Parameters
    ----------
    y, x
        Positions of the rows, as a column, and of the columns, as a row [nm].
    pixel
        Size of a pixel [nm].
    """

    y: Single
    x: Single
    pixel: float

    @classmethod
    def of(cls, size: tuple[int, int], pixel: float) -> "Grid":
        """Lay out the pixels of an image with some rows and columns."""
        y, x = (np.arange(n, dtype=np.float32) * np.float32(pixel) for n in size)
        return cls(y[:, None], x[None, :], pixel)

    @property
    def field(self) -> NDArray[np.float64]:
        """Height and width [nm]."""
        return np.array(self.shape) * self.pixel

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns [px]."""
        return self.y.size, self.x.size

    def part(self, region: Region, rim: float = 0.0) -> tuple[tuple[slice, slice], "Grid"]:
        """Cut out what a region and a rim of some width [nm] around it can reach."""
        bounds = np.stack([region.centre - region.reach - rim, region.centre + region.reach + rim])
        edges = np.clip(bounds / self.pixel, 0, self.shape)
        (top, left), (bottom, right) = (
            np.floor(edges[0]).astype(int),
            np.ceil(edges[1]).astype(int),
        )
        rows, columns = slice(top, bottom + 1), slice(left, right + 1)
        return (rows, columns), Grid(self.y[rows], self.x[:, columns], self.pixel)


def add_rims(film: Single, grid: Grid, regions: Sequence[Region], width: float) -> None:
    """Add amorphous material along the facets where crystals thin.

    It is thickest on the facet, where it lies above and below, and ends at `width` on both sides.
    """
    if width == 0:
        return
    for region in regions:
        where, part = grid.part(region, width)
        depth = region.depth(part.y, part.x)
        film[where] += 2 * np.maximum(width - np.abs(depth, out=depth), 0)


def add_blobs(film: Single, grid: Grid, draws: Draws) -> None:
    """Add a few blobs of carbon, as contamination leaves them."""
    rng = draws.rng
    for _ in range(draws.choice("specimen.blobs", (1, 2, 3, 4))):
        centre = rng.uniform(0, grid.field)
        height = log_uniform(rng, BLOB_HEIGHT)
        along_y, along_x = (
            np.exp(-0.5 * ((along - middle) / log_uniform(rng, BLOB_SIZE)) ** 2)
            for along, middle in zip((grid.y, grid.x), centre.tolist(), strict=True)
        )
        film += (height * along_y) * along_x


def ends_in_vacuum(grid: Grid, width: float, ragged: float, draws: Draws) -> Single:
    """Draw a border of a film: which share of its thickness there is at each pixel.

    Parameters
    ----------
    grid
        The pixels.
    width
        Distance over which the film thins to nothing [nm].
    ragged
        Standard deviation of the border's place along itself [nm].
    draws
        Source of what is drawn.
    """
    rng = draws.rng
    angle = draws.uniform("specimen.border_direction", (0.0, 2 * np.pi))
    point = rng.uniform(0.15, 0.85, 2) * grid.field
    normal = np.array([np.sin(angle), np.cos(angle)])
    depth = Line(normal, float(point @ normal)).distance(grid.y, grid.x)
    waves = Relief.between(float(grid.field.max()) / 4, FINEST, 1.0)
    depth += np.float32(ragged) * waves.draw(grid.shape, grid.pixel, rng)
    return np.asarray(np.clip(depth / width, 0, 1), np.float32)


def add_residue(film: Single, grid: Grid, height: float, draws: Draws) -> None:
    """Add patches of what solvents and polymers leave, with ragged borders, here and there.

    Parameters
    ----------
    film
        Thickness at each pixel, to which it is added [nm].
    grid
        The pixels.
    height
        Of the patches above the border, typically [nm].
    draws
        Source of what is drawn.
    """
    size = draws.log_uniform("specimen.residue_size", RESIDUE_SIZE)
    level = draws.uniform("specimen.residue_level", (-0.5, 1.2))
    relief = Relief.between(size, FINEST, 1.0).draw(grid.shape, grid.pixel, draws.rng)
    film += np.float32(height) * np.maximum(relief - np.float32(level), 0)

"""What the electrons allow: the Cramér-Rao bound for the positions of all columns of an image.

The counts of a pixel follow Poisson statistics about the expected image. What is not known is, of
every column, its y, x, intensity and width, and a smooth background: tent functions on a mesh.
The information that the image holds about two of these numbers is the sum over its pixels of the
product of the expected image's derivatives by them, divided by the expected image. The inverse of
that matrix bounds what any unbiased estimate can reach, all numbers estimated together.

Columns that do not overlap share no information, so the matrix is sparse: with the columns sorted
into strips across the image, each wider than a column reaches, only neighbouring strips are
linked, and the diagonal of the inverse follows from one pass down the strips and one up.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from typing import Protocol

import numpy as np
from scipy.interpolate import RectBivariateSpline
from scipy.ndimage import map_coordinates
from scipy.sparse import coo_array, csr_array, diags_array, eye_array

from colonnade.core.arrays import Array, Indices

REACH_SIGMAS = 4.5
"""Radius at which the image of a column ends, in its standard deviations."""

TILE_SIGMAS = 10.0
"""Side of the tiles of pixels that are added up at once, in standard deviations."""

SAMPLES_PER_SIGMA = 60
"""A column that is known by its image is sampled this often in one standard deviation."""

LEAST_SHARE = 1e-9
"""Expected counts of a pixel are at least this share of the brightest."""


class Shape(Protocol):
    """What the image of a column of unit intensity looks like."""

    @property
    def sigma(self) -> Array:
        """Rough standard deviation of each column [px]."""
        ...

    def derivatives(self, chosen: Indices, y: Array, x: Array) -> Array:
        """Derivatives by y, x, intensity and width.

        Parameters
        ----------
        chosen
            Columns.
        y, x
            Distance of pixels from each of them (column, 1 or pixel) [px].

        Returns
        -------
        derivatives
            Axes (number, column, pixel).
        """
        ...


@dataclass(frozen=True, eq=False)
class Gaussian:
    """Columns that are Gaussians, each of its own width.

    Parameters
    ----------
    sigma
        Standard deviation of each [px].
    """

    sigma: Array

    def derivatives(self, chosen: Indices, y: Array, x: Array) -> Array:
        """Derivatives by y, x, intensity and width."""
        width = self.sigma[chosen, None]
        peak = np.exp(-(y**2 + x**2) / (2 * width**2)) / (2 * np.pi * width**2)
        wider = peak * ((y**2 + x**2) / width**2 - 2) / width
        return np.stack([peak * y / width**2, peak * x / width**2, peak, wider])


@dataclass(frozen=True, eq=False)
class Sampled:
    """Columns that all look the same, as an image of one of them does.

    Parameters
    ----------
    sigma
        Rough standard deviation, the same for each [px].
    image
        One column of unit intensity, its centre in the middle of an odd number of samples [1/px²].
    step
        Distance of its samples [px].
    """

    sigma: Array
    image: Array
    step: float

    @cached_property
    def _fine(self) -> tuple[float, Array]:
        """Step of finer samples [px], and those of the image and of its slopes along y and x."""
        along = [(np.arange(n) - n // 2) * self.step for n in self.image.shape]
        spline = RectBivariateSpline(*along, self.image)
        step = float(self.sigma.min()) / SAMPLES_PER_SIGMA
        ends = [int(axis[-1] / step) for axis in along]
        y, x = (np.arange(-end, end + 1) * step for end in ends)
        slopes = [spline(y, x, dx, dy) for dx, dy in ((0, 0), (1, 0), (0, 1))]
        return step, np.stack(slopes)

    def derivatives(self, chosen: Indices, y: Array, x: Array) -> Array:
        """Derivatives by y, x, intensity and width; a wider column is a magnified one."""
        y, x = np.broadcast_arrays(y, x)
        step, fine = self._fine
        middle = np.array(fine.shape[1:])[:, None, None] // 2
        places = np.stack([y, x]) / step + middle
        peak, along_y, along_x = (map_coordinates(one, places, order=1) for one in fine)
        wider = -(2 * peak + y * along_y + x * along_x) / self.sigma[chosen, None]
        return np.stack([-along_y, -along_x, peak, wider])


def position_crlb(
    expected: Array, positions: Array, intensity: Array, shape: Shape, mesh: float
) -> Array:
    """Smallest standard errors that an unbiased estimate of the positions can have.

    Parameters
    ----------
    expected
        The image without noise, background included (y, x) [e⁻].
    positions
        Columns, rows of (y, x) [px].
    intensity
        Of each [e⁻].
    shape
        What they look like.
    mesh
        Distance of the nodes of the background [px].

    Returns
    -------
    crlb
        Rows of (y, x) [px]; infinite where the image says nothing.
    """
    if not len(positions):
        return np.empty((0, 2))
    expected = np.maximum(expected, LEAST_SHARE * expected.max())
    reach = int(np.ceil(REACH_SIGMAS * shape.sigma.max()))
    slopes = _slopes(positions, intensity, shape, reach, expected.shape)
    side = max(int(TILE_SIGMAS * np.median(shape.sigma)), 1)
    strip = np.repeat(np.floor(positions[:, 0] / (2 * reach + 2)), 4)
    variance = _variances(_information(slopes, expected, mesh, side), strip)
    return np.sqrt(variance.reshape(-1, 4)[:, :2])


def _slopes(
    positions: Array, intensity: Array, shape: Shape, reach: int, size: tuple[int, ...]
) -> csr_array:
    """Derivatives of the image by y, x, intensity and width of each column (pixel, number)."""
    steps = np.arange(-reach, reach + 1)
    offsets = np.stack(np.meshgrid(steps, steps, indexing="ij"), -1).reshape(-1, 2)
    pixels = np.rint(positions).astype(int)[:, None] + offsets
    away = pixels - positions[:, None]
    values = shape.derivatives(np.arange(len(positions)), away[..., 0], away[..., 1])
    values[[0, 1, 3]] *= intensity[:, None]
    inside = ((pixels >= 0) & (pixels < size)).all(-1)
    column, _ = np.nonzero(inside)
    flat = np.broadcast_to(pixels[inside] @ [size[1], 1], (4, len(column)))
    number = 4 * column + np.arange(4)[:, None]
    shaped = (size[0] * size[1], 4 * len(positions))
    return coo_array(
        (values[:, inside].ravel(), (flat.ravel(), number.ravel())), shape=shaped
    ).tocsr()


def _tents(length: int, mesh: float) -> Array:
    """Tent functions along one side of the image (node, pixel)."""
    count = max(int(np.ceil(length / mesh)), 1) + 1
    nodes = np.linspace(0, length - 1, count)
    return np.array([np.interp(np.arange(length), nodes, row) for row in np.eye(count)])


def _information(slopes: csr_array, expected: Array, mesh: float, side: int) -> csr_array:
    """Information about the columns, then the background, added up tile by tile.

    Within a tile few columns are seen, and there the matrices are dense.
    """
    tents = [_tents(length, mesh) for length in expected.shape]
    numbers = np.arange(expected.size).reshape(expected.shape)
    count = slopes.shape[1] + len(tents[0]) * len(tents[1])
    parts: list[Array] = []
    for y, x in product(*(range(0, length, side) for length in expected.shape)):
        tile = (slice(y, y + side), slice(x, x + side))
        part = slopes[numbers[tile].ravel()]
        seen = np.unique(part.indices)
        background = np.einsum("iy,jx->yxij", tents[0][:, tile[0]], tents[1][:, tile[1]])
        background = background.reshape(part.shape[0], -1)
        nodes = np.flatnonzero(background.any(0))
        dense = np.hstack([part[:, seen].toarray(), background[:, nodes]])
        dense /= np.sqrt(expected[tile].ravel())[:, None]
        found = np.concatenate([seen, slopes.shape[1] + nodes])
        row, column = np.meshgrid(found, found)
        parts.append(np.stack([(dense.T @ dense).ravel(), row.ravel(), column.ravel()]))
    value, row, column = np.concatenate(parts, axis=1)
    return coo_array((value, (row.astype(int), column.astype(int))), (count, count)).tocsr()


def _variances(information: csr_array, strip: Array) -> Array:
    """Variances of the columns' numbers; infinite where the image says nothing.

    Parameters
    ----------
    information
        About the columns' numbers, then about the background's.
    strip
        Strip of each of the columns' numbers; only neighbouring strips are linked.
    """
    scale = np.sqrt(information.diagonal())
    variance = np.full(len(strip), np.inf)
    known = np.flatnonzero(scale > 0)
    scaler = diags_array(1 / scale[known])
    scaled = (scaler @ information[known][:, known] @ scaler).tocsr()
    # A hair of the diagonal keeps columns that hardly reach into the image from being singular.
    scaled = (scaled + 1e-9 * eye_array(len(known))).tocsr()
    columns = known[known < len(strip)]
    blocks = [np.flatnonzero(strip[columns] == one) for one in np.unique(strip[columns])]
    nodes = np.arange(len(columns), len(known))
    for chosen, diagonal in zip(blocks, _inverse_diagonals(scaled, blocks, nodes), strict=True):
        variance[columns[chosen]] = diagonal / scale[columns[chosen]] ** 2
    return variance


def _inverse_diagonals(matrix: csr_array, blocks: list[Indices], nodes: Indices) -> list[Array]:
    """Diagonal of the inverse in each of the blocks, which form a chain that all nodes touch."""

    def part(rows: Indices, columns: Indices) -> Array:
        return np.asarray(matrix[rows][:, columns].toarray())

    own = [part(block, block) for block in blocks]
    link = [part(a, b) for a, b in pairwise(blocks)]
    side = [part(block, nodes) for block in blocks]
    # Each block with all that lies above it, or below it, taken for unknown.
    down, up, right = [own[0]], [own[-1]], [side[0]]
    for block, joint, wall in zip(own[1:], link, side[1:], strict=True):
        factor = np.linalg.solve(down[-1], joint).T
        right.append(wall - factor @ right[-1])
        down.append(block - factor @ joint)
    for block, joint in zip(own[-2::-1], link[::-1], strict=True):
        up.append(block - joint @ np.linalg.solve(up[-1], joint.T))
    solved = [np.linalg.solve(down[-1], right[-1])]
    for block, joint, wall in zip(down[-2::-1], link[::-1], right[-2::-1], strict=True):
        solved.append(np.linalg.solve(block, wall - joint @ solved[-1]))
    solved.reverse()
    left = part(nodes, nodes) - sum(a.T @ b for a, b in zip(side, solved, strict=True))
    return [
        np.diag(np.linalg.inv(a + b - c)) + (x @ np.linalg.inv(left) * x).sum(1)
        for a, b, c, x in zip(down, up[::-1], own, solved, strict=True)
    ]

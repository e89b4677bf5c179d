"""All columns of an image fitted together as round Gaussians of one width, by least squares.

The background is a sum of tent functions on a square mesh. The Jacobian is sparse, as each column
and each tent reach only so far.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, diags_array, hstack
from scipy.sparse.linalg import spsolve

from colonnade.core.arrays import Array

REACH = 4.0
"""A column is cut off at so many times its first width."""

STEPS, CLOSE = 60, 1e-4
"""A fit takes so many steps at most, and is done when no column moves farther than this [px]."""


@dataclass(frozen=True, eq=False)
class Joint:
    """Model of one image.

    Parameters
    ----------
    pixel, column
        Pairs of a flat pixel and a column that reaches it.
    y, x
        Of these pixels [px].
    tents
        Heights of the background's tents to pixels.
    count
        How many columns.
    """

    pixel: NDArray[np.intp]
    column: NDArray[np.intp]
    y: Array
    x: Array
    tents: csr_array
    count: int

    def peaks(self, p: Array) -> tuple[Array, Array, Array, Array]:
        """Offsets along y and x, and squares and values of unit Gaussians, for each pair."""
        dy = self.y - p[: self.count][self.column]
        dx = self.x - p[self.count : 2 * self.count][self.column]
        square = dy**2 + dx**2
        return dy, dx, square, np.exp(-0.5 * square / p[3 * self.count] ** 2)

    def image(self, p: Array) -> Array:
        """Grey levels of all pixels."""
        height = p[2 * self.count : 3 * self.count][self.column]
        peaks = np.bincount(
            self.pixel, height * self.peaks(p)[3], minlength=int(self.tents.shape[0])
        )
        return np.asarray(peaks + self.tents @ p[3 * self.count + 1 :])

    def jacobian(self, p: Array) -> csr_array:
        """Derivatives of the grey levels with respect to y, x, height, width and tents."""
        dy, dx, square, unit = self.peaks(p)
        sigma, height = p[3 * self.count], p[2 * self.count : 3 * self.count][self.column]
        value = height * unit
        shape = (int(self.tents.shape[0]), self.count)
        parts = [
            coo_array((values, (self.pixel, self.column)), shape).tocsr()
            for values in (value * dy / sigma**2, value * dx / sigma**2, unit)
        ]
        width = np.bincount(self.pixel, value * square / sigma**3, minlength=shape[0])
        return csr_array(hstack([*parts, csr_array(width[:, None]), self.tents], format="csr"))


def fit_jointly(image: NDArray[np.float32], start: Array, sigma: float, mesh: float) -> Array:
    """Positions (y, x) of all columns [px].

    Parameters
    ----------
    image
        Grey levels with bright columns.
    start
        Positions to begin with [px].
    sigma
        Width to begin with [px].
    mesh
        Distance of the tents of the background [px].
    """
    joint = _joint(image.shape, start, sigma, mesh)
    pixels = image.astype(float).ravel()
    low, high = np.quantile(pixels, [0.1, 0.9])
    first = np.concatenate(
        [
            *start.T,
            np.full(joint.count, high - low),
            [sigma],
            np.full(int(joint.tents.shape[1]), low),
        ]
    )
    found = _least_squares(joint, pixels, first)
    return np.stack([found[: joint.count], found[joint.count : 2 * joint.count]], axis=1)


def _least_squares(joint: Joint, pixels: Array, p: Array) -> Array:
    """Levenberg and Marquardt's method, each step solved as a sparse linear system."""
    left, damping = pixels - joint.image(p), 1e-3
    for _ in range(STEPS):
        slopes = joint.jacobian(p)
        information = (slopes.T @ slopes).tocsc()
        diagonal = information.diagonal()
        step = spsolve(
            information + diags_array(damping * diagonal, format="csc"), slopes.T @ left
        )
        better = pixels - joint.image(p + step)
        if better @ better > left @ left:
            damping *= 10
            continue
        p, left, damping = p + step, better, damping / 10
        if np.abs(step[: 2 * joint.count]).max() < CLOSE:
            return p
    raise SystemExit(f"the joint fit of Gaussians is not done after {STEPS} steps")


def _joint(shape: tuple[int, ...], start: Array, sigma: float, mesh: float) -> Joint:
    half = int(np.ceil(REACH * sigma))
    offset = np.mgrid[-half : half + 1, -half : half + 1].reshape(2, 1, -1)
    y, x = np.round(start).astype(int).T[..., None] + offset
    column = np.broadcast_to(np.arange(len(start))[:, None], y.shape)
    inside = (y >= 0) & (y < shape[0]) & (x >= 0) & (x < shape[1])
    y, x, column = y[inside], x[inside], column[inside]
    tents = _tents(shape, mesh)
    return Joint(y * shape[1] + x, column, y.astype(float), x.astype(float), tents, len(start))


def _tents(shape: tuple[int, ...], mesh: float) -> csr_array:
    """Values of all tents in all pixels."""
    along = []
    for count in shape:
        nodes = np.linspace(0, count - 1, max(2, round(count / mesh) + 1))
        distance = np.abs(np.arange(count)[:, None] - nodes) / (nodes[1] - nodes[0])
        along.append(np.clip(1 - distance, 0, None))
    values = np.einsum("yi,xj->yxij", *along).reshape(shape[0] * shape[1], -1)
    return csr_array(values)

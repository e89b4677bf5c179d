"""A known cell, laid onto a measured lattice."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeError

MOST_CELLS = 4
"""Sides of a known cell are sums of at most so many measured ones, along each of both."""

LENGTH, ANGLE = 0.12, 6.0
"""A measured cell differs at most so much from the known one: share of a side, and degrees."""


@dataclass(frozen=True)
class KnownCell:
    """Two sides of a cell and the angle between them.

    Parameters
    ----------
    one, two
        Their lengths [nm].
    angle
        Between them [degrees].
    """

    one: float
    two: float
    angle: float = 90.0

    @property
    def sides(self) -> Array:
        """Rows of (y, x), the first along x [nm]."""
        turn = np.deg2rad(self.angle)
        return np.array([[0.0, self.one], [self.two * np.sin(turn), self.two * np.cos(turn)]])

    def like(self, basis: Array) -> Array:
        """The sides of a measured lattice as they would be in this cell.

        Parameters
        ----------
        basis
            Two rows of (y, x), the sides of the smallest measured cell [nm].

        Returns
        -------
        basis
            As this cell has it, in the measured orientation.

        Raises
        ------
        ColonnadeError
            If the lattice has no cell like this.
        """
        numbers = np.array(list(product(range(-MOST_CELLS, MOST_CELLS + 1), repeat=2)))[:, ::-1]
        vectors = numbers @ basis
        lengths = np.hypot(*vectors.T)
        best, least = None, np.inf
        for first in np.flatnonzero(np.abs(lengths / self.one - 1) < LENGTH):
            for second in np.flatnonzero(np.abs(lengths / self.two - 1) < LENGTH):
                off = self._off(vectors[[first, second]])
                if off < least:
                    best, least = numbers[[first, second]], off
        if best is None:
            sides = np.hypot(*basis.T)
            cos = basis[0] @ basis[1] / sides.prod()
            raise ColonnadeError(
                f"no cell of {self.one:g} x {self.two:g} nm at {self.angle:g}° repeats these "
                f"columns; the smallest that does has {sides[0]:.4g} x {sides[1]:.4g} nm at "
                f"{np.degrees(np.arccos(cos)):.1f}°"
            )
        ideal = np.linalg.solve(best.astype(float), self.sides)
        return ideal @ turned(ideal, basis).T

    def in_pixels(self, basis: Array, pixel_size: tuple[float, float] | None) -> Array:
        """The sides of a lattice measured in pixels as they would be in this cell [px].

        Parameters
        ----------
        basis
            Two rows of (y, x), the sides of the smallest measured cell [px].
        pixel_size
            Size of a pixel along (y, x) [nm].

        Raises
        ------
        ColonnadeError
            If there is no pixel size, or the lattice has no cell like this.
        """
        if pixel_size is None:
            raise ColonnadeError("a known cell needs a pixel size, which the columns do not have")
        return np.asarray(self.like(basis * pixel_size) / np.array(pixel_size))

    def _off(self, pair: Array) -> float:
        """How far a measured cell is from this one; infinite if it is another."""
        one, two = np.hypot(*pair.T)
        cross = pair[0, 1] * pair[1, 0] - pair[0, 0] * pair[1, 1]
        angle = np.degrees(np.arctan2(cross, pair[0] @ pair[1]))
        if abs(angle - self.angle) > ANGLE:
            return float(np.inf)
        turn = np.deg2rad(angle - self.angle)
        return float(np.linalg.norm([one / self.one - 1, two / self.two - 1, turn]))


def turned(ideal: Array, measured: Array) -> Array:
    """Rotation that brings rows of vectors (y, x) as near to measured ones as it can."""
    left, _, right = np.linalg.svd(measured.T @ ideal)
    turn = np.diag([1.0, np.sign(np.linalg.det(left @ right))])
    return np.asarray(left @ turn @ right)

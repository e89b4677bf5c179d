"""Tilt series of ellipsoids, whose projections are known exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.tomo.reconstruct.moved import rotation

FINER = 2
"""Rays to a pixel along each side."""


@dataclass(frozen=True)
class Ellipsoid:
    """Of even density, its middle (y, x, z) from the axis [px]."""

    middle: NDArray[np.float64]
    matrix: NDArray[np.float64]
    density: float


def particle(rng: np.random.Generator, side: int) -> list[Ellipsoid]:
    """Overlapping ellipsoids that stay inside the views."""
    return [
        _ellipsoid(rng, rng.uniform(-0.2, 0.2, 3) * side, rng.uniform(0.04, 0.13, 3) * side)
        for _ in range(12)
    ]


def needle(rng: np.random.Generator, side: int) -> list[Ellipsoid]:
    """A needle that comes from beyond the top of the views, with something inside."""
    inside = [
        _ellipsoid(
            rng,
            np.array([rng.uniform(-0.6, 0.3), *rng.uniform(-0.1, 0.1, 2)]) * side,
            rng.uniform(0.04, 0.1, 3) * side,
        )
        for _ in range(10)
    ]
    shaft = np.diag((np.array([0.8, 0.13, 0.17]) * side) ** -2.0)
    return [*inside, Ellipsoid(np.array([-0.5 * side, 0, 0]), shaft, 1.0)]


def film(rng: np.random.Generator, side: int) -> list[Ellipsoid]:
    """Grains in a thin film that fills the views at any tilt up to 60 degrees."""
    return [
        _ellipsoid(
            rng,
            rng.uniform([-0.9, -2.2, -0.1], [0.9, 2.2, 0.1]) * side,
            rng.uniform(0.04, 0.08, 3) * side,
        )
        for _ in range(260)
    ]


def project(
    specimen: list[Ellipsoid],
    angles: NDArray[np.float64],
    side: int,
    axis_angle: float = 0.0,
    shifts: NDArray[np.float64] | None = None,
) -> NDArray[np.float32]:
    """Views (view, y, x), each shifted along (y, x), whose axis is turned from y towards x."""
    shifts = np.zeros((len(angles), 2)) if shifts is None else shifts
    places = (np.arange(side * FINER) + 0.5) / FINER - side / 2
    grid = np.stack(np.meshgrid(places, places, indexing="ij"))
    views = [
        _view(specimen, np.deg2rad(angle), grid - shift[:, None, None], rotation(axis_angle))
        for angle, shift in zip(angles, shifts, strict=True)
    ]
    blocks = np.stack(views).reshape(len(angles), side, FINER, side, FINER)
    return blocks.mean((2, 4)).astype(np.float32)


def counted(
    views: NDArray[np.float32], counts: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Views of so many electrons in the brightest pixel."""
    return rng.poisson(views * (counts / views.max())).astype(np.float32)


def _ellipsoid(
    rng: np.random.Generator, middle: NDArray[np.float64], radii: NDArray[np.float64]
) -> Ellipsoid:
    turned, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return Ellipsoid(middle, turned @ np.diag(radii**-2.0) @ turned.T, rng.uniform(0.5, 1.5))


def _view(
    specimen: list[Ellipsoid],
    tilt: float,
    grid: NDArray[np.float64],
    turn: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Length of each ray in each ellipsoid, times its density."""
    along, across = np.tensordot(turn.T, grid, 1)
    start = np.stack([along, across * np.cos(tilt), across * np.sin(tilt)], -1)
    beam = np.array([0, -np.sin(tilt), np.cos(tilt)])
    seen = np.zeros(along.shape)
    for one in specimen:
        from_middle = start - one.middle
        square = beam @ one.matrix @ beam
        mixed = from_middle @ one.matrix @ beam
        rest = np.einsum("yxi,ij,yxj->yx", from_middle, one.matrix, from_middle) - 1
        seen += 2 * one.density * np.sqrt(np.maximum(mixed**2 - square * rest, 0)) / square
    return seen

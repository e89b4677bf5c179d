"""Where the points of one image lie in another: a linear map and a smooth field of shifts."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.interpolate import make_interp_spline
from scipy.sparse import linalg

from colonnade.core.arrays import Array, Single
from colonnade.core.images.registration import LocalShifts

OUTLYING = 3.0
"""Shifts that differ from the field by more than this count less [standard deviations]."""

REWEIGHTED = 10
"""The weights of outlying shifts settle in so many rounds."""

SPLINE = 5
"""Order of the splines that resample images; the highest there is costs least sharpness."""

STRIP = 1 << 20
"""So many pixels are resampled at once."""


@dataclass(frozen=True, eq=False)
class ShiftField:
    """Maps positions in one image to positions in another.

    Parameters
    ----------
    size
        Rows and columns of the image whose positions are mapped [px].
    jacobian
        Derivatives of the mapped (y, x) by (y, x), without the shifts.
    centre
        Where the centre of the image lies in the other, without the shifts (y, x) [px].
    shifts
        What is added to a position before it is mapped, at nodes; axes (2, y, x) [px].
    first, step
        First node (y, x), and the distance from one to the next [px].
    """

    size: tuple[int, int]
    jacobian: Array
    centre: Array
    shifts: Array
    first: tuple[float, float] = (0.0, 0.0)
    step: float = 1.0

    @classmethod
    def linear(cls, size: tuple[int, int], jacobian: Array, centre: Array) -> "ShiftField":
        """Map without shifts."""
        return cls(size, jacobian, centre, np.zeros((2, 1, 1)))

    def __call__(self, positions: Array) -> Array:
        """Map rows of (y, x) [px]."""
        down, across = (self._spline(axis, positions[:, axis]) for axis in (0, 1))
        moved = positions + np.einsum("pi,kij,pj->pk", down, self.shifts, across)
        return np.asarray((moved - self._middle) @ self.jacobian.T + self.centre)

    def grid(self, finer: int = 1, rows: slice = slice(None)) -> Array:
        """Map the centres of pixels, axes (2, y, x).

        Parameters
        ----------
        finer
            Each pixel is cut into so many along both axes, whose centres are mapped.
        rows
            Which rows of those.
        """
        y, x = ((np.arange(finer * side) + 0.5) / finer - 0.5 for side in self.size)
        y = y[rows]
        moved = self._spline(0, y) @ self.shifts @ self._spline(1, x).T
        moved[0] += y[:, None] - self._middle[0]
        moved[1] += x - self._middle[1]
        turned = np.tensordot(self.jacobian, moved, 1)
        return np.asarray(turned + self.centre[:, None, None])

    def _spline(self, axis: int, positions: Array) -> Array:
        """Share of each node in the shift at positions along an axis, axes (position, node).

        Beyond the outer nodes the shift is theirs.
        """
        nodes = self.shifts.shape[axis + 1]
        places = np.clip((positions - self.first[axis]) / self.step, 0, nodes - 1)
        spline = make_interp_spline(np.arange(nodes), np.eye(nodes), k=min(3, nodes - 1))
        return np.asarray(spline(places))

    @property
    def node_shifts(self) -> Array:
        """The shifts at the nodes, axes (y, x, 2) [px]."""
        return np.moveaxis(self.shifts, 0, -1)

    @property
    def _middle(self) -> Array:
        return (np.array(self.size) - 1) / 2

    @property
    def scale(self) -> float:
        """Pixels of the other image along a pixel of the one."""
        return float(np.sqrt(abs(np.linalg.det(self.jacobian))))

    @property
    def rotation(self) -> float:
        """Angle from the x axis of the other image to that of the one, towards y [degrees]."""
        turn = self.jacobian
        return float(np.degrees(np.arctan2(turn[0, 1] - turn[1, 0], turn[0, 0] + turn[1, 1])))


def fit_linear(field: ShiftField, found: LocalShifts) -> tuple[ShiftField, Array]:
    """Fit the linear map to measured shifts; those that do not fit in count less.

    Parameters
    ----------
    field
        A linear map, with which the shifts were measured.
    found
        What must be added to positions before they are mapped.

    Returns
    -------
    ShiftField
        The new map.
    Array
        Weight of each window, 1 where it fits in; axes (y, x).
    """
    away = found.centres - (np.array(field.size) - 1) / 2
    terms = np.concatenate([np.ones((*found.known.shape, 1)), away], axis=-1)
    weights = np.ones(found.known.shape)
    for _ in range(REWEIGHTED):
        known = found.information * weights[..., None, None]
        normal = np.einsum("yxa,yxij,yxb->iajb", terms, known, terms).reshape(6, 6)
        pull = np.einsum("yxa,yxij,yxj->ia", terms, known, found.shifts).reshape(6)
        change = np.linalg.lstsq(normal, pull)[0].reshape(2, 3)
        weights = fitting_weights(found, terms @ change.T)
    jacobian = field.jacobian @ (np.eye(2) + change[:, 1:])
    centre = field.centre + field.jacobian @ change[:, 0]
    return ShiftField.linear(field.size, jacobian, centre), weights


def fit_shifts(field: ShiftField, wanted: LocalShifts, steps: float) -> ShiftField:
    """Put smooth shifts through measured ones.

    Parameters
    ----------
    field
        Its linear part stays.
    wanted
        The shifts as measured; every window becomes a node.
    steps
        Standard deviation of the difference that is expected between the shifts of windows beside
        each other [px].
    """
    shape = wanted.known.shape
    first = 2 * np.arange(wanted.known.size)[:, None, None]
    row, column = first + np.array([[0, 0], [1, 1]]), first + np.array([[0, 1], [0, 1]])
    information = wanted.information.reshape(-1, 2, 2)
    normal = sparse.coo_array((information.ravel(), (row.ravel(), column.ravel())))
    stiff = sparse.kron(_differences(shape), sparse.eye_array(2)) / steps**2
    pull = np.einsum("nij,nj->ni", information, wanted.shifts.reshape(-1, 2)).ravel()
    shifts = linalg.spsolve(sparse.csc_array(normal + stiff), pull).reshape(*shape, 2)
    y, x = wanted.centres[0, 0]
    return replace(
        field, shifts=np.moveaxis(shifts, -1, 0), first=(float(y), float(x)), step=wanted.side
    )


def fitting_weights(found: LocalShifts, fitted: Array) -> Array:
    """Weigh windows by how well their shifts fit in, against what is typical; axes (y, x)."""
    squares = found.squares(fitted)
    typical = float(np.median(squares[found.known])) / np.log(4) if found.known.any() else 1.0
    return np.asarray(1 / (1 + squares / (max(typical, 1.0) * OUTLYING**2)))


def _differences(shape: tuple[int, ...]) -> sparse.csc_array:
    """Matrix of the sum of squared differences between neighbours on a grid, and a little more.

    The little keeps shifts finite where nothing is known.
    """
    along = []
    for size in shape:
        step = sparse.diags_array([-np.ones(size), np.ones(size - 1)], offsets=[0, 1])
        inner = sparse.csc_array(step)[: size - 1]
        along.append(inner.T @ inner)
    eyes = [sparse.eye_array(size) for size in shape]
    down, across = sparse.kron(along[0], eyes[1]), sparse.kron(eyes[0], along[1])
    return sparse.csc_array(down + across + 1e-6 * sparse.eye_array(shape[0] * shape[1]))


def resampled(image: Single, where: ShiftField, finer: int = 1) -> Single:
    """Read an image where a field says, by splines of the fifth order; outside it is NaN.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    where
        Maps the pixels of the result to the image.
    finer
        The result has so many times as many pixels along both axes.
    """
    spline = ndimage.spline_filter(image, SPLINE, np.float64, mode="mirror")
    height, width = (finer * side for side in where.size)
    read = np.empty((height, width), np.float32)
    step = max(1, STRIP // width)
    for top in range(0, height, step):
        rows = slice(top, top + step)
        places = where.grid(finer, rows)
        strip = ndimage.map_coordinates(
            spline, places, np.float32, order=SPLINE, mode="mirror", prefilter=False
        )
        strip[~inside(places, image.shape)] = np.nan
        read[rows] = strip
    return read


def inside(places: Array, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Whether places, axes (2, ...), lie in an image of a shape."""
    (y, x), (rows, columns) = places, shape
    return np.asarray((y > -0.5) & (y < rows - 0.5) & (x > -0.5) & (x < columns - 0.5))

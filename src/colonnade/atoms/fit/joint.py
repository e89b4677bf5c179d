"""All columns of an image and its background, fitted together by weighted least squares.

With weights from the expected image this is the maximum of the likelihood of counted electrons
(Fisher scoring), and it needs no knowledge of the gain.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.fit.noise import Noise, trusted
from colonnade.atoms.fit.shape import Shape, free_coefficients
from colonnade.atoms.fit.windows import Background, Windows

Array = NDArray[np.float64]
Single = NDArray[np.float32]

REACH = 3.3
"""A column is fitted up to this many of its widths away."""

SOLVER_STEPS = 8
"""Conjugate gradients within one step of the fit; the next step mends what they leave."""

LARGEST_MOVE = 0.5
"""In one step a column moves by at most this many widths along each axis."""

LARGEST_GROWTH = 0.2
"""In one step the logarithm of a width changes by at most this."""


TELLING = 250.0
"""Squared signal to noise at which a column says as much of its shape as was believed before."""


Free = tuple[bool, bool, bool, bool]
"""Which of y, x, height and width of the columns may change."""

ALL: Free = (True, True, True, True)
IN_PLACE: Free = (False, False, True, True)
HEIGHT: Free = (False, False, True, False)


@dataclass(frozen=True, eq=False)
class Peaks:
    """Columns and background as the fit sees them; lengths are in pixels of the fitted image.

    Parameters
    ----------
    positions
        Rows of (y, x).
    height, width
        Of each column.
    nodes
        Background at the nodes of its grid.
    shape
        What all columns share.
    """

    positions: Array
    height: Array
    width: Array
    nodes: Single
    shape: Shape

    def __len__(self) -> int:
        return len(self.height)


@dataclass(frozen=True, eq=False)
class View:
    """An image as a set of peaks explains it.

    Parameters
    ----------
    windows
        The pixels around each column.
    jacobian
        Change of the window's pixels with y, x, height and logarithm of the width, axes
        (column, parameter, pixel).
    expected
        The image that the peaks make.
    residual
        What they leave of the image.
    weight
        Reciprocal variance of each pixel.
    """

    windows: Windows
    jacobian: Single
    expected: Single
    residual: Single
    weight: Single

    @property
    def parameters(self) -> int:
        """Number of parameters of all columns."""
        return int(np.prod(self.jacobian.shape[:2]))

    def own_information(self) -> Array:
        """Fisher information of each column's four parameters, the others being known."""
        weight = self.windows.gather(self.weight).reshape(len(self.jacobian), 1, -1)
        return (self.jacobian * weight @ self.jacobian.swapaxes(1, 2)).astype(np.float64)


class JointFit:
    """One image to which peaks are fitted.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    background
        Where the background may bend.
    usual_width
        Standard deviation of a typical column [px].
    spread
        Standard deviation of the logarithm of the columns' widths.
    """

    def __init__(
        self, image: Single, background: Background, usual_width: float, spread: float
    ) -> None:
        self.image, self.background = image, background
        self.usual_width, self.spread = usual_width, spread
        self.noise: Noise | None = None

    def view(self, peaks: Peaks) -> View:
        """Make the image that the peaks expect, and how it changes with them."""
        reach = int(np.ceil(REACH * self.usual_width))
        windows = Windows(peaks.positions, self.image.shape, reach)
        value, slope = windows.peaks(peaks.positions, peaks.width, peaks.shape)
        height = peaks.height.astype(np.float32)[:, None, None]
        jacobian = np.stack([height * slope[0], height * slope[1], value, height * slope[2]], 1)
        # Along this line the volume of a peak grows and its likelihood's curvature is its own.
        jacobian[:, 3] -= height * value
        expected = windows.scatter(height * value) + self.background.image(peaks.nodes)
        residual = self.image - expected
        jacobian = jacobian.reshape(*jacobian.shape[:2], -1)
        if self.noise is None:
            self.noise = Noise.measure(self.image, expected, 4 * len(peaks))
        weight = trusted(self.noise.weights(expected), residual)
        return View(windows, jacobian, expected, residual, weight)

    def reweighted(self, view: View) -> View:
        """Take the law of the noise from what is left of the image, and weight by it."""
        self.noise = Noise.measure(self.image, view.expected, view.parameters)
        weight = trusted(self.noise.weights(view.expected), view.residual)
        return replace(view, weight=weight)

    def learn_width(self, peaks: Peaks) -> None:
        """Take the usual width from the columns themselves, bright ones first."""
        height = np.maximum(peaks.height, 0)
        if height.any():
            self.usual_width = float(np.exp(np.average(np.log(peaks.width), weights=height)))

    def learnt_shape(self, peaks: Peaks, view: View) -> Shape:
        """Take one step towards the shape that explains the image best.

        The functions of a shape are orthogonal, so each is learnt by itself; how far to go along
        the change of all of them, with neighbours that overlap, is then found in the image.
        """
        windows, (y, x) = view.windows, free_coefficients()
        along_y, along_x = windows.functions(peaks.positions, peaks.width)
        along_y, along_x = along_y[..., :-1], along_x[..., :-1]
        height = peaks.height.astype(np.float32)[:, None, None]
        pull = height * windows.gather(view.weight * view.residual)
        gain = (along_y.swapaxes(1, 2) @ pull @ along_x).sum(0)[y, x]
        weight = height**2 * windows.gather(view.weight)
        norm = ((along_y**2).swapaxes(1, 2) @ weight @ along_x**2).sum(0)[y, x]
        step = np.zeros_like(peaks.shape.coefficients)
        held = TELLING * len(peaks)
        step[y, x] = (gain - held * peaks.shape.coefficients[y, x]) / (norm + held)
        # What both second functions have in common is the width, which each column has its own of.
        step[[2, 0], [0, 2]] -= (step[2, 0] + step[0, 2]) / 2
        change = along_y @ step.astype(np.float32) @ along_x.swapaxes(1, 2)
        image = windows.scatter(height * change)
        along = float((view.weight * image * view.residual).sum())
        far = np.clip(along / max(float((view.weight * image**2).sum()), 1e-30), 0.0, 2.0)
        return Shape(peaks.shape.coefficients + far * step)

    def improved(self, peaks: Peaks, view: View, damping: float, free: Free = ALL) -> Peaks:
        """Take one step towards the maximum of the likelihood.

        Parameters
        ----------
        peaks, view
            Where the fit stands.
        damping
            Share by which each column's own curvature is raised, so that steps stay short.
        free
            Which of y, x, height and width change; the background always does.
        """
        change, nodes = _Normal(self, peaks, view, damping, free).solve()
        largest = LARGEST_MOVE * self.usual_width
        growth = np.clip(change[:, 3], -LARGEST_GROWTH, LARGEST_GROWTH)
        return replace(
            peaks,
            positions=peaks.positions + np.clip(change[:, :2], -largest, largest),
            height=(peaks.height + change[:, 2]) * np.exp(-growth),
            width=peaks.width * np.exp(growth),
            nodes=peaks.nodes + nodes,
        )


class _Normal:
    """The normal equations of one step, solved by conjugate gradients."""

    def __init__(
        self, fit: JointFit, peaks: Peaks, view: View, damping: float, free: Free
    ) -> None:
        self.view, self.background = view, fit.background
        self.free = np.array(free, np.float32)
        self.held = np.array([0, 0, 0, 1 / fit.spread**2], np.float32)
        off = np.log(peaks.width / fit.usual_width)
        self.pull = (-self.held * off[:, None]).astype(np.float32)
        own = view.own_information() * np.outer(self.free, self.free)
        every = np.arange(4)
        own[:, every, every] *= 1 + damping
        largest = own[:, every, every].max(1, keepdims=True)
        own[:, every, every] += self.held + (1 - self.free) + 1e-6 * largest + 1e-20
        self.damping = (damping * own[:, every, every]).astype(np.float32)
        self.own = np.linalg.inv(own).astype(np.float32)
        norms = self.background.norms(view.weight)
        self.tents = norms + 1e-6 * norms.mean()

    def solve(self) -> tuple[Array, Single]:
        weighted = self.view.weight * self.view.residual
        r, s = self._gather(weighted)
        r = (r + self.pull) * self.free
        x, y = np.zeros_like(r), np.zeros_like(s)
        u, v = self._preconditioned(r, s)
        left = float((r * u).sum() + (s * v).sum())
        p, q = u, v
        for _ in range(SOLVER_STEPS):
            a, b = self._times(p, q)
            step = left / max(float((p * a).sum() + (q * b).sum()), 1e-30)
            x, y = x + step * p, y + step * q
            r, s = r - step * a, s - step * b
            u, v = self._preconditioned(r, s)
            before, left = left, float((r * u).sum() + (s * v).sum())
            p, q = u + left / max(before, 1e-30) * p, v + left / max(before, 1e-30) * q
        return x.astype(np.float64), y

    def _times(self, p: Single, q: Single) -> tuple[Single, Single]:
        patches = (p[:, None] @ self.view.jacobian).reshape(self.view.windows.inside.shape)
        image = self.view.windows.scatter(patches) + self.background.image(q)
        columns, nodes = self._gather(self.view.weight * image)
        return (columns + (self.held + self.damping) * p) * self.free, nodes

    def _gather(self, image: Single) -> tuple[Single, Single]:
        patches = self.view.windows.gather(image).reshape(len(self.own), -1, 1)
        return (self.view.jacobian @ patches)[..., 0], self.background.gather(image)

    def _preconditioned(self, r: Single, s: Single) -> tuple[Single, Single]:
        return (self.own @ r[..., None])[..., 0], s / self.tents

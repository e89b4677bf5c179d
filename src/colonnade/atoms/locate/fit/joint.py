"""All columns of an image and its background, fitted together by weighted least squares.

With weights from the expected image this is the maximum of the likelihood of counted electrons
(Fisher scoring), and it needs no knowledge of the gain.
"""

from dataclasses import replace

import numpy as np

from colonnade.atoms.locate.fit.noise import Noise, trusted
from colonnade.atoms.locate.fit.normal import Normal, Prior
from colonnade.atoms.locate.fit.peaks import Peaks, View
from colonnade.atoms.locate.fit.shape import MODES, Shape
from colonnade.atoms.locate.fit.windows import Background, Windows
from colonnade.core.arrays import Array, Single

REACH = 3.3
"""A column is fitted up to this many of its widths away."""

LARGEST_MOVE = 0.5
"""In one step a column moves by at most this many widths along each axis."""

LARGEST_GROWTH = 0.2
"""In one step the logarithm of a width changes by at most this."""

LEAST_SPREAD, MOST_SPREAD = 0.01, 0.1
"""The columns' widths scatter by no less and no more, in their logarithm."""

BELIEF = 20.0
"""What was believed of their scatter counts like so many columns whose width is known."""

STRANGE = 3.0
"""Widths that are off by more standard deviations than this count as if by so many."""

TELLING = 250.0
"""Squared signal to noise at which a column says as much of its shape as was believed before."""

Free = tuple[bool, bool, bool, bool]
"""Which of y, x, height and width of the columns may change."""

ALL: Free = (True, True, True, True)
IN_PLACE: Free = (False, False, True, True)
HEIGHT: Free = (False, False, True, False)


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
        Standard deviation of the logarithm of the columns' widths, as far as is believed before.
    """

    def __init__(
        self, image: Single, background: Background, usual_width: float, spread: float
    ) -> None:
        self.image, self.background = image, background
        self.usual_width, self.spread, self.believed = usual_width, spread, spread
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

    def improved(self, peaks: Peaks, view: View, damping: float, free: Free = ALL) -> Peaks:
        """Take one step towards the maximum of the likelihood.

        Parameters
        ----------
        peaks, view
            Where the fit stands.
        damping
            Share by which each column's own curvature is raised, so that steps stay short.
        free
            Which of y, x, height and width change; the background always does, and the shape
            where the widths do.
        """
        told = TELLING * len(peaks) if free[3] else np.inf
        prior = Prior(free, damping, 1 / self.spread**2, told)
        normal = Normal(peaks, view, self.background, self.usual_width, prior)
        change = normal.solve()
        moves, heights, widths = np.split(change.columns.astype(np.float64), [2, 3], axis=1)
        largest = LARGEST_MOVE * self.usual_width
        growth = np.clip(widths[:, 0], -LARGEST_GROWTH, LARGEST_GROWTH)
        modes, usual = change.common[:-1], float(change.common[-1])
        self.usual_width *= float(np.exp(np.clip(usual, -LARGEST_GROWTH, LARGEST_GROWTH)))
        width = peaks.width * np.exp(growth)
        if free[3]:
            self._learn_spread(np.log(width / self.usual_width), normal.own[:, 3, 3])
        shape = peaks.shape.coefficients + (modes @ MODES).reshape(peaks.shape.coefficients.shape)
        return replace(
            peaks,
            positions=peaks.positions + np.clip(moves, -largest, largest),
            height=(peaks.height + heights[:, 0]) * np.exp(-growth),
            width=width,
            nodes=peaks.nodes + change.nodes,
            shape=Shape(shape),
        )

    def _learn_spread(self, off: Array, variance: Single) -> None:
        """Take the scatter of the widths from what they are, less what noise makes of it.

        Parameters
        ----------
        off
            Logarithm of each column's width over the usual one, as it was held to it.
        variance
            Of that, for each column by itself.
        """
        held = self.spread**2
        # The share of what the image says of a width that is left when it is held to the others.
        kept = np.clip(1 - variance / held, 1e-6, 1.0)
        noise = held * (1 - kept) / kept
        seen = np.minimum((off / kept) ** 2, STRANGE**2 * (held + noise))
        told = kept**2
        scatter = (told @ (seen - noise) + BELIEF * self.believed**2) / (told.sum() + BELIEF)
        low, high = LEAST_SPREAD**2, MOST_SPREAD**2
        self.spread = float(np.sqrt(np.clip(scatter, low, high)))

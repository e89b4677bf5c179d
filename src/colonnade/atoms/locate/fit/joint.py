"""All columns of an image and its background, fitted together by weighted least squares.

With weights from the expected image this is the maximum of the likelihood of counted electrons
(Fisher scoring), and it needs no knowledge of the gain.
"""

from dataclasses import replace

import numpy as np

from colonnade.atoms.locate.fit.noise import Noise, robust
from colonnade.atoms.locate.fit.normal import Change, Normal, Prior
from colonnade.atoms.locate.fit.peaks import PARAMETERS, Peaks, View
from colonnade.atoms.locate.fit.settings import FitSettings
from colonnade.atoms.locate.fit.shape import MODES, Shape
from colonnade.atoms.locate.fit.windows import Background, Windows
from colonnade.core.arrays import Array, Single

Free = tuple[bool, bool, bool, bool]
"""Which of y, x, height and width of the columns may change."""

ALL: Free = (True, True, True, True)
IN_PLACE: Free = (False, False, True, True)
HEIGHT: Free = (False, False, True, False)

NORMAL_MEDIAN = 0.67449
"""Median of the absolute value of a normally distributed number."""


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
    settings
        How it is fitted.

    Attributes
    ----------
    width_spread
        Standard deviation of the logarithm of the columns' widths, as far as it is known.
    found_information
        Information on each column's place along an axis about where the network found it, as far
        as it is known [1/widths²].
    shape_refused
        Whether a step led to a shape of no volume, so that the Gaussian was taken.
    """

    def __init__(
        self, image: Single, background: Background, usual_width: float, settings: FitSettings
    ) -> None:
        self.image, self.background = image, background
        self.usual_width, self.settings = usual_width, settings
        self.width_spread = settings.joint.width_spread
        self.found_information = 0.0
        self.shape_refused = False

    def view(self, peaks: Peaks) -> View:
        """Make the image that the peaks expect, and how it changes with them.

        What is left of the image says how much noise there is, and with it the weights.
        """
        reach = int(np.ceil(self.settings.joint.reach * self.usual_width))
        windows = Windows(peaks.positions, self.image.shape, reach)
        functions = windows.functions(peaks.positions, peaks.width)
        patches, jacobian = windows.draw(functions, peaks.height, peaks.width, peaks.shape)
        expected = windows.scatter(patches) + self.background.image(peaks.nodes)
        residual = self.image - expected
        jacobian = jacobian.reshape(*jacobian.shape[:2], -1)
        settings = self.settings.noise
        noise = Noise.measure(self.image, expected, PARAMETERS * len(peaks), settings)
        weight = robust(noise.weights(expected), residual, settings.outlying)
        return View(windows, functions, jacobian, expected, residual, weight)

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
        shape_information = self.settings.joint.shape_prior * len(peaks) if free[3] else np.inf
        position = self.found_information / self.usual_width**2
        prior = Prior(free, damping, position, 1 / self.width_spread**2, shape_information)
        normal = Normal(
            peaks, view, self.background, self.usual_width, prior, self.settings.solver
        )
        changed = self._applied(peaks, normal.solve())
        if free[3]:
            off = np.log(changed.width / self.usual_width)
            self.width_spread = self._measured_spread(off, normal.own[:, 3, 3])
        return changed

    def compare_with_found(self, peaks: Peaks, variance: Array) -> None:
        """Learn from what the image says by itself how well the network knows its columns.

        A network that knows them errs where the noise makes the image err, and less. Then its
        places are nearer to those of the image than noise makes these err; if they are farther
        away, it adds errors of its own.

        Parameters
        ----------
        peaks
            Where the image by itself puts the columns.
        variance
            Of their y and x, the others being known [px²].
        """
        joint = self.settings.joint
        informations = (joint.agreeing_spread**-2, joint.found_spread**-2)
        disagreement = self.disagreement(peaks, variance)
        self.found_information = float(np.interp(disagreement, joint.disagreement, informations))

    def disagreement(self, peaks: Peaks, variance: Array) -> float:
        """Typical distance of columns from where the network found them [standard errors].

        The parameters are those of `compare_with_found`. It is infinite where few can tell.
        """
        joint = self.settings.joint
        error = np.sqrt(variance)
        away = np.abs(peaks.tops - peaks.found) / error
        counts = np.isfinite(away) & (error < joint.determined * self.usual_width)
        if counts.sum() < joint.fewest_compared:
            return np.inf
        return float(np.median(away[counts])) / NORMAL_MEDIAN

    def _applied(self, peaks: Peaks, change: Change) -> Peaks:
        """Change peaks, by no more than the settings allow in one step."""
        joint = self.settings.joint
        moves, heights, widths = np.split(change.columns.astype(np.float64), [2, 3], axis=1)
        farthest = joint.largest_move * self.usual_width
        growth = np.clip(widths[:, 0], -joint.largest_growth, joint.largest_growth)
        modes, usual = change.common[:-1], float(change.common[-1])
        usual_growth = np.clip(usual, -joint.largest_growth, joint.largest_growth)
        self.usual_width *= float(np.exp(usual_growth))
        shape = peaks.shape.coefficients + (modes @ MODES).reshape(peaks.shape.coefficients.shape)
        return replace(
            peaks,
            positions=peaks.positions + np.clip(moves, -farthest, farthest),
            height=(peaks.height + heights[:, 0]) * np.exp(-growth),
            width=peaks.width * np.exp(growth),
            nodes=peaks.nodes + change.nodes,
            shape=self._accepted(Shape(shape)),
        )

    def _accepted(self, shape: Shape) -> Shape:
        """Refuse a shape whose volume is not positive, as no column has it."""
        if shape.volume > 0:
            return shape
        self.shape_refused = True
        return Shape.gaussian()

    def _measured_spread(self, off: Array, variance: Single) -> float:
        """Spread of the widths: that of the fitted ones, less what noise adds to it.

        Parameters
        ----------
        off
            Logarithm of each column's width over the usual one, to which it was held.
        variance
            Of that, for each column by itself.
        """
        joint = self.settings.joint
        held = self.width_spread**2
        # The share of the image's information on a width that holding it to the others leaves.
        kept = np.clip(1 - variance / held, 1e-6, 1.0)
        noise = held * (1 - kept) / kept
        squared = np.minimum((off / kept) ** 2, joint.outlying_width**2 * (held + noise))
        weight = kept**2
        prior = joint.width_spread_prior
        scatter = weight @ (squared - noise) + prior * joint.width_spread**2
        low, high = joint.smallest_width_spread**2, joint.largest_width_spread**2
        return float(np.sqrt(np.clip(scatter / (weight.sum() + prior), low, high)))

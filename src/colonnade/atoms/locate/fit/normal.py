"""One step of a joint fit: its normal equations, solved by conjugate gradients.

Columns, background and what all columns share change together. The equations are too many to be
written down; each column by itself, and what all share, make a preconditioner that is solved
exactly.
"""

from dataclasses import dataclass

import numpy as np

from colonnade.atoms.locate.fit.cholesky import inverses
from colonnade.atoms.locate.fit.peaks import Peaks, View
from colonnade.atoms.locate.fit.settings import SolverSettings
from colonnade.atoms.locate.fit.shape import FUNCTIONS, MODES, MODES_OF_ALL, ORDER
from colonnade.atoms.locate.fit.windows import Background, change_scales
from colonnade.core.arrays import Array, Single

PAIRS = np.triu_indices(ORDER + 1)
"""Numbers of both functions of every pair of those of a shape."""

PAIR = np.empty((ORDER + 1, ORDER + 1), np.intp)
"""Number of the pair that two functions are."""
PAIR[PAIRS] = PAIR.T[PAIRS] = np.arange(len(PAIRS[0]))


@dataclass(frozen=True, eq=False)
class Change:
    """A change of everything that is fitted.

    Parameters
    ----------
    columns
        Of y, x, height and logarithm of the width of each column, axes (column, parameter).
    nodes
        Of the background at its nodes.
    common
        Of what all columns share: the modes of the shape, and the logarithm of the usual width.
    """

    columns: Single
    nodes: Single
    common: Array

    def plus(self, share: float, other: "Change") -> "Change":
        """Add a share of another change."""
        return Change(
            self.columns + np.float32(share) * other.columns,
            self.nodes + np.float32(share) * other.nodes,
            self.common + share * other.common,
        )

    def times(self, other: "Change") -> float:
        """Sum of the products of all numbers."""
        pairs = ((self.columns, other.columns), (self.nodes, other.nodes))
        return float(sum((a * b).sum() for a, b in pairs) + self.common @ other.common)


@dataclass(frozen=True)
class Prior:
    """What is known before the image.

    Parameters
    ----------
    free
        Which of y, x, height and width of the columns may change.
    damping
        Share by which each column's own curvature is raised, so that steps stay short.
    position
        Information on each column's place along an axis about where it was found.
    width
        Information on the logarithm of each column's width about the usual one.
    shape
        Information on each mode of the shape about the Gaussian's, which has none; infinite if
        the shape is not to change.
    """

    free: tuple[bool, bool, bool, bool]
    damping: float
    position: float
    width: float
    shape: float


class Normal:
    """The normal equations of one step.

    Parameters
    ----------
    peaks, view
        Where the fit stands.
    background
        Where the background may bend.
    usual_width
        Of the columns [px].
    prior
        What is known besides.
    settings
        How the equations are solved.
    """

    def __init__(
        self,
        peaks: Peaks,
        view: View,
        background: Background,
        usual_width: float,
        prior: Prior,
        settings: SolverSettings,
    ) -> None:
        self.view, self.background, self.settings = view, background, settings
        self.free = np.array(prior.free, np.float32)
        self.held, self.off = _held(peaks, usual_width, prior)
        self.width_held = np.float32(prior.width)
        self._prepare_columns(prior.damping)
        self.learns = np.isfinite(prior.shape)
        self.along_y, self.along_x = view.functions
        self.across_x = np.ascontiguousarray(self.along_x.swapaxes(1, 2))
        self.height = peaks.height.astype(np.float32)
        self.scales = change_scales(peaks.height, peaks.width)
        self.changes = peaks.shape.changes().reshape(4, -1).astype(np.float32)
        self.modes = MODES @ peaks.shape.coefficients.ravel()
        if self.learns:
            self._prepare_common(prior.shape)
        norms = background.norms(view.weight)
        self.tents = norms + 1e-6 * norms.mean()

    def _prepare_columns(self, damping: float) -> None:
        # A step need not be exact: standard errors are, and take twice the digits.
        own = self.view.weighted @ self.view.jacobian.swapaxes(1, 2)
        own = own.astype(np.float64) * np.outer(self.free, self.free)
        every = np.arange(4)
        own[:, every, every] *= 1 + damping
        largest = own[:, every, every].max(1, keepdims=True)
        own[:, every, every] += self.held + (1 - self.free) + 1e-6 * largest + 1e-20
        self.damping = (damping * own[:, every, every]).astype(np.float32)
        inverse = inverses(own, 4)
        # A column whose own system has no solution stays as it is, its width at the usual one.
        singular = ~np.isfinite(inverse).all(axis=(1, 2))
        inverse[singular] = np.diag([0, 0, 0, 1 / max(float(self.width_held), 1e-30)])
        self.own = inverse.astype(np.float32)

    def _prepare_common(self, shape_held: float) -> None:
        """Work out how each column by itself is coupled to what all share."""
        count, side = len(self.own), self.along_y.shape[1]
        slopes = self.view.weighted * self.free[:, None]
        halfway = slopes.reshape(count, 4 * side, side) @ self.along_x
        halfway = halfway.reshape(count, 4, side, FUNCTIONS).swapaxes(1, 2)
        both = self.along_y.swapaxes(1, 2) @ halfway.reshape(count, side, 4 * FUNCTIONS)
        both *= self.height[:, None, None]
        both = both.reshape(count, FUNCTIONS, 4, FUNCTIONS).swapaxes(1, 2)
        shape = both.reshape(4 * count, FUNCTIONS**2) @ MODES_OF_ALL.T.astype(np.float32)
        shape = shape.reshape(count, 4, len(MODES))
        width = np.zeros((count, 4, 1), np.float32)
        width[:, 3] = -self.width_held
        self.shared = np.concatenate([shape, width], axis=2)
        self.common_held = np.append(np.full(len(MODES), shape_held), count * self.width_held)
        left = np.diag(self.common_held)
        # A preconditioner need not be exact: some of the columns stand for all.
        some = slice(None, None, max(1, count // self.settings.shared_columns))
        shared, own = self.shared[some], self.own[some]
        taken = np.tensordot(shared, own @ shared, ([0, 1], [0, 1]))
        information = -taken.astype(np.float64)
        information[:-1, :-1] += self._shape_information(some)
        left += information * count / len(own)
        # Where no column gives information on its width, the usual one stays as it is.
        left[-1, -1] += self.settings.width_information * count * self.width_held
        self.common_own = inverses(left[None], len(left))[0]
        # What the columns do not determine together stays as it is in this step.
        self.learns = bool(np.isfinite(self.common_own).all())

    def _shape_information(self, some: slice) -> Array:
        """Fisher information of some columns on the modes of the shape."""
        weight = self.view.windows.gather(self.view.weight)[some]
        weight *= self.height[some, None, None] ** 2
        along_y, along_x = (
            along[some][..., PAIRS[0]] * along[some][..., PAIRS[1]]
            for along in (self.along_y, self.along_x)
        )
        halfway = weight.swapaxes(1, 2) @ along_y
        products = np.tensordot(halfway, along_x, ([0, 1], [0, 1])).astype(np.float64)
        # From (two functions along y, two along x) to (one product, another).
        products = products[PAIR][:, :, PAIR].swapaxes(1, 2).reshape([(ORDER + 1) ** 2] * 2)
        return np.asarray(MODES @ products @ MODES.T)

    def solve(self) -> Change:
        """Find the change that brings the fit nearest to the image."""
        r = self._gather(self.view.weight * self.view.residual)
        pull = -self.held * self.off
        common = np.zeros_like(r.common)
        if self.learns:
            off = float(self.off[:, 3].sum(dtype=np.float64))
            common = np.append(-self.common_held[:-1] * self.modes, self.width_held * off)
        r = Change((r.columns + pull) * self.free, r.nodes, r.common + common)
        x = Change(np.zeros_like(r.columns), np.zeros_like(r.nodes), np.zeros_like(r.common))
        p = self._preconditioned(r)
        left = r.times(p)
        enough = max(
            self.settings.gain_left * left, self.settings.gain_left_per_column * len(r.columns)
        )
        for _ in range(self.settings.steps):
            a = self._times(p)
            step = left / max(p.times(a), 1e-30)
            x, r = x.plus(step, p), r.plus(-step, a)
            u = self._preconditioned(r)
            before, left = left, r.times(u)
            if left < enough:
                break
            p = u.plus(left / max(before, 1e-30), p)
        return x

    def _times(self, p: Change) -> Change:
        # What an image changes by is a sum of products of few functions, which hold less memory
        # than the pixels of the Jacobian, and it is memory that takes the time.
        products = (p.columns * self.scales) @ self.changes
        if self.learns:
            change = (p.common[:-1] @ MODES_OF_ALL).astype(np.float32)
            products += self.height[:, None] * change
        products = products.reshape(-1, FUNCTIONS, FUNCTIONS)
        patches = np.asarray(self.along_y @ products @ self.across_x, np.float32)
        image = self.view.windows.scatter(patches) + self.background.image(p.nodes)
        sums = self._gather(self.view.weight * image)
        columns, common = sums.columns + (self.held + self.damping) * p.columns, sums.common
        if self.learns:
            columns[:, 3] -= self.width_held * np.float32(p.common[-1])
            common = common + self.common_held * p.common
            common[-1] -= self.width_held * float(p.columns[:, 3].sum(dtype=np.float64))
        return Change(columns * self.free, sums.nodes, common)

    def _gather(self, image: Single) -> Change:
        patches = self.view.windows.gather(image)
        products = self.along_y.swapaxes(1, 2) @ (patches @ self.along_x)
        products = products.reshape(len(patches), -1)
        columns = (products @ self.changes.T) * self.scales
        common = np.zeros(len(MODES) + 1)
        if self.learns:
            common[:-1] = MODES_OF_ALL @ (self.height @ products).astype(np.float64)
        return Change(columns, self.background.gather(image), common)

    def _preconditioned(self, r: Change) -> Change:
        """Solve for each column by itself, and exactly for what all have in common."""
        columns = (self.own @ r.columns[..., None])[..., 0]
        common = r.common
        if self.learns:
            shared = self.shared.reshape(columns.size, -1)
            common = self.common_own @ (r.common - columns.ravel() @ shared)
            pulled = (shared @ common.astype(np.float32)).reshape(columns.shape)
            columns = columns - (self.own @ pulled[..., None])[..., 0]
        return Change(columns, r.nodes / self.tents, common)


def _held(peaks: Peaks, usual_width: float, prior: Prior) -> tuple[Single, Single]:
    """Information before the image on the columns' parameters, and how far they are off that."""
    held, off = np.zeros((2, len(peaks), 4), np.float32)
    seen = np.isfinite(peaks.found).all(axis=1)
    held[seen, :2] = prior.position
    off[seen, :2] = (peaks.tops - peaks.found)[seen]
    held[:, 3], off[:, 3] = prior.width, np.log(peaks.width / usual_width)
    return held, off

"""The two shortest translations that repeat a crystal, found among its columns."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.spatial import ConvexHull, cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.settings import LATTICE, LatticeSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.errors import ColonnadeError
from colonnade.core.measures.neighbours import nearest_distances


def find_translations(columns: Columns, settings: LatticeSettings = LATTICE) -> Array:
    """Find the sides of the smallest cell that repeats most of the columns.

    A translation leads from columns to columns, and from bright ones to bright ones. Where two
    crystals meet, both have translations; the sides of a cell are two that the same columns have.

    Parameters
    ----------
    columns
        Positions, and intensities where they are known.
    settings
        How translations are found.

    Returns
    -------
    basis
        Two rows of (y, x) [px]: the shorter side first, the angle between them at least 60°, the
        second turned from the first from x towards y.

    Raises
    ------
    ColonnadeError
        If nothing repeats.
    """
    if len(columns) < settings.least_columns:
        raise ColonnadeError(
            f"{len(columns)} columns are too few for a lattice; at least "
            f"{settings.least_columns} are needed"
        )
    search = _Search.among(columns, settings)
    if search.spacing <= 0:
        raise ColonnadeError("most of the columns lie upon each other; is the table right?")
    return reduced(search.refined(search.best_pair(search.translations())))


@dataclass(frozen=True, eq=False)
class _Search:
    """Columns, and some of them from which vectors are followed.

    Parameters
    ----------
    positions
        Rows of (y, x) [px].
    brightness
        Logarithm of the intensity of each; NaN where it is not known.
    start
        Numbers of the columns that vectors are followed from.
    spacing
        Median distance between neighbours [px].
    settings
        How translations are found.
    """

    positions: Array
    brightness: Array
    start: Indices
    spacing: float
    settings: LatticeSettings

    @classmethod
    def among(cls, columns: Columns, settings: LatticeSettings) -> "_Search":
        count = len(columns)
        step = max(1, -(-count // settings.compared))
        with np.errstate(invalid="ignore", divide="ignore"):
            brightness = np.log(columns.intensity)
        brightness[~np.isfinite(brightness)] = np.nan
        spacing = float(np.median(nearest_distances(columns.positions)))
        return cls(columns.positions, brightness, np.arange(0, count, step), spacing, settings)

    def frequent_vectors(self) -> Array:
        """Vectors between columns that are frequent, one of each pair of opposite ones."""
        reach = self.settings.reach * self.spacing
        tree = cKDTree(self.positions)
        near = tree.query_ball_point(self.positions[self.start], reach, workers=-1)
        owner = np.repeat(self.start, [len(each) for each in near])
        vectors = self.positions[np.concatenate(near).astype(np.intp)] - self.positions[owner]
        upper = (vectors[:, 0] > 0) | ((vectors[:, 0] == 0) & (vectors[:, 1] > 0))
        vectors = vectors[upper]
        cell = self.spacing / self.settings.bins
        side = int(np.ceil(reach / cell)) + 1
        edges = np.arange(-side, side + 2) - 0.5
        y, x = (vectors / cell).T
        counts = np.histogram2d(y, x, bins=(edges, edges))[0]
        smooth = gaussian_filter(counts, 1.0)
        width = int(self.settings.bins * self.settings.match_distance) * 2 + 1
        tops = (smooth == maximum_filter(smooth, width)) & (smooth > 0.1 * smooth.max())
        peaks: Array = (np.argwhere(tops) - side) * np.float64(cell)
        return _means(vectors, peaks, self.settings.match_distance * self.spacing)

    def translations(self) -> Array:
        """The shortest vectors that repeat most columns, and their brightness."""
        vectors = self.frequent_vectors()
        vectors = vectors[np.argsort(np.hypot(*vectors.T))]
        support, difference = np.empty((2, 0))
        chosen = vectors[:0]
        for start in range(0, len(vectors), self.settings.shortest):
            these = vectors[start : start + self.settings.shortest]
            support = np.append(support, [self._support(*self._repeats(each)) for each in these])
            difference = np.append(difference, [self._difference(each) for each in these])
            chosen = vectors[: len(support)][self._good(support, difference)]
            if len(chosen) >= self.settings.shortest:
                break
        if not len(chosen):
            raise ColonnadeError(
                "no translation repeats these columns; is there a crystal at all?"
            )
        return chosen

    def _good(self, support: Array, difference: Array) -> NDArray[np.bool_]:
        """Which vectors repeat columns as often, and as much alike, as the best ones do."""
        good = (support > 0) & (support >= self.settings.nearly_best * support.max())
        usual = max(np.nanmin(difference[good], initial=np.inf), self.settings.least_difference)
        return np.asarray(good & ~(difference > self.settings.alike * usual))

    def _difference(self, vector: Array) -> float:
        """How much the brightness of what a vector connects differs; NaN if it is not known."""
        end = self._found(vector)
        steps = self.brightness[end[end >= 0]] - self.brightness[self.start[end >= 0]]
        steps = steps[np.isfinite(steps)]
        return float(np.mean(np.abs(steps))) if len(steps) else np.nan

    def best_pair(self, vectors: Array) -> Array:
        """Two translations that the same columns have, with the smallest cell between them."""
        repeats = [self._repeats(vector) for vector in vectors]
        pairs, supports, shares, areas = [], [], [], []
        for one, two in combinations(range(len(vectors)), 2):
            area = abs(_cross(vectors[one], vectors[two]))
            lengths = np.hypot(*vectors[one]) * np.hypot(*vectors[two])
            if area < np.sin(np.deg2rad(self.settings.least_angle)) * lengths:
                continue
            both, possible = (a & b for a, b in zip(repeats[one], repeats[two], strict=True))
            pairs.append(vectors[[one, two]])
            supports.append(self._support(both, possible))
            shares.append(both.sum() / max(possible.sum(), 1))
            areas.append(area)
        if not pairs or max(supports) <= 0:
            raise ColonnadeError("the columns repeat along one direction only, if at all")
        good = np.array(supports) >= self.settings.nearly_best * max(supports)
        smallest = np.where(good, areas, np.inf).min()
        good &= np.array(areas) <= smallest * self.settings.same_area
        return np.asarray(pairs[int(np.argmax(np.where(good, shares, -1)))])

    def _found(self, vector: Array) -> Indices:
        """Number of the column at the end of a vector from each start; -1 where there is none."""
        distance, found = self._tree.query(self.positions[self.start] + vector)
        near = distance <= self.settings.match_distance * self.spacing
        return np.asarray(np.where(near, found, -1))

    def _repeats(self, vector: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether a column is at both ends of a vector and its opposite; and if it could be.

        From one column of a dumbbell a vector leads to the other, but its opposite to nothing.
        """
        ends = [self.positions[self.start] + sign * vector for sign in (1, -1)]
        found = [self._found(sign * vector) >= 0 for sign in (1, -1)]
        within = [self._inside(end) | hit for end, hit in zip(ends, found, strict=True)]
        return found[0] & found[1], within[0] & within[1]

    def _support(self, hit: NDArray[np.bool_], possible: NDArray[np.bool_]) -> float:
        """Share of columns that repeat, in the part of the image where most do.

        What is a translation of one grain repeats all columns there; what is none repeats some
        of them everywhere.
        """
        around = self._around
        total = possible[around].sum(1)
        known = total >= 0.5 * around.shape[1]
        if not known.any():
            return 0.0
        share = np.sort((hit & possible)[around].sum(1)[known] / total[known])
        return float(share[-max(1, int(self.settings.smallest_grain * len(share))) :].mean())

    @cached_property
    def _around(self) -> Indices:
        """Starts around each start."""
        starts = self.positions[self.start]
        count = min(self.settings.together, len(starts))
        return np.asarray(cKDTree(starts).query(starts, count)[1])

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.positions)

    @cached_property
    def _sides(self) -> Array:
        return np.asarray(ConvexHull(self.positions).equations)

    def _inside(self, places: Array) -> NDArray[np.bool_]:
        """Whether places lie among the columns."""
        return np.asarray((places @ self._sides[:, :2].T + self._sides[:, 2] <= 0).all(axis=1))

    def refined(self, basis: Array) -> Array:
        """Fit a basis to the vectors that lead from columns to their repeats."""
        steps = np.array([(1, 0), (0, 1), (1, 1), (1, -1)])
        for _ in range(3):
            found = [self._found(step @ basis) for step in steps]
            ends = [self.positions[end[end >= 0]] for end in found]
            begins = [self.positions[self.start[end >= 0]] for end in found]
            moved = np.concatenate(ends) - np.concatenate(begins)
            numbers = np.repeat(steps, [len(each) for each in ends], axis=0)
            basis = np.linalg.lstsq(numbers.astype(float), moved, rcond=None)[0]
        return basis


def _means(vectors: Array, peaks: Array, near: float) -> Array:
    """Mean of the vectors near each peak."""
    if not len(peaks):
        return np.empty((0, 2))
    distance, number = cKDTree(peaks).query(vectors)
    vectors, number = vectors[distance <= near], number[distance <= near]
    count = np.bincount(number, minlength=len(peaks))
    sums = [np.bincount(number, axis, len(peaks)) for axis in vectors.T]
    return np.stack(sums, axis=1)[count > 0] / count[count > 0, None]


def _cross(one: Array, two: Array) -> float:
    """Area that two vectors (y, x) span, positive where the second turns from x towards y."""
    return float(one[1] * two[0] - one[0] * two[1])


def reduced(basis: Array) -> Array:
    """The shortest sides of the same lattice, in a fixed order and direction."""
    one, two = basis
    while True:
        if np.hypot(*one) > np.hypot(*two) * (1 + 1e-9):
            one, two = two, one
        along = one @ two / (one @ one)
        # Rounding must not lead from one half to the other for ever.
        if abs(along) <= 0.5 + 1e-9:
            break
        two = two - np.round(along) * one
    if abs(one[0]) > abs(one[1]) * (1 + 1e-9) and np.isclose(one @ one, two @ two, rtol=0.1):
        one, two = two, one
    if one[1] < 0:
        one = -one
    return np.array([one, two if _cross(one, two) > 0 else -two])

"""What a joint fit says of every column: position, standard errors, intensity, width and more."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns, typical_spacing
from colonnade.atoms.locate.fit.errors import covariance, excess
from colonnade.atoms.locate.fit.first_width import first_width
from colonnade.atoms.locate.fit.parts import Part, divide
from colonnade.atoms.locate.fit.peaks import View
from colonnade.atoms.locate.fit.refine import Fitted, fit_roughly, fit_together
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning
from colonnade.core.work.blas import one_thread
from colonnade.core.work.parallel import available_cpus

FINE = 1.3
"""Images are binned for the fit as long as columns stay at least this wide [px]."""

SURROUNDINGS = 4.0
"""A part of a large image is fitted with so many spacings, or double widths, around it."""

SUSPICIOUS = 5.0
"""From so many standard errors on, a column is longer than the others: it may be two."""

LONG = 0.15
"""And from this ellipticity on."""


def fit_columns(
    image: Single,
    positions: Array,
    *,
    moving: bool,
    crystal: bool = True,
    aspect: tuple[int, int] = (1, 1),
) -> Columns:
    """Fit all columns of an image together.

    Parameters
    ----------
    image
        Grey levels with bright columns, axes (y, x).
    positions
        Where they are, roughly: rows of (y, x) [px].
    moving
        Whether positions are fitted too, or only what is measured at them.
    crystal
        Whether the columns are those of crystals, not single atoms on a film.
    aspect
        So many pixels along y are as long as so many along x.

    Returns
    -------
    columns
        In the same order, then those that the fit found itself in what was left over; with
        ``sigma_y`` and ``sigma_x`` if positions were fitted, ``intensity``, ``width``, and the
        labels ``snr``: height of the column over its standard error, ``ellipticity``: one less the
        ratio of the shorter to the longer width, and ``double``: 1 where a column is so long that
        it may be two. What did not stand out halfway has neither width nor standard errors.
    """
    if not len(positions):
        nothing = np.empty(0)
        return Columns(nothing, nothing, labels=_labels(nothing, nothing, nothing > 0))
    # In units of their own spread, greys of any gain leave the same numbers behind.
    spread = float(image.std()) or 1.0
    one = _Fit.of(image / np.float32(spread), positions, aspect, moving=moving, crystal=crystal)
    start = one.binning.apply_to(positions)
    margin = SURROUNDINGS * max(typical_spacing(start, one.image.shape), 2 * one.width)
    divided = divide(one.image.shape, len(start), margin)
    parts = [part for part in divided if len(part.seen(start))]
    with one_thread(), ThreadPoolExecutor(min(available_cpus(), len(parts))) as pool:
        fitted = list(pool.map(lambda part: one.part(part, start), parts))
    order = np.argsort(np.concatenate([number for number, _ in fitted]), kind="stable")
    columns = Columns.concatenate([table for _, table in fitted])[order]
    return replace(columns, intensity=spread * columns.intensity)


def roughly(image: Single, positions: Array) -> Columns:
    """Fit columns in a few steps: where they are, how strong and how wide, without errors.

    Parameters
    ----------
    image, positions
        As for `fit_columns`; of one position at least.
    """
    one = _Fit.of(image, positions, (1, 1), moving=True, crystal=True)
    with one_thread():
        peaks = fit_roughly(one.image, one.binning.apply_to(positions), one.width)
    by = float(one.binning.y)
    places = one.binning.undo(peaks.positions + peaks.shape.top() * peaks.width[:, None])
    return Columns(
        y=places[:, 0],
        x=places[:, 1],
        intensity=peaks.height * (by * peaks.width) ** 2 * peaks.shape.volume,
        width=by * peaks.width,
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    """What all parts of an image have in common: image and width are binned."""

    image: Single
    binning: Binning
    width: float
    moving: bool
    crystal: bool

    @classmethod
    def of(
        cls,
        image: Single,
        positions: Array,
        aspect: tuple[int, int],
        *,
        moving: bool,
        crystal: bool,
    ) -> "_Fit":
        """Bin an image as far as its columns are wide."""
        width = first_width(image, positions, typical_spacing(positions, image.shape))
        by = max(1, int(width / FINE / max(aspect)))
        binning = Binning(by * aspect[0], by * aspect[1])
        binned = width / np.sqrt(binning.y * binning.x)
        return cls(binning.apply(image), binning, binned, moving, crystal)

    def part(self, part: Part, start: Array) -> tuple[NDArray[np.intp], Columns]:
        """Fit the columns of a part; give their numbers, those of new ones beyond all others."""
        seen = part.seen(start)
        positions = start[seen] - part.origin
        small = self.image[part.rows, part.columns]
        fitted = fit_together(
            small, positions, self.width, moving=self.moving, crystal=self.crystal
        )
        table = _table(fitted, self.binning, positions if not self.moving else None)
        left = ~fitted.kept
        faint = _faint(self.binning.undo(positions[left]), fitted.halfway[left])
        stood = seen[fitted.kept]
        new = np.full(len(table) - len(stood), len(start))
        corner = part.origin * [self.binning.y, self.binning.x]
        table = Columns.concatenate([table, faint])
        table = replace(table, y=table.y + corner[0], x=table.x + corner[1])
        number = np.concatenate([stood, new, seen[left]])
        place = self.binning.apply_to(table.positions)
        known = number < len(start)
        place[known] = start[number[known]]
        own = part.owns(place)
        return number[own], table[own]


def _labels(
    snr: Array, ellipticity: Array, double: NDArray[np.bool_]
) -> dict[str, NDArray[np.generic]]:
    return {"snr": snr, "ellipticity": ellipticity, "double": double.astype(int)}


def _table(fitted: Fitted, binning: Binning, fixed: Array | None) -> Columns:
    """Everything about the columns, in pixels of the image."""
    peaks, view = fitted.peaks, fitted.view
    held = np.array([0.0, 0.0, 0.0, 1 / fitted.fit.spread**2])
    usual = fitted.fit.usual_width
    joint = covariance(view, peaks.positions, usual, held, fitted.fit.background.step)
    own = np.asarray(np.linalg.inv(view.own_information() + np.diag(held + 1e-12)), np.float64)
    # Where columns lie on each other the joint one is lost to rounding; it is never the smaller.
    electrons = np.maximum(joint[:, [0, 1, 2], [0, 1, 2]], own[:, [0, 1, 2], [0, 1, 2]])
    variance = excess(view, own).variance(electrons)
    area = binning.y * binning.x
    positions = binning.undo(peaks.positions + peaks.shape.top() * peaks.width[:, None])
    sigma = np.sqrt(variance[:, :2]) * [binning.y, binning.x]
    if fixed is not None:
        positions[: len(fixed)] = binning.undo(fixed)
        sigma[:] = np.nan
    stretch = _stretch(fitted, view)
    snr = peaks.height / np.sqrt(variance[:, 2])
    return Columns(
        y=positions[:, 0],
        x=positions[:, 1],
        sigma_y=sigma[:, 0],
        sigma_x=sigma[:, 1],
        intensity=peaks.height * peaks.width**2 * peaks.shape.volume * area,
        width=peaks.width * np.sqrt(area),
        labels=_labels(snr, stretch.ellipticity, stretch.double & (snr > SUSPICIOUS)),
    )


def _faint(positions: Array, snr: Array) -> Columns:
    """Candidates that do not stand out: where they were seen, of no intensity."""
    nothing, unknown = np.zeros(len(positions)), np.full(len(positions), np.nan)
    return Columns(
        y=positions[:, 0],
        x=positions[:, 1],
        sigma_y=unknown,
        sigma_x=unknown,
        intensity=nothing,
        width=unknown,
        labels=_labels(snr, nothing, nothing > 0),
    )


@dataclass(frozen=True, eq=False)
class _Stretch:
    ellipticity: Array
    double: NDArray[np.bool_]


def _stretch(fitted: Fitted, view: View) -> _Stretch:
    """How much longer than wide each column is, beside and beyond the shape of all.

    A column stretched along y has more of the second function along y and less of that along x;
    one stretched along a diagonal has more of the product of the first functions.
    """
    peaks, windows = fitted.peaks, view.windows
    along_y, along_x = windows.functions(peaks.positions, peaks.width)
    weight = windows.gather(view.weight)
    pull = windows.gather(view.weight * view.residual)
    height = np.maximum(peaks.height, 1e-30)[:, None]
    own, error = np.empty((len(peaks), 2)), np.empty((len(peaks), 2))
    c = peaks.shape.coefficients
    for number, orders in enumerate((((2, 0, 1.0), (0, 2, -1.0)), ((1, 1, 1.0),))):
        mode = sum(sign * along_y[:, :, a, None] * along_x[:, None, :, b] for a, b, sign in orders)
        information = np.maximum((weight * mode * mode).sum((1, 2)), 1e-30)
        own[:, number] = (pull * mode).sum((1, 2)) / information
        error[:, number] = 1 / np.sqrt(information)
    shared = np.array([(c[2, 0] - c[0, 2]) / 2, c[1, 1]])
    # A Gaussian whose exponent is stretched by e has e / (2 sqrt(2)) and e / 2 of these.
    scale = np.array([2 * np.sqrt(2), 2.0])
    beyond = own / height
    strange = np.linalg.norm(beyond / (error / height), axis=1)
    extra = np.linalg.norm(scale * beyond, axis=1)
    stretched = np.linalg.norm(scale * (beyond + shared), axis=1)
    double = (strange > SUSPICIOUS) & (1 - np.exp(-extra) > LONG)
    return _Stretch(1 - np.exp(-np.minimum(stretched, 5.0)), double)

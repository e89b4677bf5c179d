"""What a joint fit says of every column: position, standard errors, intensity, width and more.

An image is binned as far as its columns are wide and divided into parts; each part is fitted by
itself, and the tables are put together.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns, typical_spacing
from colonnade.atoms.locate.fit.cholesky import covariances
from colonnade.atoms.locate.fit.covariance import covariance
from colonnade.atoms.locate.fit.excess import excess
from colonnade.atoms.locate.fit.first_width import first_width
from colonnade.atoms.locate.fit.parts import Part, divide
from colonnade.atoms.locate.fit.peaks import PARAMETERS
from colonnade.atoms.locate.fit.refine import Fitted, fit_roughly, fit_together
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FitSettings
from colonnade.atoms.locate.fit.stretch import stretch
from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.images.binning import Binning
from colonnade.core.work.blas import one_thread
from colonnade.core.work.processors import available_cpus
from colonnade.core.work.progress import Progress, silent

SHAPE_REFUSED = "no common shape of the columns could be fitted, so some were taken for Gaussians"
"""Note on columns whose shape would have had no volume."""


@dataclass(frozen=True, eq=False)
class FittedColumns:
    """What a fit found, and what was wrong with it.

    Parameters
    ----------
    columns
        What was fitted.
    notes
        What could not be fitted, a sentence each.
    """

    columns: Columns
    notes: tuple[str, ...] = ()


def fit_columns(
    image: Single,
    positions: Array,
    *,
    moving: bool,
    crystal: bool = True,
    guessed: int = 0,
    aspect: tuple[int, int] = (1, 1),
    settings: FitSettings = FIT_DEFAULTS,
    progress: Progress = silent,
) -> FittedColumns:
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
    guessed
        So many positions, the last ones, are not where the network found a column.
    aspect
        So many pixels along y are as long as so many along x.
    settings
        How they are fitted.
    progress
        Called with the number of finished parts of the image and of all.

    Returns
    -------
    fitted
        Columns in the same order, then those that the fit found itself in the residuals; with
        ``sigma_y`` and ``sigma_x`` if positions were fitted, ``intensity``, ``width``, and the
        labels ``snr``: height of the column over its standard error, ``ellipticity``: one less the
        ratio of the shorter to the longer width, and ``double``: 1 where a column is so long that
        it may be two. What did not stand out before the final steps has neither width nor
        standard errors; what the image does not determine has no standard errors either.
    """
    if not len(positions):
        nothing = np.empty(0)
        labels = _labels(nothing, nothing, nothing > 0)
        return FittedColumns(Columns(nothing, nothing, labels=labels))
    # In units of their own spread, grey levels of any gain give the same numbers.
    spread = float(image.std()) or 1.0
    scaled = image / np.float32(spread)
    fit = _Fit.of(scaled, positions, aspect, settings, moving=moving, crystal=crystal)
    start = fit.binning.apply_to(positions)
    found = start.copy()
    found[len(start) - guessed :] = np.nan
    parts = fit.parts(start)
    with one_thread(), ThreadPoolExecutor(min(available_cpus(), len(parts))) as pool:
        fitted: list[_FittedPart] = []
        for one in pool.map(lambda part: fit.part(part, start, found), parts):
            fitted.append(one)
            progress(len(fitted), len(parts))
    order = np.argsort(np.concatenate([one.numbers for one in fitted]), kind="stable")
    columns = Columns.concatenate([one.columns for one in fitted])[order]
    columns = replace(columns, intensity=spread * columns.intensity)
    refused = any(one.shape_refused for one in fitted)
    return FittedColumns(columns, (SHAPE_REFUSED,) if refused else ())


def fit_columns_roughly(
    image: Single, positions: Array, settings: FitSettings = FIT_DEFAULTS
) -> Columns:
    """Fit columns in a few steps: where they are, how strong and how wide, without errors.

    Parameters
    ----------
    image, positions, settings
        As for `fit_columns`; of one position at least.
    """
    fit = _Fit.of(image, positions, (1, 1), settings, moving=True, crystal=True)
    with one_thread():
        start = fit.binning.apply_to(positions)
        peaks = fit_roughly(fit.image, start, fit.width, settings)
    by = float(fit.binning.y)
    places = fit.binning.undo(peaks.tops)
    return Columns(
        y=places[:, 0],
        x=places[:, 1],
        intensity=peaks.height * (by * peaks.width) ** 2 * peaks.shape.volume,
        width=by * peaks.width,
    )


@dataclass(frozen=True, eq=False)
class _FittedPart:
    """The columns of a part of an image.

    Parameters
    ----------
    numbers
        Of the candidates that they are; those of new columns are beyond all others.
    columns
        In pixels of the image.
    shape_refused
        Whether they were taken for Gaussians.
    """

    numbers: Indices
    columns: Columns
    shape_refused: bool


@dataclass(frozen=True, eq=False)
class _Fit:
    """What all parts of an image have in common: image and width are binned."""

    image: Single
    binning: Binning
    width: float
    settings: FitSettings
    moving: bool
    crystal: bool

    @classmethod
    def of(
        cls,
        image: Single,
        positions: Array,
        aspect: tuple[int, int],
        settings: FitSettings,
        *,
        moving: bool,
        crystal: bool,
    ) -> "_Fit":
        """Bin an image as far as its columns are wide."""
        spacing = typical_spacing(positions, image.shape)
        width = first_width(image, positions, spacing, settings.width)
        by = max(1, int(width / settings.measure.least_width / max(aspect)))
        binning = Binning(by * aspect[0], by * aspect[1])
        binned = width / np.sqrt(binning.y * binning.x)
        return cls(_in_blocks(image, binning), binning, binned, settings, moving, crystal)

    def parts(self, start: Array) -> list[Part]:
        """Divide the image into parts, and leave out those without columns."""
        reach = max(typical_spacing(start, self.image.shape), 2 * self.width)
        margin = self.settings.parts.margin * reach
        divided = divide(self.image.shape, len(start), margin, self.settings.parts)
        return [part for part in divided if len(part.contains(start))]

    def part(self, part: Part, start: Array, found: Array) -> _FittedPart:
        """Fit the columns of a part."""
        within = part.contains(start)
        positions = start[within] - part.origin
        fitted = fit_together(
            self.image[part.rows, part.columns],
            positions,
            self.width,
            moving=self.moving,
            crystal=self.crystal,
            found=found[within] - part.origin,
            settings=self.settings,
        )
        table = _table(fitted, self.binning, positions if not self.moving else None)
        stood, faint = within[fitted.kept], within[~fitted.kept]
        new = np.full(len(table) - len(stood), len(start))
        number = np.concatenate([stood, new, faint])
        places = self.binning.undo(positions[~fitted.kept])
        table = Columns.concatenate([table, _faint(places, fitted.halfway[~fitted.kept])])
        corner = part.origin * [self.binning.y, self.binning.x]
        table = replace(table, y=table.y + corner[0], x=table.x + corner[1])
        place = self.binning.apply_to(table.positions)
        known = number < len(start)
        place[known] = start[number[known]]
        own = part.owns(place)
        return _FittedPart(number[own], table[own], fitted.fit.shape_refused)


def _in_blocks(image: Single, binning: Binning) -> Single:
    """Bin an image without the rows and columns of pixels that are no whole block.

    Blocks that are filled up would not lie where the fit takes them to be.
    """
    height, width = (
        max(size // by, 1) * by
        for size, by in zip(image.shape, (binning.y, binning.x), strict=True)
    )
    return binning.apply(image[:height, :width])


def _labels(
    snr: Array, ellipticity: Array, double: NDArray[np.bool_]
) -> dict[str, NDArray[np.generic]]:
    return {"snr": snr, "ellipticity": ellipticity, "double": double.astype(int)}


def _table(fitted: Fitted, binning: Binning, fixed: Array | None) -> Columns:
    """Everything about the columns, in pixels of the image."""
    peaks, settings = fitted.peaks, fitted.fit.settings.measure
    variance = _variance(fitted)
    positions = binning.undo(peaks.tops)
    # Channelling and neighbours move peaks at any dose.
    systematic = fitted.fit.settings.errors.systematic * peaks.width
    sigma = np.sqrt(variance[:, :2] + systematic[:, None] ** 2)
    sigma = sigma * [binning.y, binning.x]
    if fixed is not None:
        positions[: len(fixed)] = binning.undo(fixed)
        sigma[:] = np.nan
    stretched = stretch(peaks, fitted.view, settings)
    snr = peaks.height / np.sqrt(variance[:, 2])
    double = stretched.double & (snr > settings.double_snr)
    area = binning.y * binning.x
    return Columns(
        y=positions[:, 0],
        x=positions[:, 1],
        sigma_y=sigma[:, 0],
        sigma_x=sigma[:, 1],
        intensity=peaks.height * peaks.width**2 * peaks.shape.volume * area,
        width=peaks.width * np.sqrt(area),
        labels=_labels(snr, stretched.ellipticity, double),
    )


def _variance(fitted: Fitted) -> Array:
    """Variances of y, x [binned px²] and height of every column, axes (column, 3)."""
    fit, view = fitted.fit, fitted.view
    information = view.own_information()
    information[:, 3, 3] += 1 / fit.width_spread**2
    own = covariances(information, PARAMETERS)
    found = _known_from_network(fitted)
    # That is no standard error where the image itself does not show a place.
    found[~np.isfinite(own).all(axis=(1, 2))] = 0.0
    every = np.arange(PARAMETERS)
    information[:, every, every] += found
    found[:, 3] = 1 / fit.width_spread**2
    joint = covariance(
        view,
        fitted.peaks.positions,
        fit.usual_width,
        found,
        fit.background.step,
        fit.settings,
    )
    # Other columns never make an error smaller, but rounding may.
    alone = covariances(information, PARAMETERS)
    electrons = np.maximum(joint[:, [0, 1, 2], [0, 1, 2]], alone[:, [0, 1, 2], [0, 1, 2]])
    return excess(view, own, fit.settings.errors).variance(electrons)


def _known_from_network(fitted: Fitted) -> Array:
    """Information on columns that the image alone does not give, axes (column, parameter).

    The network saw the same electrons, so that little of what it says of places is new.
    """
    fit = fitted.fit
    known = np.zeros((len(fitted.peaks), PARAMETERS))
    seen = np.isfinite(fitted.peaks.found).all(axis=1)
    share = fit.settings.errors.new_information
    known[seen, :2] = share * fit.found_information / fit.usual_width**2
    return known


def _faint(positions: Array, snr: Array) -> Columns:
    """Candidates that do not stand out: where they were found, of no intensity."""
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

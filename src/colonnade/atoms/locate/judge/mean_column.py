"""What the columns of an image look like on average.

A probe blurs everything: a column has no detail much finer than its own width, whatever stands
beside it, and it falls off to all sides. Squares of a board, letters and bricks have edges, and
stripes go on along one direction. Nor is it flat at the top, as squares and discs are that are
wider than their edges. The mean over many columns shows it, as noise averages out.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, MeanColumnSettings
from colonnade.core.arrays import Array, Single

CIRCLE = 16
"""Points of a circle around a column."""


@dataclass(frozen=True)
class MeanColumn:
    """Three numbers of the mean column.

    Parameters
    ----------
    sharpness
        Share of its power in detail that is finer than a probe leaves in a column of that width,
        from 0 to 1; 0 where it is not known.
    roundness
        Curvature of its top along the direction in which that is least, as a share of the
        largest, from 0 for a ridge to 1; NaN where it is not known.
    pointedness
        How far it has fallen near its top, as a share of how far it has farther out: 0 for a
        plateau, 0.22 for a Gaussian; NaN where it is not known.
    """

    sharpness: float
    roundness: float
    pointedness: float

    @classmethod
    def of(
        cls,
        image: Single,
        positions: Array,
        width: float,
        settings: MeanColumnSettings = JUDGE_DEFAULTS.mean_column,
    ) -> "MeanColumn":
        """Measure it.

        Parameters
        ----------
        image
            Grey levels with bright columns, axes (y, x), in pixels that are as high as wide.
        positions
            Rows of (y, x) [px].
        width
            Standard deviation of a column [px].
        settings
            What counts as sharp.
        """
        patches = _patches(image, positions, int(np.ceil(settings.reach * width)), settings)
        if len(patches) < settings.fewest:
            return UNKNOWN
        halves = patches[::2].mean(0), patches[1::2].mean(0)
        finest = settings.finest_detail / width
        sharpness = _share_beyond(halves, finest) if finest < settings.highest_frequency else 0.0
        mean = (halves[0] + halves[1]) / 2
        return cls(sharpness, _roundness(mean, width), _pointedness(mean, width, settings))


UNKNOWN = MeanColumn(0.0, np.nan, np.nan)
"""Where there are too few columns."""


def _patches(image: Single, positions: Array, reach: int, settings: MeanColumnSettings) -> Array:
    """Squares around columns, those at the border left out; axes (column, y, x)."""
    pixel = np.rint(positions).astype(int)
    inside = ((pixel >= reach) & (pixel < np.array(image.shape) - reach)).all(axis=1)
    pixel = pixel[inside]
    if len(pixel) > settings.most:
        pixel = pixel[np.linspace(0, len(pixel) - 1, settings.most).astype(int)]
    step = np.arange(-reach, reach + 1)
    y, x = pixel[:, 0, None, None] + step[:, None], pixel[:, 1, None, None] + step
    return np.asarray(image[y, x], np.float64)


def _share_beyond(halves: tuple[Array, Array], frequency: float) -> float:
    """Share of the power that two means have in common, and that is beyond a frequency [1/px].

    Noise is not common to both: what they have in common less what they differ by is no noise.
    """
    side = len(halves[0])
    window = np.outer(*[np.hanning(side + 2)[1:-1]] * 2)
    first, second = (
        np.fft.fft2(window * (half - np.average(half, weights=window))) for half in halves
    )
    common = (first * second.conj()).real
    certain = common - np.abs(first - second) ** 2 / 4
    y, x = np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side), indexing="ij")
    beyond = np.hypot(y, x) > frequency
    return float(np.clip(certain[beyond].sum() / max(common.sum(), 1e-30), 0, 1))


def _roundness(mean: Array, width: float) -> float:
    """Least curvature of the top of a column as a share of the largest; 0 where it is no top."""
    smooth = ndimage.gaussian_filter(mean, width / 2)
    step, middle = max(1, round(width / 2)), len(mean) // 2
    part = smooth[middle - step : middle + step + 1, middle - step : middle + step + 1]
    y, x = np.array(np.unravel_index(part.argmax(), part.shape)) + middle - step
    around = smooth[y - step : y + step + 1 : step, x - step : x + step + 1 : step]
    along_y = around[2, 1] + around[0, 1] - 2 * around[1, 1]
    along_x = around[1, 2] + around[1, 0] - 2 * around[1, 1]
    across = (around[2, 2] + around[0, 0] - around[2, 0] - around[0, 2]) / 4
    steepest, flattest = np.linalg.eigvalsh([[along_y, across], [across, along_x]])
    return float(np.clip(flattest / steepest, 0, 1)) if steepest < 0 else 0.0


def _pointedness(mean: Array, width: float, settings: MeanColumnSettings) -> float:
    """Fall from the top to nearby, as a share of the fall to farther out."""
    smooth = ndimage.gaussian_filter(mean, settings.smoothing * width)
    radii = width * np.array([0.0, settings.near, settings.far])
    angle = np.arange(CIRCLE) * (2 * np.pi / CIRCLE)
    middle = len(mean) // 2
    y, x = (middle + radii[:, None] * along for along in (np.sin(angle), np.cos(angle)))
    top, near, far = ndimage.map_coordinates(smooth, [y, x], order=1).mean(1)
    return float(np.clip((top - near) / (top - far), 0, 1)) if top > far else 0.0

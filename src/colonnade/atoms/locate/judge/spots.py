"""What stands out of its surroundings where nothing repeats, and how much of a kind it is.

Single atoms are bright spots of about the same height on texture that has no dark ones like them.
The same probe has blurred each of them, so they are as round and as wide as each other, and not
finer than the texture. A photograph has as many bright spots as dark ones, what stands out of it
are edges and highlights of any shape, and stars are of any height.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, SpotSettings
from colonnade.core.arrays import Array, Indices, Single


@dataclass(frozen=True)
class Spots:
    """What stands out of its surroundings.

    Parameters
    ----------
    count
        Number of bright spots.
    contrast
        Logarithm of how many times as many bright spots as dark ones there are.
    spread
        Standard deviation of the logarithm of how far the brighter half of the bright ones stand
        out; the others may be texture.
    roundness
        Least curvature of a bright spot as a share of the largest, in the median; 0 on an edge.
        NaN where there is none.
    unlikeness
        How much the profiles of bright spots differ from their mean, as a share of its height; NaN
        where there are too few.
    coarseness
        How much less the mean profile has fallen close to its top than the texture's own
        correlation has, as a share of its height; NaN where there are too few.
    """

    count: int
    contrast: float
    spread: float
    roundness: float = np.nan
    unlikeness: float = np.nan
    coarseness: float = np.nan

    @classmethod
    def of(cls, prominence: Single, settings: SpotSettings = JUDGE_DEFAULTS.spots) -> Self:
        """Measure the spots of an image.

        Parameters
        ----------
        prominence
            How far each pixel stands out [robust standard deviations].
        settings
            From where on it is a spot.
        """
        bright, dark = (_spots(one, settings) for one in (prominence, -prominence))
        # The filter makes a dark ring round a bright spot, and so does a defocused probe.
        highest = ndimage.maximum_filter(prominence, settings.ring_side)
        dark &= -prominence > settings.ring_depth * highest
        counts = [int(one.sum()) + settings.by_chance for one in (bright, dark)]
        heights = np.sort(np.log(prominence[bright]))
        brighter = heights[len(heights) // 2 :]
        places = np.argwhere(bright)
        return cls(
            len(heights),
            float(np.log(counts[0] / counts[1])),
            float(brighter.std()) if brighter.size else 0.0,
            _roundness(prominence, places),
            *_profiles(prominence, places, settings),
        )


def _spots(prominence: Single, settings: SpotSettings) -> NDArray[np.bool_]:
    """Peaks that stand out far enough, but for those at the border."""
    peak = ndimage.maximum_filter(prominence, settings.peak_side, mode="constant", cval=np.inf)
    return np.asarray((prominence == peak) & (prominence > settings.standing_out))


def _roundness(prominence: Single, places: Indices) -> float:
    """Least curvature of spots as a share of the largest: the median."""
    if not len(places):
        return np.nan
    smooth = (ndimage.gaussian_filter(prominence, 1, order) for order in ((2, 0), (0, 2), (1, 1)))
    along_y, along_x, across = (one[tuple(places.T)].astype(np.float64) for one in smooth)
    half = np.hypot((along_y - along_x) / 2, across)
    flattest, steepest = (half - (along_y + along_x) / 2 - 2 * half * one for one in (1, 0))
    share = flattest / np.maximum(steepest, np.finfo(np.float32).tiny)
    return float(np.median(np.clip(share, 0, 1)))


def _profiles(prominence: Single, places: Indices, settings: SpotSettings) -> tuple[float, float]:
    """Unlikeness and coarseness of spots."""
    reach = int(np.ceil(settings.profile))
    last = np.array(prominence.shape) - reach
    places = places[((places >= reach) & (places < last)).all(axis=1)]
    if len(places) < settings.fewest:
        return np.nan, np.nan
    step = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1)
    distance = np.hypot(*step)
    step = step[:, distance < settings.profile]
    beside = (step != 0).any(axis=0)
    y, x = places.T[..., None] + step[:, None]
    profiles = prominence[y, x] / prominence[tuple(places.T)][:, None]
    mean = profiles.mean(0)
    texture = _correlation(prominence, settings)[tuple(step)]
    coarseness = (mean - texture)[beside].mean()
    return float(np.sqrt(np.mean((profiles - mean) ** 2))), float(coarseness)


def _correlation(prominence: Single, settings: SpotSettings) -> Array:
    """How much each pixel of the texture has in common with those at a distance, from -1 to 1."""
    limited = np.clip(prominence, -settings.texture, settings.texture)
    power = np.abs(np.fft.fft2(limited - limited.mean())) ** 2
    common = np.fft.ifft2(power).real
    return np.asarray(common / max(common[0, 0], 1e-30))

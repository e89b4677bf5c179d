"""Where a scan puts the beam by mistake; every simulator shares it.

Slow errors distort the image, and the truth moves with it. Fast ones, which differ from row to
row, are noise: the truth stays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.chebyshev import chebval
from scipy.ndimage import gaussian_filter1d

from colonnade.core.arrays import Array, Grey, Single
from colonnade.core.errors import RecipeError
from colonnade.core.images.warp import lower_rows, shift_rows
from colonnade.core.work.draws import NEVER, Draws, Range

CIRCLE: Range = (0.0, 360.0)
"""Any direction [degrees]."""

WAVES = 8
"""The stage wanders in half waves over the frame, up to this many."""


@dataclass(frozen=True)
class Scan:
    """Errors of the scan; each range is drawn from evenly.

    By default there are none: how large they are depends on what is scanned, so that a wing gives
    defaults of its own.
    """

    jitter: Range = NEVER
    """Standard deviation of each row's own shift along x; noise [nm]."""
    jitter_y: Range = NEVER
    """The same along y [nm]."""
    humming: float = 0.0
    """Share of the images in which the mains move the rows."""
    hum: Range = NEVER
    """Amplitude of this motion, a sine wave in any direction; noise as well [nm]."""
    hum_period: Range = (2.0, 60.0)
    """Period of this motion [rows]."""
    flyback: Range = NEVER
    """How far the start of each line appears too far left, as the beam still flies back [nm]."""
    settling: Range = (0.02, 0.15)
    """Share of the width over which this error falls to 1/e."""
    drift: Range = NEVER
    """How far the specimen drifts from the first row to the last, in any direction [nm]."""
    wander: Range = NEVER
    """Standard deviation of what else the stage does along each axis: slow, smooth [nm]."""
    shear: Range = NEVER
    """Standard deviation of each element of the affine distortion by a scan calibrated badly."""
    walk: Range = NEVER
    """Standard deviation along each axis of the random step from each row to the next [nm]."""

    def __post_init__(self) -> None:
        for name, limits in (("hum_period", self.hum_period), ("settling", self.settling)):
            if not limits[0] > 0:
                raise RecipeError(f"scan.{name} must be positive, not {limits}")


@dataclass(frozen=True, eq=False)
class DrawnScan:
    """Errors of the scan in one image; lengths are in its pixels.

    Parameters
    ----------
    jitter
        Standard deviation of each row's own shift along (y, x) [px].
    hum, hum_period
        Amplitude of the mains along (y, x) [px], and their period [rows].
    flyback, settling
        Error at the start of each line [px], and the share of the width over which it decays.
    drift
        From the first row to the last, along (y, x) [px].
    wander
        Amplitude of the whole frame's half waves 0, 1, 2, ..., along (y, x) [px].
    affine
        Matrix that positions (y, x) from the centre are multiplied with, from the right.
    walk, slow
        Standard deviation of the random step from row to row, and of the Gaussian that tells its
        slow part from its fast one [px].
    walk_seed
        Of these steps.
    """

    jitter: Array
    hum: Array
    hum_period: float
    flyback: float
    settling: float
    drift: Array
    wander: Array
    affine: Array
    walk: float = 0.0
    slow: float = 1.0
    walk_seed: int = 0

    def move(self, positions: Array, size: tuple[int, int]) -> Array:
        """Give where things appear that are at these positions.

        Parameters
        ----------
        positions
            Rows of (y, x) [px].
        size
            Rows and columns of the image [px].
        """
        centre = (np.array(size) - 1) / 2
        moved: Array = (positions - centre) @ self.affine + centre
        time = (moved[:, 0] + 0.5) / size[0]
        moved += (time[:, None] - 0.5) * self.drift + chebval(np.cos(np.pi * time), self.wander).T
        start = np.maximum(moved[:, 1] + 0.5, 0)
        moved[:, 1] -= self.flyback * np.exp(-start / (self.settling * size[1]))
        if self.walk:
            slow, _ = self._walked(size[0])
            row = moved[:, 0].copy()
            for axis in (0, 1):
                moved[:, axis] += np.interp(row, np.arange(size[0]), slow[axis])
        return moved

    def shift(self, image: Grey, rng: np.random.Generator, frames: int = 1) -> Single:
        """Shift the rows of an image as jitter and mains do.

        Parameters
        ----------
        image
            Grey levels, axes (y, x).
        rng
            Source of the jitter and of the mains' phase.
        frames
            The mean of this many scans, each with its own shifts.
        """
        rows = np.arange(len(image))
        phase = rng.uniform(0, 2 * np.pi, (frames, 1))
        wave = np.sin(2 * np.pi * rows / self.hum_period + phase)
        own = rng.standard_normal((2, *wave.shape))
        down, right = (self.hum[i] * wave + self.jitter[i] * own[i] for i in (0, 1))
        if self.walk:
            _, fast = self._walked(len(image))
            down, right = down + fast[0], right + fast[1]
        return shift_rows(lower_rows(image, down), right)

    def _walked(self, rows: int) -> tuple[Array, Array]:
        """Slow and fast part of the random walk, each along (y, x) at every row [px]."""
        steps = np.random.default_rng(self.walk_seed).standard_normal((2, rows))
        place = self.walk * np.cumsum(steps, axis=1)
        place -= place.mean(axis=1, keepdims=True)
        slow = gaussian_filter1d(place, self.slow, axis=1, mode="nearest")
        return slow, place - slow


def draw_scan(recipe: Scan, draws: Draws, pixel: float, rigid: float) -> DrawnScan:
    """Draw the errors of the scan in one image.

    Parameters
    ----------
    recipe
        How large they are.
    draws
        Source of what is drawn.
    pixel
        Size of a pixel [nm].
    rigid
        A random walk of the specimen moves what is so high as one, as a standard deviation [nm];
        what it does within that height is noise.
    """
    humming = draws.happens("scan.humming", recipe.humming)
    drift = draws.uniform("scan.drift", recipe.drift) / pixel
    direction = draws.uniform("scan.drift_direction", CIRCLE)
    wander = draws.uniform("scan.wander", recipe.wander) / pixel
    shear = draws.uniform("scan.shear", recipe.shear)
    jitter_y = draws.uniform("scan.jitter_y", recipe.jitter_y)
    jitter = draws.uniform("scan.jitter", recipe.jitter)
    hum = draws.uniform("scan.hum", recipe.hum if humming else NEVER)
    walk, walk_seed = 0.0, 0
    # Not drawn where there is none, so that older recipes keep their images.
    if recipe.walk != NEVER:
        walk = draws.uniform("scan.walk", recipe.walk) / pixel
        walk_seed = int(draws.rng.integers(2**32))
    return DrawnScan(
        jitter=np.array([jitter_y, jitter]) / pixel,
        hum=hum / pixel * _unit(draws.uniform("scan.hum_direction", CIRCLE)),
        hum_period=draws.uniform("scan.hum_period", recipe.hum_period),
        flyback=draws.uniform("scan.flyback", recipe.flyback) / pixel,
        settling=draws.uniform("scan.settling", recipe.settling),
        drift=drift * _unit(direction),
        wander=wander * _walk(draws.rng),
        affine=np.eye(2) + shear * draws.rng.standard_normal((2, 2)),
        walk=walk,
        slow=rigid / pixel,
        walk_seed=walk_seed,
    )


def _unit(direction: float) -> Array:
    """Vector (y, x) of length one in this direction [degrees]."""
    return np.array([np.sin(np.radians(direction)), np.cos(np.radians(direction))])


def _walk(rng: np.random.Generator) -> Array:
    """Half waves of a random walk along two axes, of unit standard deviation over the frame."""
    number = np.arange(1, WAVES + 1)[:, None]
    waves = rng.standard_normal((WAVES, 2)) / number
    waves /= np.sqrt((waves**2).sum(0) / 2)
    return np.concatenate([np.zeros((1, 2)), waves])

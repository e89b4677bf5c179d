"""What an instrument with large pixels would record of a finer image."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.ndimage import gaussian_filter1d

from colonnade.core.arrays import Array, Single
from colonnade.core.images.tiles import Part, Readable
from colonnade.sem.upscale.trust.threads import for_each

TRUNCATE = 3.5
"""The probe ends so many standard deviations from its middle, where 0.002 of the peak is left."""

BLURS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Widths of the probe that are tried; a wider one shows nothing of a pixel's size [coarse px]."""

USUAL_BLUR, USUAL_SPREAD = 0.3, 0.2
"""The probe is of about this width, where an image does not tell [coarse px]."""

BLOCK = 16
"""Side of the blocks whose misfits are summed up [coarse px]."""

FORGOTTEN = 0.1
"""Share of the blocks that is left out: those which change most with the probe."""

TINY = 1e-30
"""Variance of what does not vary."""

WINDOW, MOST_WINDOWS = 128, 9
"""Side of the windows that stand for a large image [coarse px], and how many there are at most."""


@dataclass(frozen=True)
class Forward:
    """Shows a finer image to a probe and to large pixels, whose grey level is a mean over area.

    Parameters
    ----------
    factor
        Finer pixels for each coarse one, along each axis.
    blur
        Standard deviation of the probe [coarse px].
    """

    factor: int
    blur: float

    def coarse(self, finer: Readable, part: Part) -> Single:
        """Give a part of the coarse image; it does not depend on how the image is cut."""
        image, inner = _around(finer, part, self.factor, self.blur)
        # Along rows, which lie in one piece, a filter takes a fifth of the time.
        for _ in ("x", "y"):
            image = np.ascontiguousarray(_averaged(self._blurred(image), self.factor).T)
        return image[inner]

    def _blurred(self, image: Single) -> Single:
        """Show an image to the probe, along its rows."""
        sigma = self.blur * self.factor
        if not sigma:
            return image
        return np.asarray(gaussian_filter1d(image, sigma, 1, mode="nearest", truncate=TRUNCATE))


def _around(finer: Readable, part: Part, factor: int, blur: float) -> tuple[Single, Part]:
    """Read what is needed for a part, and give where the part lies therein [coarse px]."""
    margin = int(np.ceil(TRUNCATE * blur)) + 1
    rows, columns = (slice(max(0, one.start - margin), one.stop + margin) for one in part)
    seen = finer[tuple(slice(one.start * factor, one.stop * factor) for one in (rows, columns))]
    inner = (
        slice(part[0].start - rows.start, part[0].stop - rows.start),
        slice(part[1].start - columns.start, part[1].stop - columns.start),
    )
    return np.asarray(seen, np.float32), inner


def fitted_forward(measured: Readable, finer: Readable, factor: int) -> Forward:
    """Fit the width of the probe, so that what was measured is explained best.

    Parameters
    ----------
    measured
        The coarse image.
    finer
        The image that is to explain it, on the same scale of grey levels.
    factor
        Finer pixels for each coarse one, along each axis.
    """

    def misfits(part: Part) -> Array:
        near, inner = _around(finer, part, factor, max(BLURS))
        seen = measured[part]
        coarse = (Forward(factor, blur).coarse(near, inner) for blur in BLURS)
        return np.stack([_block_sums(np.square(seen - each)) for each in coarse])

    found = np.concatenate(for_each(misfits, windows(measured.shape)), axis=1)
    variance = max(float(np.median(found.min(0))) / BLOCK**2, TINY)
    # A feature that is wrong must not be explained by the probe: it is in few blocks.
    kept = np.argsort(np.ptp(found, axis=0), kind="stable")
    kept = kept[: max(1, int((1 - FORGOTTEN) * len(kept)))]
    unlikely = found[:, kept].sum(1) / variance
    unlikely += np.square((np.array(BLURS) - USUAL_BLUR) / USUAL_SPREAD)
    return Forward(factor, _lowest(unlikely))


def _lowest(heights: Array) -> float:
    """The width of the probe at the bottom of a parabola through the three lowest heights."""
    middle = int(np.argmin(heights))
    if middle in (0, len(heights) - 1):
        return BLURS[middle]
    before, here, after = heights[middle - 1 : middle + 2].tolist()
    step = BLURS[1] - BLURS[0]
    return float(BLURS[middle] + step * (before - after) / (2 * (before - 2 * here + after)))


def _block_sums(squares: Single) -> Array:
    """Sums over blocks, those at the end of a row or column being larger."""
    starts = [range(0, max(1, length - BLOCK + 1), BLOCK) for length in squares.shape]
    rows = np.add.reduceat(squares, starts[0], axis=0, dtype=np.float64)
    return np.asarray(np.add.reduceat(rows, starts[1], axis=1).ravel())


def windows(shape: tuple[int, ...]) -> list[Part]:
    """Give windows that are evenly spread over an image; a small one has one of its own size."""
    rows, columns = (list(_starts(length)) for length in shape)
    return [
        (slice(y, min(y + WINDOW, shape[0])), slice(x, min(x + WINDOW, shape[1])))
        for y, x in product(rows, columns)
    ]


def _starts(length: int) -> Iterator[int]:
    most = int(np.sqrt(MOST_WINDOWS))
    last = max(0, length - WINDOW)
    for start in np.linspace(0, last, min(most, -(-length // WINDOW))):
        yield round(start)


def _averaged(image: Single, factor: int) -> Single:
    """Means over so many pixels along each row."""
    total = sum(image[:, place::factor] for place in range(factor))
    return np.asarray(total / np.float32(factor), np.float32)

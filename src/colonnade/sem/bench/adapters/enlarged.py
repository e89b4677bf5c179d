"""Plain enlargement by a smooth curve through the pixels: bicubic, and Lanczos."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from colonnade.core.arrays import Single
from colonnade.core.bench.methods import MethodError
from colonnade.sem.bench.case import MethodInput, Upscaling


def enlarge(
    image: Single, factor: int, kernel: Image.Resampling = Image.Resampling.BICUBIC
) -> Single:
    """Enlarge an image, a coarse pixel becoming the square of the finer ones that it covers.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    factor
        How many times as many pixels there are to be along each axis.
    kernel
        What is laid through the pixels.
    """
    height, width = image.shape
    whole = Image.fromarray(np.ascontiguousarray(image, np.float32))
    return np.array(whole.resize((factor * width, factor * height), kernel))


@dataclass(frozen=True)
class Enlarged:
    """Told nothing but the image, of which it adds nothing and takes nothing away.

    Parameters
    ----------
    kernel
        What is laid through the pixels.
    """

    kernel: Image.Resampling

    def run(self, given: MethodInput) -> Upscaling:
        """Enlarge one image."""
        return Upscaling(enlarge(given.image, given.factor, self.kernel))


def _make(kernel: Image.Resampling, argument: str) -> Enlarged:
    if argument:
        raise MethodError(
            f"{kernel.name.lower()} takes nothing after its name; leave {argument!r}"
        )
    return Enlarged(kernel)


bicubic = partial(_make, Image.Resampling.BICUBIC)
"""By cubic polynomials, as most programs do."""

lanczos = partial(_make, Image.Resampling.LANCZOS)
"""By a windowed sinc of three lobes."""

"""Classical denoisers, on a scale on which the noise has a variance of one.

Each is written down with the strengths among which the best is sought. Where the noise grows with
the grey level, the image may be brought to a scale on which it is even first (the generalised
Anscombe transform), and back by the inverse that leaves no bias (Mäkitalo and Foi 2011).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Array, Grey, Single
from colonnade.core.bench.methods import MissingPeerError
from colonnade.core.measures.noise import NoiseModel


@dataclass(frozen=True)
class Denoiser:
    """A denoiser, and how strong it may be.

    Parameters
    ----------
    apply
        Takes an image whose noise has a variance of one, the strength, and the noise's model.
    strengths
        From weak to strong; what they are in is the denoiser's own matter.
    stabilised
        Whether the noise is made even first.
    peers
        Modules of other packages that it needs.
    """

    apply: Callable[[Array, float, NoiseModel], Array]
    strengths: tuple[float, ...]
    stabilised: bool
    peers: tuple[str, ...] = ()


def denoise(image: Grey, denoiser: Denoiser, strength: float, noise: NoiseModel) -> Single:
    """Denoise an image.

    Parameters
    ----------
    image
        Grey levels, axes (y, x).
    denoiser, strength
        Which, and how strong.
    noise
        Of the image. One without any is left as it is.
    """
    pixels = np.asarray(image, np.float64)
    if noise.sigma <= 0:
        return np.asarray(pixels, np.float32)
    if denoiser.stabilised and noise.slope > 0:
        even = denoiser.apply(stabilise(pixels, noise), strength, noise)
        return np.asarray(restore(even, noise), np.float32)
    return np.asarray(
        noise.sigma * denoiser.apply(pixels / noise.sigma, strength, noise), np.float32
    )


def stabilise(image: Array, noise: NoiseModel) -> Array:
    """Bring an image to a scale on which its noise has a variance of one everywhere."""
    gain = noise.slope
    inside = gain * image + noise.intercept + 3 / 8 * gain**2
    return np.asarray(2 / gain * np.sqrt(np.maximum(inside, 0)))


def restore(values: Array, noise: NoiseModel) -> Array:
    """Bring means on that scale back to mean grey levels."""
    # Below this not one electron is expected.
    root = np.maximum(values, 2 * np.sqrt(3 / 8))
    electrons = root**2 / 4 - 1 / 8 - 11 / 8 / root**2
    electrons += np.sqrt(3 / 2) * (1 / root / 4 + 5 / 8 / root**3)
    return np.asarray(noise.slope * electrons - noise.intercept / noise.slope)


def _gaussian(image: Array, strength: float, noise: NoiseModel) -> Array:
    """Smooth with a standard deviation of `strength` pixels."""
    return np.asarray(gaussian_filter(image, strength, mode="reflect"))


def _total_variation(image: Array, strength: float, noise: NoiseModel) -> Array:
    """Chambolle's algorithm (2004), weighted with `strength`."""
    restoration = _peer("skimage.restoration")
    return np.asarray(restoration.denoise_tv_chambolle(image, strength, max_num_iter=TV_STEPS))


def _non_local_means(image: Array, strength: float, noise: NoiseModel) -> Array:
    """Average over patches of 5 x 5 px up to 6 px away that differ by less than `strength`."""
    restoration = _peer("skimage.restoration")
    return np.asarray(
        restoration.denoise_nl_means(image, 5, 6, strength, sigma=1.0, preserve_range=True)
    )


def _wavelets(image: Array, strength: float, noise: NoiseModel) -> Array:
    """Shrink wavelets by Chang's thresholds (2000), for noise `strength` times as large."""
    restoration = _peer("skimage.restoration")
    total = np.zeros_like(image)
    for shift in WAVELET_SHIFTS:
        moved = restoration.denoise_wavelet(
            np.roll(image, shift, (0, 1)), strength, WAVELET, rescale_sigma=False
        )
        total += np.roll(moved, (-shift[0], -shift[1]), (0, 1))
    return total / len(WAVELET_SHIFTS)


def _bm3d(image: Array, strength: float, noise: NoiseModel) -> Array:
    """Filter groups of patches together, knowing the noise's spectrum (Mäkinen et al. 2020)."""
    bm3d = _peer("bm3d")
    if not hasattr(np, "trapz"):  # by which name it still calls what is now called trapezoid
        setattr(np, "trapz", np.trapezoid)  # noqa: B010
    power = noise.spectrum(np.fft.fftfreq(image.shape[1]))
    spectrum = np.broadcast_to(strength**2 * image.size * power, image.shape)
    profile = bm3d.BM3DProfile()
    profile.num_threads = 1  # with more its results differ a little from run to run
    return np.asarray(bm3d.bm3d(image, np.array(spectrum), profile))


TV_STEPS = 200
"""Chambolle's algorithm stops after so many steps at the latest; by then it moves no more."""

WAVELET = "sym4"
"""Nearly symmetric, with four vanishing moments."""

WAVELET_SHIFTS = tuple(product((0, 1), (0, 1)))
"""The mean over these shifts (y, x) [px] hides where the wavelets' grid lies."""

_SKIMAGE = ("skimage.restoration",)

DENOISERS: Mapping[str, Denoiser] = {
    "gaussian": Denoiser(_gaussian, (0.3, 0.4, 0.55, 0.75, 1.0, 1.4, 2.0), False),
    "tv": Denoiser(_total_variation, (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4), False, _SKIMAGE),
    "nlm": Denoiser(_non_local_means, (0.2, 0.4, 0.6, 0.8, 1.0, 1.3, 1.7), True, _SKIMAGE),
    "wavelets": Denoiser(_wavelets, (0.35, 0.5, 0.7, 1.0, 1.4), False, (*_SKIMAGE, "pywt")),
    "bm3d": Denoiser(_bm3d, (0.35, 0.5, 0.7, 1.0, 1.4), True, ("bm3d",)),
}
"""By the name that a user gives."""

EXTRAS = {"bm3d": "bm3d"}
"""Extra of the package that installs a module, where it is not ``peers``.

BM3D may be used for what is not commercial only, so that nobody gets it unasked.
"""


def load_peers(names: Sequence[str]) -> None:
    """Load the packages that denoisers need.

    Raises
    ------
    MissingPeerError
        If one is not installed.
    """
    for name in names:
        for module in DENOISERS[name].peers:
            _peer(module)


def _peer(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        extra = EXTRAS.get(module, "peers")
        raise MissingPeerError(
            f"{module} cannot be loaded ({error}): pip install 'colonnade[{extra}]'"
        ) from error

"""Noise that is correlated along the rows, as scanning and its amplifiers make it."""

from typing import Literal

import numpy as np
from scipy.signal import lfilter

from colonnade.core.arrays import Single

Colour = Literal["white", "lagging", "short"]
"""How noise is correlated along rows: not at all, by a lag of the amplifier that decays from pixel
to pixel, or with the next pixels only."""

MOST_CORRELATED = 0.66
"""Three equal weights in a row correlate neighbours by 2/3; no noise here is smoother."""


def coloured(noise: Single, colour: Colour, correlation: float) -> Single:
    """Correlate noise along the rows; its variance stays.

    Parameters
    ----------
    noise
        Independent from pixel to pixel.
    colour
        How it is to be correlated.
    correlation
        Of neighbours.
    """
    if colour == "white" or correlation == 0:
        return noise
    if colour == "lagging":
        weight = float(np.sqrt(1 - correlation**2))
        # A row begins with its first number, of full variance.
        start = (1 - weight) * noise[:, :1]
        filtered, _ = lfilter([weight], [1.0, -correlation], noise, axis=1, zi=start)
        return np.asarray(filtered, np.float32)
    # Weights (b, 1, b) correlate neighbours by 2b / (1 + 2b²).
    side = (1 - np.sqrt(1 - 2 * correlation**2)) / (2 * correlation)
    padded = np.pad(noise, ((0, 0), (1, 1)), mode="wrap")
    mixed = padded[:, 1:-1] + np.float32(side) * (padded[:, :-2] + padded[:, 2:])
    return np.asarray(mixed / np.float32(np.sqrt(1 + 2 * side**2)), np.float32)

"""How much of the beam columns of atoms scatter to an annular dark field detector.

The laws and their constants are fitted to frozen-phonon multislice images of nine specimens from
oxygen to gold and from one atom to 40 nm, at 200 kV, 24 mrad, 80 to 200 mrad on the detector, all
atoms vibrating by 8 pm: ``benchmarks/atoms/multislice.py`` says how well they do. A column's
signal is the beam's share that it scatters, times the area over which the probe is moved: the
image is the sum of signals times probes of unit volume.

Three things happen on the way down. The column first draws the beam together, and its atoms
scatter more than they would alone; it also widens the peak, for the beam is drawn in from further
away. After some nanometres the beam has left the columns, the heavy ones first. From then on it
lies everywhere, and what it scatters is a smooth background.

Strengths are sums of Z to some power for each nm of a column. The power is free, for it depends on
the detector; the constants hold for `EXPONENT`, and for zirconium (Z = 40) with any other.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array

EXPONENT = 1.85
"""Exponent of the atomic number that fits the images best."""

MIDDLE = 40.0
"""Atomic number that scatters the same for every exponent."""

CROSS_SECTION = 2.5e-8
"""What a single hydrogen atom would scatter, by the law of the other atoms [nm²]."""

SCALE = 1000.0
"""Strength to which the constants below refer; a column of titanium oxide has 870 [1/nm]."""

REACH = 62.0
"""Depth at which a column of that strength has lost the beam to 1/e [nm]."""

FOCUS_DEPTH = 2.0
"""Half of the depth of focus, in which a column draws the beam to itself [nm]."""

FOCUS_GAIN = 3.7
"""How much that adds, for a column of that strength."""

ATOM = 0.005
"""Standard deviation of the place of scattering in a single atom [nm]."""

WIDENING = 0.019
"""Standard deviation by which a thick column of that strength widens its peak [nm]."""

WIDENING_DEPTH = 2.9
"""Thickness over which it does so [nm]."""

DIFFUSE_GAIN = 1.2
"""What an atom in the spread beam scatters, relative to a single atom."""

DIFFUSE_DEPTH = 13.5
"""Thickness from which on the background grows with it [nm]."""


def atom_signal(strength: Array, exponent: float = EXPONENT) -> Array:
    """Share of the beam that atoms scatter on their own, times area [nm²].

    Parameters
    ----------
    strength
        Z to the power `exponent`, or sums of it; for each nm, the signal is for each nm too.
    exponent
        Of the atomic number in `strength`.
    """
    return np.asarray(CROSS_SECTION * SCALE * _relative(strength, exponent))


def column_signal(strength: Array, thickness: Array, exponent: float = EXPONENT) -> Array:
    """Share of the beam that columns scatter into their peaks, times area [nm²].

    It is linear in a thickness of less than a nm, grows with thickness everywhere, and saturates
    the sooner the stronger the column.

    Parameters
    ----------
    strength
        Sum of Z to the power `exponent` for each nm of the column [1/nm].
    thickness
        Length of the column [nm].
    exponent
        Of the atomic number in `strength`.
    """
    relative = _relative(strength, exponent)
    depth = thickness / FOCUS_DEPTH
    lost = np.maximum(thickness * relative**1.5 / REACH, 1e-12)
    straight = -thickness * np.expm1(-lost) / lost
    drawn = -np.expm1(-depth) - depth * np.exp(-depth)
    gain = FOCUS_GAIN * relative**0.2 * FOCUS_DEPTH * drawn
    return np.asarray(atom_signal(strength, exponent) * (straight + gain))


def peak_blur(strength: Array, thickness: Array, exponent: float = EXPONENT) -> Array:
    """Standard deviation of the Gaussian by which a column blurs the probe [nm].

    The vibration of the atoms comes on top.

    Parameters
    ----------
    strength, thickness, exponent
        As in `column_signal`.
    """
    risen = -np.expm1(-thickness / WIDENING_DEPTH)
    return np.asarray(np.hypot(ATOM, WIDENING * _relative(strength, exponent) ** 0.2 * risen))


def diffuse_signal(
    density: Array, thickness: NDArray[np.floating[Any]], exponent: float = EXPONENT
) -> NDArray[np.floating[Any]]:
    """Share of the beam that a crystal scatters into the smooth background.

    Parameters
    ----------
    density
        Sum of Z to the power `exponent` for each volume of the crystal [1/nm³].
    thickness
        Of the crystal, in one place or a map of it [nm].
    exponent
        Of the atomic number in `density`.
    """
    spread = -np.expm1(-((thickness / DIFFUSE_DEPTH) ** 2))
    return np.asarray(DIFFUSE_GAIN * atom_signal(density, exponent) * thickness * spread)


def _relative(strength: Array, exponent: float) -> Array:
    """Strength as it were with the exponent of the constants, relative to `SCALE`."""
    return np.asarray(strength * (MIDDLE ** (EXPONENT - exponent) / SCALE))

"""Make sharp images of one's own coarse: as any instrument might, or as a certain one does."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from colonnade.core.arrays import Grey, Single
from colonnade.core.errors import RecipeError
from colonnade.core.instrument.correlated import MOST_CORRELATED
from colonnade.core.work.draws import NEVER, Draws, Range
from colonnade.sem.library.registered import Registered
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.instrument import Instrument, draw_instrument, widest_margin

DARKEST = 0.001
"""Share of an image's pixels that may be darker than what is called its darkest level."""

SPREAD = (0.1, 0.9)
"""Quantiles over pairs between which what was fitted to them is drawn."""

MOST_PEDESTAL = 0.95
"""Noise that grows less with the grey level than this pedestal says is taken to grow so much."""


@dataclass(frozen=True)
class Degradation:
    """How coarse images are made of sharp ones; each range is drawn from evenly."""

    instrument: Instrument = field(default_factory=Instrument)
    pedestal: Range = (0.0, 0.5)
    """Electrons where an image is darkest, as a share of their mean over the image: how bright
    an image was set to look does not say where no electron comes from."""

    def __post_init__(self) -> None:
        if not 0 <= self.pedestal[0] <= self.pedestal[1] < 1:
            raise RecipeError(f"the pedestal must lie between 0 and 1, not {self.pedestal}")


@dataclass(frozen=True)
class GreyScale:
    """What grey levels of a whole image mean.

    Parameters
    ----------
    darkest, mean
        Its darkest grey level, but for a few pixels, and the mean.
    top
        The highest grey level of whole numbers; 0 where levels are no whole numbers.
    """

    darkest: float
    mean: float
    top: int = 0

    @classmethod
    def of(cls, image: Grey, top: int = 0) -> "GreyScale":
        """Measure an image."""
        return cls(float(np.quantile(image, DARKEST)), float(image.mean()), top)


def degrade(
    sharp: Single,
    factor: int,
    degradation: Degradation,
    scale: GreyScale,
    rng: np.random.Generator,
    *,
    material: str = "own",
) -> Pair:
    """Make a pair of a sharp image; the same generator gives the same pair.

    Parameters
    ----------
    sharp
        The image, or a part of one; its sides are multiples of the factor.
    factor
        Sharp pixels for each coarse one.
    degradation
        What makes it coarse.
    scale
        Of the whole image.
    rng
        Source of everything that is drawn.
    material
        What the image shows.
    """
    draws = Draws(rng)
    instrument = draw_instrument(degradation.instrument, draws, factor)
    pedestal = draws.uniform("instrument.pedestal", degradation.pedestal)
    gain = max(scale.mean - scale.darkest, 1e-6) / (instrument.dose * (1 - pedestal))
    dark = scale.darkest - pedestal * instrument.dose * gain
    border = -(-widest_margin(degradation.instrument, factor) // factor)
    electrons = (np.pad(sharp, border * factor, mode="symmetric") - dark) / gain
    expected = instrument.coarse(electrons.astype(np.float32), factor, rng)
    recorded = instrument.record(expected, rng)[border:-border, border:-border]
    low = recorded * np.float32(gain) + np.float32(dark)
    if scale.top:
        low = np.clip(np.rint(low), 0, scale.top)
    return Pair(np.ascontiguousarray(low), sharp, factor, material, draws.record)


@dataclass(frozen=True)
class InstrumentFit:
    """Blur and noise of one coarse image, as if electrons alone made the noise.

    Parameters
    ----------
    blur
        Standard deviation of the blur beyond the pixels' and the sharp image's [coarse px].
    dose
        Electrons in a pixel on average.
    pedestal
        Electrons where the sharp image is darkest, as a share of that.
    correlation
        Of the noise of neighbours along the rows.
    """

    blur: float
    dose: float
    pedestal: float
    correlation: float

    @classmethod
    def of(cls, found: Registered) -> "InstrumentFit":
        """Take it from a registered pair."""
        scale, noise = GreyScale.of(found.pair.high), found.noise
        mean, darkest = (
            max(float(noise.variance(level)), 1e-12) for level in (scale.mean, scale.darkest)
        )
        # As many electrons have as much variance: the gain is how fast that grows. Where it hardly
        # grows, the electrons of a high pedestal stand for the detector's noise.
        pedestal = min(darkest / mean, MOST_PEDESTAL)
        gain = (1 - pedestal) * mean / max(scale.mean - scale.darkest, 1e-12)
        correlation = float(np.clip(noise.correlation[0], 0, MOST_CORRELATED - 0.01))
        return cls(found.grey.blur, mean / gain**2, pedestal, correlation)


def fit_degradation(fits: Sequence[InstrumentFit]) -> Degradation:
    """Fit blur and noise to the coarse images of registered pairs of one instrument.

    What lies between most of them is drawn. Faults of the scan, charging and streaks are not
    fitted, and there are none.
    """
    blur, dose, pedestal, correlation = (
        _range([getattr(fit, name) for fit in fits])
        for name in ("blur", "dose", "pedestal", "correlation")
    )
    instrument = Instrument(
        probe=blur,
        astigmatic=0.0,
        sharp_probe=NEVER,
        clean=0.0,
        dose=dose,
        detector=NEVER,
        correlated=1.0,
        correlation=correlation,
        jittering=0.0,
        streaked=0.0,
        charging=0.0,
    )
    return Degradation(instrument, pedestal)


def _range(values: Sequence[float]) -> Range:
    low, high = np.quantile(values, SPREAD)
    return float(low), float(high)

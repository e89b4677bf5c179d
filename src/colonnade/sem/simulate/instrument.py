"""What an instrument makes of a scene: blur, pixels, electrons, faults, grey levels."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image as Picture
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from colonnade.core.arrays import Single
from colonnade.core.errors import RecipeError
from colonnade.core.images.warp import shift_rows
from colonnade.core.instrument.correlated import MOST_CORRELATED, Colour, coloured
from colonnade.core.instrument.detector import count_electrons
from colonnade.core.work.draws import NEVER, Draws, Range

Sampling = Literal["area", "bicubic"]
"""How the grid of sharp pixels becomes that of coarse ones."""


@dataclass(frozen=True)
class Instrument:
    """How coarse images are taken; each range is drawn from evenly unless it says otherwise."""

    probe: Range = (0.25, 0.5)
    """Standard deviation of the coarse image's probe [coarse px]: 0.6 to 1.2 pixels wide at half
    of its height, as one chooses the pixels. What a sharper probe shows of a soft scene looks the
    same as what this one shows of a sharp scene: were both as likely, nothing would be sharpened
    as far as it can be."""
    astigmatic: float = 0.2
    """Share of the images whose probe is longer along one axis."""
    astigmatism: Range = (1.1, 1.8)
    """Its length over its width in such an image."""
    sharp_probe: Range = (0.0, 0.3)
    """Standard deviation of the sharp image's probe [px]."""
    sampling: Sampling = "area"
    """How coarse pixels are made: the mean over their area, or bicubic reduction."""
    clean: float = 0.15
    """Share of the images without noise."""
    dose: Range = (10.0, 5000.0)
    """Mean number of electrons in a coarse pixel, drawn logarithmically."""
    detector: Range = (0.0, 0.6)
    """Standard deviation of the detector's noise, in that of the electrons' noise on average."""
    correlated: float = 0.6
    """Share of the images whose noise is correlated along the rows."""
    correlation: Range = (0.05, 0.6)
    """Correlation of neighbours in such an image."""
    jittering: float = 0.3
    """Share of the images whose rows are shifted at random."""
    jitter: Range = (0.02, 0.3)
    """Standard deviation of these shifts [coarse px]."""
    streaked: float = 0.3
    """Share of the images whose rows differ in brightness."""
    streaks: Range = (0.002, 0.03)
    """Standard deviation of the rows' relative brightness."""
    charging: float = 0.15
    """Share of the images with streaks along the rows behind bright edges."""
    charge: Range = (0.02, 0.3)
    """Strength of these streaks, as a share of the edge's contrast; either sign."""
    charge_length: Range = (2.0, 60.0)
    """How long they are [coarse px], drawn logarithmically."""
    exported: float = 0.6
    """Share of the images exported to 8 bit."""
    headroom: Range = (0.0, 0.4)
    """What an export leaves free below the darkest and above the brightest level, as a share of
    the range between."""
    saturated: float = 0.1
    """Share of the exported images whose brightest pixels are cut."""
    full: Range = (0.001, 0.03)
    """Share of the pixels that are cut."""
    gain: Range = (0.02, 50.0)
    """Grey levels for an electron in images that are not exported, drawn logarithmically."""
    offset: Range = (0.0, 1.0)
    """Level of no electron in these, as a share of the mean signal."""

    def __post_init__(self) -> None:
        if not 0 <= self.correlation[0] <= self.correlation[1] < MOST_CORRELATED:
            raise RecipeError(
                f"instrument.correlation must lie between 0 and {MOST_CORRELATED}, "
                f"not {self.correlation}"
            )
        if not 0 <= self.full[0] <= self.full[1] < 1:
            raise RecipeError(f"instrument.full must lie between 0 and 1, not {self.full}")


GOOD = Instrument(
    probe=(0.375, 0.375),
    astigmatic=0.0,
    sharp_probe=NEVER,
    clean=0.0,
    dose=(1000.0, 1000.0),
    detector=(0.3, 0.3),
    correlated=1.0,
    correlation=(0.25, 0.25),
    jittering=0.0,
    streaked=0.0,
    charging=0.0,
    exported=0.0,
    gain=(1.0, 1.0),
    offset=NEVER,
)
"""A good instrument: noise of electrons and detector, a little correlated along the rows."""


@dataclass(frozen=True)
class DrawnInstrument:
    """How one pair of images is taken.

    Parameters
    ----------
    probe
        Standard deviation of the coarse image's probe along (y, x) [px].
    sharp_probe
        The same of the sharp image, along both axes [px].
    sampling
        How coarse pixels are made.
    clean
        Whether there is no noise.
    dose
        Mean number of electrons in a coarse pixel.
    detector
        Standard deviation of the detector's noise [e⁻].
    colour, correlation
        How noise is correlated along the rows, and how much between neighbours.
    jitter
        Standard deviation of the rows' shifts [coarse px].
    streaks
        Standard deviation of the rows' relative brightness.
    charge, charge_length
        Strength and length of the streaks behind bright edges [coarse px].
    """

    probe: tuple[float, float]
    sharp_probe: float
    sampling: Sampling
    clean: bool
    dose: float
    detector: float
    colour: Colour
    correlation: float
    jitter: float
    streaks: float
    charge: float
    charge_length: float

    def sharp(self, scene: Single) -> Single:
        """Show a scene to the sharp image's probe."""
        return _blurred(scene, (self.sharp_probe, self.sharp_probe))

    def coarse(self, scene: Single, factor: int, rng: np.random.Generator) -> Single:
        """Show a scene to the coarse image's probe, and give the coarse pixels without noise."""
        image = _blurred(scene, self.probe)
        rows, columns = image.shape[0] // factor, image.shape[1] // factor
        if self.jitter > 0:
            shifts = factor * self.jitter * rng.standard_normal(rows)
            image = shift_rows(image, np.repeat(shifts, factor))
        if self.sampling == "bicubic":
            method = Picture.Resampling.BICUBIC
            return np.array(Picture.fromarray(image).resize((columns, rows), method))
        blocks = image.reshape(rows, factor, columns, factor)
        return np.asarray(blocks.mean((1, 3)), np.float32)

    def record(self, expected: Single, rng: np.random.Generator) -> Single:
        """Record a coarse image.

        Parameters
        ----------
        expected
            Mean number of electrons in each pixel.
        rng
            Source of faults and noise.
        """
        if self.charge != 0:
            expected = expected + self.charge * _charged(expected, self.charge_length)
        if self.streaks > 0:
            brightness = 1 + self.streaks * rng.standard_normal(len(expected))
            expected = expected * brightness[:, None].astype(np.float32)
        expected = np.maximum(expected, 0)
        if self.clean:
            return expected
        noise = count_electrons(expected, self.detector, rng) - expected
        return expected + coloured(noise, self.colour, self.correlation)


def widest_margin(recipe: Instrument, factor: int) -> int:
    """How much of the scene around an image the blur of any instrument may show [px]."""
    probe = factor * recipe.probe[1] * float(np.sqrt(max(1.0, recipe.astigmatism[1])))
    return int(np.ceil(TRUNCATE * max(probe, recipe.sharp_probe[1]))) + 2


TRUNCATE = 4.0
"""Probes end so many standard deviations from their middle, where 0.0003 of the peak is left."""


def _blurred(image: Single, sigma: tuple[float, float]) -> Single:
    for axis in (0, 1):
        if sigma[axis] > 0:
            image = gaussian_filter1d(image, sigma[axis], axis, truncate=TRUNCATE)
    return image


def _charged(expected: Single, length: float) -> Single:
    """What bright edges leave behind them along the rows: it begins in full and decays.

    Its mean is zero, as the brightness of an image is set by the one who takes it.
    """
    rise = np.maximum(np.diff(expected, axis=1, prepend=expected[:, :1]), 0)
    keep = float(np.exp(-1 / length))
    left: Single = lfilter([1.0], [1.0, -keep], rise, axis=1)
    return np.asarray(left - left.mean(), np.float32)


def draw_instrument(recipe: Instrument, draws: Draws, factor: int) -> DrawnInstrument:
    """Draw how one pair of images is taken."""
    sigma = factor * draws.uniform("instrument.probe", recipe.probe)
    astigmatic = draws.happens("instrument.astigmatic", recipe.astigmatic)
    longer = draws.uniform(
        "instrument.astigmatism", recipe.astigmatism if astigmatic else (1.0, 1.0)
    )
    ratio = float(np.sqrt(longer if draws.rng.random() < 0.5 else 1 / longer))
    clean = draws.happens("instrument.clean", recipe.clean)
    dose = draws.log_uniform("instrument.dose", recipe.dose)
    correlated = draws.happens("instrument.correlated", recipe.correlated)
    colours: tuple[Colour, ...] = ("lagging", "short") if correlated else ("white",)
    jittering = draws.happens("instrument.jittering", recipe.jittering)
    streaked = draws.happens("instrument.streaked", recipe.streaked)
    charging = draws.happens("instrument.charging", recipe.charging)
    charge = draws.uniform("instrument.charge", recipe.charge if charging else NEVER)
    return DrawnInstrument(
        probe=(sigma * ratio, sigma / ratio),
        sharp_probe=draws.uniform("instrument.sharp_probe", recipe.sharp_probe),
        sampling=recipe.sampling,
        clean=clean,
        dose=dose,
        detector=draws.uniform("instrument.detector", recipe.detector) * float(np.sqrt(dose)),
        colour=draws.choice("instrument.colour", colours),
        correlation=draws.uniform(
            "instrument.correlation", recipe.correlation if correlated else NEVER
        ),
        jitter=draws.uniform("instrument.jitter", recipe.jitter if jittering else NEVER),
        streaks=draws.uniform("instrument.streaks", recipe.streaks if streaked else NEVER),
        charge=charge * draws.choice("instrument.charge_sign", (1.0, -1.0)),
        charge_length=draws.log_uniform("instrument.charge_length", recipe.charge_length),
    )


@dataclass(frozen=True)
class Levels:
    """How electrons become grey levels: the same for both images of a pair.

    Parameters
    ----------
    gain, offset
        Levels for an electron, and for none.
    exported
        Whether the coarse image is rounded to 8 bit, and both end at 0 and 255.
    """

    gain: float
    offset: float
    exported: bool

    def low(self, electrons: Single) -> Single:
        """Give grey levels of the coarse image."""
        levels = self.high(electrons)
        return np.rint(levels) if self.exported else levels

    def high(self, electrons: Single) -> Single:
        """Give grey levels of the sharp image, which are not rounded."""
        levels = np.float32(self.gain) * electrons + np.float32(self.offset)
        return np.clip(levels, 0, TOP) if self.exported else levels


TOP = 255.0
"""Highest level of 8 bit."""


def draw_levels(recipe: Instrument, draws: Draws, sharp: Single) -> Levels:
    """Draw how electrons become grey levels.

    Parameters
    ----------
    recipe
        Of the instrument.
    draws
        Source of what is drawn.
    sharp
        Electrons of the sharp image, for each coarse pixel's area.
    """
    exported = draws.happens("instrument.exported", recipe.exported)
    saturated = draws.happens("instrument.saturated", recipe.saturated * exported)
    below = draws.uniform("instrument.below", recipe.headroom)
    above = draws.uniform("instrument.above", recipe.headroom)
    full = draws.uniform("instrument.full", recipe.full if saturated else NEVER)
    gain = draws.log_uniform("instrument.gain", recipe.gain)
    offset = draws.uniform("instrument.offset", recipe.offset) * gain * float(sharp.mean())
    if exported:
        dark, bright = float(sharp.min()), float(np.quantile(sharp, 1 - full))
        spread = max(bright - dark, 1e-3 * bright, 1e-6)
        dark -= below * spread
        bright += 0.0 if saturated else above * spread
        gain = TOP / max(bright - dark, 1e-6)
        offset = -gain * dark
    draws.record["instrument.gain"], draws.record["instrument.offset"] = gain, offset
    return Levels(gain, offset, exported)

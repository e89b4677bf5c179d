"""The noisy images of `limit.py`, their truth, and the CRLB of every column.

Half of them are multislice images of `limit_images.py`: repeats side by side, turned and shifted
at random, blurred by an electron source, on an uneven background, with Poisson noise. The other
half is of our own simulator without its faults: one probe for all columns, and Poisson noise.

The CRLB knows the expected image in both. How that would change with a column is known for our
own images, from the very probe; in a multislice image the Gaussian that was fitted stands for it.
Columns that are not detectable are taken as known: what is lost in noise hardly has a place.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from gaussian_fits import recipe
from limit_periods import Period, period
from numpy.typing import NDArray

from colonnade.atoms.bench.crlb import Gaussian, position_crlb
from colonnade.atoms.bench.ideal_images import draw_ideal_image
from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate.detectability import Conditions, mark_detectable
from colonnade.core.arrays import Array, Indices
from colonnade.core.measures.neighbours import nearest_distances
from colonnade.core.work.draws import NEVER

COUNTS = (5.0, 20.0, 100.0, 1000.0)
SIZES = {0.005: 512, 0.01: 384, 0.02: 256, 0.03: 192}
"""Side of the multislice images [px] for each size of their pixels [nm]."""

SOURCES = (0.05, 0.07, 0.09)
"""Full widths at half maximum of the image of the source [nm]."""

LEVELS = (0.02, 0.4)
"""Background that is added, relative to the brightest column."""

RAMP = 0.3
"""The background changes by up to this share of itself from the middle to each border."""

MESH = 1.0
"""Distance of the nodes of the background in the CRLB [nm]."""

OUTSIDE = 0.25
"""Columns up to this far outside of the image are unknown too [nm]."""

MULTISLICE = "multislice"
OWN = {
    "isolated": ("SrTiO3 [100]", "Au [100]", "WS2 [001]"),
    "overlapping": ("Si [110]", "GaAs [110]", "Pt [111]"),
}
OWN_PIXELS = (0.012, 0.025)
SEED = 20


@dataclass(frozen=True)
class Setting:
    """Which image it is.

    Parameters
    ----------
    group
        Kind of test.
    specimen
        What is to be seen.
    counts
        Expected in the brightest pixel [e⁻].
    pixel
        Size of a pixel [nm].
    """

    group: str
    specimen: str
    counts: float
    pixel: float

    @property
    def name(self) -> str:
        """What to call the image."""
        return f"{self.group}, {self.specimen}, {self.counts:g} e, {1000 * self.pixel:g} pm"


@dataclass(frozen=True, eq=False)
class Case:
    """One noisy image and all that is known of it.

    Parameters
    ----------
    setting
        Which image it is.
    image
        With noise [e⁻].
    truth
        Every column, with the label ``detectable``.
    bounds
        Smallest standard errors of the positions of columns that are detectable, rows of (y, x)
        [px].
    """

    setting: Setting
    image: NDArray[np.float32]
    truth: Columns
    bounds: Array

    @property
    def spacing(self) -> float:
        """Distance of neighbouring columns that peers are told [px]."""
        detectable = self.truth[self.truth.labels["detectable"] > 0].positions
        if len(detectable) < 2:
            return float(min(self.image.shape))
        return float(np.median(nearest_distances(detectable)))


def cases(folder: Path, quick: bool = False) -> Iterator[Case]:
    """Give all images; each is made once and then kept in the folder ``noisy``."""
    for setting in settings(folder, quick):
        path = folder / "noisy" / f"{setting.name}.npz"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            _write(_made(setting, folder), path)
        yield _read(setting, path)


def settings(folder: Path, quick: bool) -> Iterator[Setting]:
    """Choose the images: every dose meets every pixel size, and no specimen meets them all."""
    names = sorted(path.stem for path in folder.glob("*.npz"))
    for (i, name), (j, counts) in product(enumerate(names), enumerate(COUNTS)):
        for pixel in (0.02,) if quick else (0.01, 0.02, (0.005, 0.03)[(i + j) % 2]):
            yield Setting(MULTISLICE, name, counts, pixel)
    for group, counts in product(OWN, COUNTS):
        for crystal, pixel in product(OWN[group], OWN_PIXELS[1:] if quick else OWN_PIXELS):
            yield Setting(group, crystal, counts, pixel)


def _made(setting: Setting, folder: Path) -> Case:
    rng = np.random.default_rng([SEED, zlib.crc32(setting.name.encode())])
    if setting.group != MULTISLICE:
        return _own(setting, rng)
    source = float(rng.choice(SOURCES))
    return _multislice(setting, period(folder / f"{setting.specimen}.npz", source), rng)


def _write(case: Case, path: Path) -> None:
    truth = case.truth
    np.savez_compressed(
        path,
        image=case.image,
        bounds=case.bounds,
        positions=truth.positions,
        intensity=truth.intensity,
        width=truth.width,
        detectable=truth.labels["detectable"],
        snr=truth.labels["snr"],
    )


def _read(setting: Setting, path: Path) -> Case:
    file = np.load(path)
    y, x = file["positions"].T
    truth = Columns(y, x, intensity=file["intensity"], width=file["width"])
    truth = truth.with_labels(detectable=file["detectable"], snr=file["snr"])
    return Case(setting, file["image"], truth, file["bounds"])


def _multislice(setting: Setting, repeat: Period, rng: np.random.Generator) -> Case:
    """Cut a turned field out of many repeats, and count electrons in it."""
    pixel = setting.pixel
    field = draw_field(repeat, setting.counts, pixel, SIZES[pixel], rng)
    typical = float(np.median(repeat.peaks[1])) / pixel
    truth, number, outside = field.judged(typical)
    detectable = truth.labels["detectable"] > 0
    unknown = np.concatenate([number[detectable], outside])
    height, width = field.height, field.width
    intensity, shape = 2 * np.pi * height * width**2, Gaussian(width[unknown])
    bounds = np.full((len(truth), 2), np.nan)
    bounds[detectable] = position_crlb(
        field.expected, field.positions[unknown], intensity[unknown], shape, MESH / pixel
    )[: detectable.sum()]
    truth = replace(truth, width=width[number], intensity=intensity[number])
    return Case(setting, rng.poisson(field.expected).astype(np.float32), truth, bounds)


@dataclass(frozen=True, eq=False)
class Field:
    """A turned part of endless repeats, before electrons are counted.

    Parameters
    ----------
    expected, signal
        Electrons in every pixel, with the background and without it (y, x).
    turn
        Rows of (y, x) in the field are rows in the repeat times this matrix.
    positions
        Columns in the field and just outside of it, rows of (y, x) [px].
    number
        Which column of the repeat each of them is.
    height, width
        Of the Gaussians that stand for them [e⁻, px].
    """

    expected: Array
    signal: Array
    turn: Array
    positions: Array
    number: Indices
    height: Array
    width: Array

    def judged(self, typical: float) -> tuple[Columns, Indices, Indices]:
        """Which columns of the field are there to be seen, their numbers, and those outside.

        Parameters
        ----------
        typical
            Width of a column [px].
        """
        intensity = 2 * np.pi * self.height * typical**2
        columns = Columns(self.positions[:, 0], self.positions[:, 1], intensity=intensity)
        return _judged(columns, _conditions(self.expected, self.signal, typical, typical))


def draw_field(
    repeat: Period, counts: float, pixel: float, size: int, rng: np.random.Generator
) -> Field:
    """Turn and shift repeats at random, and lay an uneven background under them.

    Parameters
    ----------
    repeat
        What is to be seen.
    counts
        Electrons in the brightest pixel.
    pixel
        Size of a pixel [nm].
    size
        Side of the field [px].
    rng
        Of turn, shift and background.
    """
    turn, offset = _turn(rng.uniform(0, 2 * np.pi)), rng.uniform(0, 1, 2) * repeat.cell
    grid = np.moveaxis(np.mgrid[:size, :size], 0, -1)
    signal = repeat.at(grid * pixel @ turn.T + offset)
    slopes = rng.uniform(-RAMP, RAMP, 2) * 2 / size
    level = rng.uniform(*LEVELS) * repeat.image.max() * (1 + (grid - size / 2) @ slopes)
    scale = counts / float((signal + level).max())
    reach = np.hypot(size, size) * pixel + 2 * OUTSIDE
    places, number = repeat.columns(offset - reach, offset + reach)
    positions = (places - offset) @ turn / pixel
    near = (np.abs(positions - size / 2) < size / 2 + OUTSIDE / pixel).all(1)
    height, width = (values[number[near]] for values in repeat.peaks)
    return Field(
        scale * (signal + level),
        scale * signal,
        turn,
        positions[near],
        number[near],
        scale * height,
        width / pixel,
    )


def _turn(angle: float) -> Array:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _conditions(expected: Array, alone: Array, sigma: float, core: float) -> Conditions:
    """Nothing makes columns hard to find but their neighbours and the noise of the electrons."""
    return Conditions(
        height=1 / (2 * np.pi * sigma**2),
        sigma=sigma,
        blur=core,
        smoothing=0.0,
        clean=expected,
        alone=alone,
        texture=np.zeros_like(expected),
        covered=np.zeros(expected.shape, bool),
        read_noise=0.0,
        streaks=0.0,
    )


def _judged(columns: Columns, conditions: Conditions) -> tuple[Columns, Indices, Indices]:
    """Which columns of the image are there to be seen, their numbers, and those outside of it."""
    size = np.array(conditions.clean.shape)
    inside = ((columns.positions > -0.5) & (columns.positions < size - 0.5)).all(1)
    truth = mark_detectable(
        columns.with_labels(number=np.arange(len(columns)))[inside], conditions
    )
    return truth, np.asarray(truth.labels["number"]), np.flatnonzero(~inside)


def _own(setting: Setting, rng: np.random.Generator) -> Case:
    """Draw an image of our own simulator that only electrons disturb."""
    plan = recipe(setting.specimen, setting.counts)
    imaging = replace(plan.imaging, pixel_size=(setting.pixel, setting.pixel))
    specimen = replace(plan.specimen, supported=0.0, rim=NEVER)
    background = replace(plan.background, clouds=NEVER)
    one = draw_ideal_image(
        replace(plan, specimen=specimen, imaging=imaging, background=background), rng
    )
    return Case(setting, one.image, one.columns, one.crlb)

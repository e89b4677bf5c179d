"""Labelled ADF-STEM images: crystals, a probe, a background, electrons, and known truth."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.crystals import Projection, invented_crystal, known_crystal
from colonnade.atoms.truth import Conditions, judge
from colonnade.core.detector import count_electrons, export_8bit, shift_rows, smooth_field
from colonnade.core.draws import Range, log_uniform, uniform
from colonnade.core.errors import RecipeError
from colonnade.core.micrograph import Micrograph

FWHM = 2 * np.sqrt(2 * np.log(2))
"""Full width at half maximum of a Gaussian of unit standard deviation."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Specimen:
    """What lies under the beam; each range is drawn from evenly unless it says otherwise."""

    crystals: tuple[str, ...] = ("Si [110]", "SrTiO3 [100]", "Au [110]")
    """Each image draws one, or two at a boundary."""
    invented: float = 0.25
    """Share of the grains that are a lattice nobody knows instead of one of the crystals."""
    boundaries: float = 0.3
    """Share of the images with a straight boundary to another grain, crystal or vacuum."""
    single_atoms: float = 0.1
    """Share of the images that show single atoms on a support instead of a crystal."""
    empty: float = 0.03
    """Share of the images without any column."""
    vacancies: Range = (0.0, 0.04)
    """Share of the columns that is missing."""
    disorder: Range = (0.0, 0.006)
    """Standard deviation of the columns' displacement [nm]."""
    composition: Range = (0.0, 0.15)
    """Standard deviation of the logarithm of the columns' brightness."""
    thickness_ramp: Range = (0.0, 0.8)
    """Relative change of brightness across the image."""


@dataclass(frozen=True)
class Imaging:
    """How the microscope forms the image."""

    pixel_size: Range = (0.010, 0.045)
    """Size of a pixel, drawn logarithmically [nm]."""
    probe_fwhm: Range = (0.06, 0.16)
    """Width of the probe at half of its maximum, source and thermal motion included [nm]."""
    astigmatism: Range = (0.0, 0.15)
    """Relative difference of the probe's width along y and x."""
    tails: Range = (0.0, 0.4)
    """Share of the probe's current in tails that are 2.2 times as wide."""
    shear: Range = (0.0, 0.03)
    """Standard deviation of the affine distortion by drift."""
    scattered: Range = (0.02, 0.1)
    """Share of the beam that the brightest column scatters to the detector, logarithmic."""
    dose: Range = (1e5, 1e9)
    """Electrons per area, drawn logarithmically [e⁻/nm²]."""
    most_counts: float = 3000.0
    """Where a dose would bring more electrons to the brightest pixel than this, it is cut."""
    background: Range = (0.0, 1.5)
    """Uniform background relative to the brightest column."""
    clouds: Range = (0.0, 0.6)
    """Smooth background variations relative to the brightest column, 1 to 20 nm in size."""
    support: Range = (0.0, 0.15)
    """Amorphous texture relative to the brightest column, as fine as the probe and up to 5 x."""


@dataclass(frozen=True)
class Faults:
    """What the scan and the export do to the image."""

    read_noise: Range = (0.0, 1.5)
    """Standard deviation of the detector's own noise [e⁻]."""
    jitter: Range = (0.0, 0.02)
    """Standard deviation of each row's shift along x [nm]."""
    streaks: Range = (0.0, 0.03)
    """Standard deviation of each row's relative brightness."""
    smoothed: float = 0.4
    """Share of the images that were smoothed or interpolated, so that noise is correlated."""
    smoothing: Range = (0.4, 1.8)
    """Standard deviation of that smoothing [px]."""
    exported: float = 0.4
    """Share of the images that were exported to 8 bit."""
    clipped: Range = (0.0, 0.01)
    """Share of the pixels that such an export clips at each end."""
    gamma: Range = (0.7, 1.4)
    """Exponent that such an export applies."""


@dataclass(frozen=True)
class Simulation:
    """Recipe of a labelled image."""

    size: tuple[int, int] = (256, 256)
    """Rows and columns [px]."""
    specimen: Specimen = field(default_factory=Specimen)
    imaging: Imaging = field(default_factory=Imaging)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        if min(self.size) < 8:
            raise RecipeError(f"an image needs at least 8 x 8 pixels, not {self.size}")
        if not self.specimen.crystals:
            raise RecipeError("specimen.crystals must name at least one crystal")


@dataclass(frozen=True, eq=False)
class Simulated:
    """A simulated image and its truth.

    Parameters
    ----------
    image
        What the microscope would have saved.
    clean
        Expected electrons in each pixel, without noise, scan faults and export [e⁻].
    columns
        Every column in the field of view. The label ``asked`` is 1 for columns that can be told
        from noise and neighbours, 0 where even a perfect observer could not be sure.
    """

    image: Micrograph
    clean: Array
    columns: Columns


@dataclass(frozen=True)
class _Probe:
    """Two concentric Gaussians, [px]."""

    sigma_y: float
    sigma_x: float
    tails: float

    @property
    def sigma(self) -> float:
        """Mean width of the core."""
        return float(np.sqrt(self.sigma_y * self.sigma_x))

    @property
    def peak(self) -> float:
        """Height of a column of unit intensity, relative to one without tails."""
        return 1 - self.tails + self.tails / TAIL_WIDTH**2


@dataclass(frozen=True)
class _Recording:
    """What the scan and the export do to one image, drawn."""

    read_noise: float
    jitter: float
    streaks: float
    smoothing: float
    clipped: float
    gamma: float
    exported: bool


TAIL_WIDTH = 2.2
"""Width of the probe's tails relative to its core."""


def simulate(recipe: Simulation, rng: np.random.Generator) -> Simulated:
    """Draw one labelled image."""
    imaging = recipe.imaging
    pixel = log_uniform(rng, imaging.pixel_size)
    probe = _draw_probe(imaging, pixel, rng)
    recording = _draw_recording(recipe.faults, pixel, rng)
    positions, amplitude = _specimen(recipe, pixel, rng)
    positions = _distort(positions / pixel, recipe.size, imaging, rng)
    scattered = log_uniform(rng, imaging.scattered)
    electrons = min(scattered * log_uniform(rng, imaging.dose) * pixel**2, imaging.most_counts)
    texture = uniform(rng, imaging.support)
    clean = electrons * (
        render(positions, amplitude, probe.sigma_y, probe.sigma_x, probe.tails, recipe.size)
        + _background(recipe.size, imaging, texture, pixel, probe, rng)
    )
    inside = ((positions > -0.5) & (positions < np.array(recipe.size) - 0.5)).all(1)
    conditions = Conditions(
        sigma=probe.sigma,
        blur=float(np.hypot(probe.sigma, recording.smoothing)),
        clean=clean,
        texture=electrons * texture,
        read_noise=recording.read_noise,
        streaks=recording.streaks,
    )
    columns = judge(positions[inside], electrons * probe.peak * amplitude[inside], conditions)
    pixels = _record(clean, recording, rng)
    image = Micrograph(pixels.astype(np.float32), (pixel, pixel), "simulated")
    # All of a column's electrons count, those in the probe's tails too.
    intensity = columns.intensity / probe.peak
    columns = replace(columns, intensity=intensity, pixel_size=image.pixel_size)
    return Simulated(image, clean, columns)


def render(
    positions: Array,
    amplitude: Array,
    sigma_y: float,
    sigma_x: float,
    tails: float,
    size: tuple[int, int],
) -> Array:
    """Add up Gaussian columns; separable, so that an image is two matrix products.

    Parameters
    ----------
    positions
        Rows of (y, x) [px].
    amplitude
        Height of each column.
    sigma_y, sigma_x
        Standard deviations of the core [px].
    tails
        Share of the intensity in tails that are `TAIL_WIDTH` times as wide.
    size
        Rows and columns [px].
    """
    image = np.zeros(size)
    for share, scale in ((1 - tails, 1.0), (tails / TAIL_WIDTH**2, TAIL_WIDTH)):
        if share > 0:
            along_y = _gaussians(size[0], positions[:, 0], scale * sigma_y)
            along_x = _gaussians(size[1], positions[:, 1], scale * sigma_x)
            image += (along_y * (share * amplitude)[:, None]).T @ along_x
    return image


def _gaussians(count: int, centres: Array, sigma: float) -> Array:
    steps = (np.arange(count) - centres[:, None]) / sigma
    return np.asarray(np.exp(-0.5 * np.minimum(steps**2, 80.0)))


def _draw_probe(imaging: Imaging, pixel: float, rng: np.random.Generator) -> _Probe:
    sigma = log_uniform(rng, imaging.probe_fwhm) / FWHM / pixel
    stretch = np.exp(0.5 * uniform(rng, imaging.astigmatism) * rng.choice([-1, 1]))
    return _Probe(sigma * stretch, sigma / stretch, uniform(rng, imaging.tails))


def _specimen(recipe: Simulation, pixel: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Columns in and a little around the field of view [nm], brightest about 1."""
    specimen = recipe.specimen
    size = (recipe.size[0] * pixel, recipe.size[1] * pixel)
    kind = rng.random()
    if kind < specimen.empty:
        return np.empty((0, 2)), np.empty(0)
    if kind < specimen.empty + specimen.single_atoms:
        positions, amplitude = _single_atoms(size, rng)
    else:
        positions, amplitude = _grains(specimen, size, rng)
    keep = rng.random(len(positions)) >= uniform(rng, specimen.vacancies)
    positions, amplitude = positions[keep], amplitude[keep]
    positions = positions + uniform(rng, specimen.disorder) * rng.standard_normal(positions.shape)
    amplitude = amplitude * np.exp(
        uniform(rng, specimen.composition) * rng.standard_normal(len(amplitude))
    )
    return positions, amplitude * _ramp(positions, size, specimen, rng)


def _ramp(
    positions: Array, size: tuple[float, float], specimen: Specimen, rng: np.random.Generator
) -> Array:
    angle = rng.uniform(0, 2 * np.pi)
    along = positions @ [np.sin(angle), np.cos(angle)] / max(size)
    change = uniform(rng, specimen.thickness_ramp)
    return np.asarray(1 - change * np.clip(along - along.min(initial=0.0), 0, 1))


def _single_atoms(size: tuple[float, float], rng: np.random.Generator) -> tuple[Array, Array]:
    """Heavy atoms at random, none nearer to another than 0.2 nm."""
    count = rng.poisson(rng.uniform(0.3, 5.0) * size[0] * size[1])
    positions = rng.uniform(0, size, (count, 2))
    close = cKDTree(positions).query_pairs(0.2, output_type="ndarray") if count else []
    keep = np.ones(count, bool)
    for first, second in close:
        keep[second] &= not keep[first]
    positions = positions[keep]
    return positions, rng.uniform(0.7, 1.0, len(positions))


def _grains(
    specimen: Specimen, size: tuple[float, float], rng: np.random.Generator
) -> tuple[Array, Array]:
    """One crystal, or two on both sides of a straight line; the second may be vacuum."""
    crystal = _draw_crystal(specimen, rng)
    positions, amplitude = _grain(crystal, size, rng)
    if rng.random() >= specimen.boundaries:
        return positions, amplitude
    angle = rng.uniform(0, 2 * np.pi)
    normal = np.array([np.sin(angle), np.cos(angle)])
    offset = rng.uniform(0.2, 0.8, 2) * size @ normal
    here = positions @ normal < offset
    positions, amplitude = positions[here], amplitude[here]
    neighbour = rng.choice(["turned", "other", "vacuum"], p=[0.5, 0.2, 0.3])
    if neighbour == "vacuum":
        return positions, amplitude
    other = crystal if neighbour == "turned" else _draw_crystal(specimen, rng)
    beyond, bright = _grain(other, size, rng)
    there = beyond @ normal > offset + rng.uniform(0.05, 0.2)
    return np.concatenate([positions, beyond[there]]), np.concatenate([amplitude, bright[there]])


def _draw_crystal(specimen: Specimen, rng: np.random.Generator) -> Projection:
    if rng.random() < specimen.invented:
        return invented_crystal(rng)
    return known_crystal(str(rng.choice(specimen.crystals)))


def _grain(
    crystal: Projection, size: tuple[float, float], rng: np.random.Generator
) -> tuple[Array, Array]:
    """A crystal that reaches half a nanometre beyond the image on every side."""
    margin = 0.5
    grown = (size[0] + 2 * margin, size[1] + 2 * margin)
    origin = (rng.uniform(0, 1), rng.uniform(0, 1))
    positions, brightness = crystal.columns(grown, rng.uniform(0, 2 * np.pi), origin)
    return positions - margin, brightness / brightness.max()


def _distort(
    positions: Array, size: tuple[int, int], imaging: Imaging, rng: np.random.Generator
) -> Array:
    """Slow drift shears the image, and the truth moves with it."""
    matrix = np.eye(2) + uniform(rng, imaging.shear) * rng.standard_normal((2, 2))
    centre = np.array(size) / 2
    return np.asarray((positions - centre) @ matrix + centre)


def _background(
    size: tuple[int, int],
    imaging: Imaging,
    texture: float,
    pixel: float,
    probe: _Probe,
    rng: np.random.Generator,
) -> Array:
    """Background relative to the brightest column; never negative."""
    clouds = smooth_field(size, log_uniform(rng, (1.0, 20.0)) / pixel / FWHM, rng)
    support = smooth_field(size, probe.sigma * log_uniform(rng, (1.0, 5.0)), rng)
    level = (
        uniform(rng, imaging.background)
        + uniform(rng, imaging.clouds) * clouds
        + texture * support
    )
    return np.asarray(np.maximum(level, 0.0))


def _draw_recording(faults: Faults, pixel: float, rng: np.random.Generator) -> _Recording:
    return _Recording(
        read_noise=uniform(rng, faults.read_noise),
        jitter=uniform(rng, faults.jitter) / pixel,
        streaks=uniform(rng, faults.streaks),
        smoothing=uniform(rng, faults.smoothing) * float(rng.random() < faults.smoothed),
        clipped=uniform(rng, faults.clipped),
        gamma=uniform(rng, faults.gamma),
        exported=bool(rng.random() < faults.exported),
    )


def _record(clean: Array, recording: _Recording, rng: np.random.Generator) -> Array:
    """Scan, count and export."""
    rows = clean.shape[:1]
    streaks = 1 + recording.streaks * rng.standard_normal(rows)
    scanned = shift_rows(clean, recording.jitter * rng.standard_normal(rows))
    image = count_electrons(scanned * streaks[:, None], recording.read_noise, rng)
    if recording.smoothing > 0:
        image = np.asarray(gaussian_filter(image, recording.smoothing, mode="nearest"))
    if recording.exported:
        image = export_8bit(image, recording.clipped, recording.gamma)
    return image

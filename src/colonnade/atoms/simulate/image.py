"""Labelled STEM images: a specimen, a probe, a background, electrons, and known truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate.detectability import Conditions, mark_detectable
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.exposure import Exposure, expose
from colonnade.atoms.simulate.optics.microscope import Imaging, draw_beam, draw_dose
from colonnade.atoms.simulate.scan import COLUMN_HEIGHT, StemScan
from colonnade.atoms.simulate.specimen.specimen import Scene, Specimen, build
from colonnade.core.arrays import Array, Grey
from colonnade.core.errors import RecipeError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.instrument.detector import Detector, DrawnDetector, draw_detector
from colonnade.core.instrument.postprocess import DrawnExport, Export, draw_export
from colonnade.core.instrument.scan import draw_scan
from colonnade.core.work.draws import Draws


@dataclass(frozen=True)
class Simulation:
    """Recipe of a labelled image."""

    size: tuple[int, int] = (256, 256)
    """Rows and columns [px]."""
    specimen: Specimen = field(default_factory=Specimen)
    imaging: Imaging = field(default_factory=Imaging)
    background: Background = field(default_factory=Background)
    scan: StemScan = field(default_factory=StemScan)
    detector: Detector = field(default_factory=Detector)
    export: Export = field(default_factory=Export)

    def __post_init__(self) -> None:
        if min(self.size) < 8:
            raise RecipeError(f"an image needs at least 8 x 8 pixels, not {self.size}")


@dataclass(frozen=True, eq=False)
class Simulated:
    """A simulated image and its truth.

    Parameters
    ----------
    image
        What the microscope would have saved.
    clean
        Expected electrons in each pixel, without noise, scan faults and export [e⁻].
    no_background
        The same of the columns alone; negative where columns are dark.
    sharpened
        The columns alone, through a probe much finer than the microscope's [e⁻].
    columns
        Every column in the field of view. The label ``detectable`` is 1 for columns that can be
        told from noise and neighbours, 0 where even a perfect observer could not be sure.
    drawn
        Everything that was drawn for the image, by name.
    """

    image: Micrograph
    clean: Grey
    no_background: Grey
    sharpened: Grey
    columns: Columns
    drawn: Mapping[str, float | str]


def simulate(recipe: Simulation, rng: np.random.Generator) -> Simulated:
    """Draw one labelled image."""
    draws = Draws(rng)
    export = draw_export(recipe.export, draws)
    size, zoom = export.grid(recipe.size)
    final = draws.log_uniform("imaging.pixel_size", recipe.imaging.pixel_size)
    pixel = zoom * final
    beam = draw_beam(recipe.imaging, draws)
    scan = draw_scan(recipe.scan, draws, pixel, COLUMN_HEIGHT)
    detector = draw_detector(recipe.detector, draws)
    scene = build(recipe.specimen, size, pixel, beam.probe.resolution, beam.exponent, draws)
    positions = scan.move(scene.positions / pixel, size)
    exposure = expose(scene, positions, pixel, beam, recipe.background, draws)
    dose = draw_dose(recipe.imaging, float(exposure.total.max()), pixel, draws)
    electrons = dose * pixel**2
    clean = electrons * exposure.total
    draws.record["imaging.brightest"] = float(clean.max())
    conditions = _conditions(exposure, electrons, pixel, detector, export, recipe.size)
    columns = mark_detectable(_inside(scene, positions, dose * exposure.signal, size), conditions)
    recorded = detector.record(scan.shift(clean, rng, detector.frames), rng)
    image = Micrograph(export.process(recorded, recipe.size), (final, final), "simulated")
    return Simulated(
        image=image,
        clean=export.resampled(clean, recipe.size),
        no_background=export.resampled(electrons * exposure.alone, recipe.size),
        sharpened=export.resampled(electrons * exposure.sharpened, recipe.size),
        columns=_exported(columns, export, recipe.size, final),
        drawn=draws.record,
    )


def _conditions(
    exposure: Exposure,
    electrons: float,
    pixel: float,
    detector: DrawnDetector,
    export: DrawnExport,
    size: tuple[int, int],
) -> Conditions:
    """Give what the truth is judged by, on the recorded grid."""
    smoothing = export.smoothing / export.zoom
    return Conditions(
        height=exposure.peak.height * pixel**2,
        sigma=exposure.peak.sigma / pixel,
        blur=float(np.hypot(exposure.peak.core / pixel, smoothing)),
        smoothing=smoothing,
        clean=electrons * exposure.total,
        alone=electrons * exposure.alone,
        texture=electrons * exposure.texture,
        covered=export.covered(size),
        read_noise=detector.read_noise,
        streaks=detector.streaks,
    )


def _inside(scene: Scene, positions: Array, intensity: Array, size: tuple[int, int]) -> Columns:
    """Give the columns in the field of view [px]."""
    inside = ((positions > -0.5) & (positions < np.array(size) - 0.5)).all(1)
    labels = {"atomic_number": scene.atomic_number, "thickness": scene.thickness}
    columns = Columns(y=positions[:, 0], x=positions[:, 1], intensity=intensity, labels=labels)
    return columns[inside]


def _exported(
    columns: Columns, export: DrawnExport, size: tuple[int, int], pixel: float
) -> Columns:
    """Give the columns in the pixels of the exported picture."""
    positions = export.to_final(columns.positions)
    columns = replace(
        columns,
        y=positions[:, 0],
        x=positions[:, 1],
        width=columns.width * export.zoom,
        pixel_size=(pixel, pixel),
    )
    return columns[(positions < np.array(size) - 0.5).all(1)]

"""Labelled STEM images: a specimen, a probe, a background, electrons, and known truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate.detectability import Conditions, mark_detectable
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.exposure import Exposure, expose
from colonnade.atoms.simulate.optics.microscope import Beam, Imaging, draw_beam, draw_dose
from colonnade.atoms.simulate.scan import COLUMN_HEIGHT, StemScan
from colonnade.atoms.simulate.specimen.specimen import Scene, Specimen, build
from colonnade.core.arrays import Array, Grey
from colonnade.core.data.sizes import check_size
from colonnade.core.errors import RecipeError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.instrument.detector import Detector, DrawnDetector, draw_detector
from colonnade.core.instrument.postprocess import DrawnExport, Export, draw_export
from colonnade.core.instrument.scan import DrawnScan, draw_scan
from colonnade.core.work.draws import Draws

WHOLE = 0.7
"""Atoms of which a smaller share was recorded, before or after a hop, need not be found."""


TRACE = 0.02
"""An atom of which no more than this share was recorded is not in the image."""


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
        check_size(self.size)


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
        distinguished from noise and neighbours, 0 where even a perfect observer could not be sure.
    drawn
        Everything that was drawn for the image, by name.
    """

    image: Micrograph
    clean: Grey
    no_background: Grey
    sharpened: Grey
    columns: Columns
    drawn: Mapping[str, float | str]


@dataclass(frozen=True, eq=False)
class View:
    """A specimen as the beam and the scan show it, without noise and for any dose.

    Parameters
    ----------
    scene
        The specimen.
    positions
        Where its columns appear, rows of (y, x) [px]; some are outside of the field of view.
    exposure
        Shares of the current that reach the detector.
    pixel
        Size of a pixel [nm].
    """

    scene: Scene
    positions: Array
    exposure: Exposure
    pixel: float

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the image [px]."""
        return int(self.exposure.total.shape[0]), int(self.exposure.total.shape[1])

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether each column is in the field of view, and was there when the beam was."""
        in_field = (self.positions > -0.5) & (self.positions < np.array(self.size) - 0.5)
        return np.asarray(in_field.all(1) & (self.exposure.recorded > TRACE))

    def columns(self, intensity: Array) -> Columns:
        """Give the columns in the field of view, of which every one has an intensity [e⁻]."""
        labels = {
            "atomic_number": self.scene.atomic_number,
            "thickness": self.scene.thickness,
        }
        y, x = self.positions.T
        seen = intensity * self.exposure.recorded
        return Columns(y=y, x=x, intensity=seen, labels=labels)[self.inside]

    @property
    def cut(self) -> NDArray[np.bool_]:
        """Where an atom hopped away under the beam, or came, and most of it may be missing."""
        cut = np.zeros(self.size, bool)
        part = self.positions[self.inside & (self.exposure.recorded < WHOLE)]
        cut[tuple(np.round(part).astype(int).T)] = True
        return np.asarray(maximum_filter(cut, 3)) if len(part) else cut

    def conditions(self, electrons: float) -> Conditions:
        """Give what makes columns hard to find if only the electrons [1/px] make noise."""
        peak = self.exposure.peak
        return Conditions(
            height=peak.height * self.pixel**2,
            sigma=peak.sigma / self.pixel,
            blur=peak.core / self.pixel,
            smoothing=0.0,
            clean=electrons * self.exposure.total,
            alone=electrons * self.exposure.alone,
            texture=electrons * self.exposure.texture,
            covered=self.cut,
            read_noise=0.0,
            streaks=0.0,
        )


def draw_view(
    recipe: Simulation,
    size: tuple[int, int],
    pixel: float,
    beam: Beam,
    scan: DrawnScan | None,
    draws: Draws,
) -> View:
    """Draw a specimen and expose it.

    Parameters
    ----------
    recipe
        Of the specimen and the background.
    size
        Rows and columns of the image [px].
    pixel
        Size of a pixel [nm].
    beam
        The microscope.
    scan
        Where the scan puts the columns, by mistake; None where it makes none.
    draws
        Source of what is drawn.
    """
    scene = build(recipe.specimen, size, pixel, beam.probe.resolution, beam.exponent, draws)
    positions = scene.positions / pixel
    if scan is not None:
        positions = scan.move(positions, size)
    exposure = expose(scene, positions, pixel, beam, recipe.background, draws)
    return View(scene, positions, exposure, pixel)


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
    view = draw_view(recipe, size, pixel, beam, scan, draws)
    dose = draw_dose(recipe.imaging, float(view.exposure.total.max()), pixel, draws)
    electrons = dose * pixel**2
    clean = electrons * view.exposure.total
    draws.record["imaging.brightest"] = float(clean.max())
    conditions = _recorded(view.conditions(electrons), detector, export, recipe.size)
    columns = mark_detectable(view.columns(dose * view.exposure.signal), conditions)
    recorded = detector.record(scan.shift(clean, rng, detector.frames), rng)
    image = Micrograph(export.process(recorded, recipe.size), (final, final), "simulated")
    return Simulated(
        image=image,
        clean=export.resampled(clean, recipe.size),
        no_background=export.resampled(electrons * view.exposure.alone, recipe.size),
        sharpened=export.resampled(electrons * view.exposure.sharpened, recipe.size),
        columns=_exported(columns, export, recipe.size, final),
        drawn=draws.record,
    )


def _recorded(
    conditions: Conditions, detector: DrawnDetector, export: DrawnExport, size: tuple[int, int]
) -> Conditions:
    """Add what detector and export do to an image, on the recorded grid."""
    smoothing = export.smoothing / export.zoom
    return replace(
        conditions,
        blur=float(np.hypot(conditions.blur, smoothing)),
        smoothing=smoothing,
        covered=conditions.covered | export.covered(size),
        read_noise=detector.read_noise,
        streaks=detector.streaks,
    )


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

"""How the microscope forms an image: the beam, the detector it falls on, and the dose."""

from dataclasses import dataclass

import numpy as np

from colonnade.atoms.simulate.optics.probe import Probe
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws, Range


@dataclass(frozen=True)
class Imaging:
    """How the microscope forms the image; drawn evenly unless it says otherwise."""

    pixel_size: Range = (0.005, 0.05)
    """Size of a pixel, drawn logarithmically [nm]."""
    voltages: tuple[float, ...] = (60.0, 80.0, 100.0, 200.0, 300.0)
    """Each image draws one of these acceleration voltages [kV]."""
    convergence: Range = (18.0, 34.0)
    """Semi-angle of convergence [mrad]."""
    defocus: Range = (-6.0, 6.0)
    """Positive is underfocus [nm]."""
    spherical: Range = (-3.0, 3.0)
    """Third order spherical aberration [µm]."""
    astigmatism: Range = (0.0, 2.5)
    """Twofold astigmatism, in any direction [nm]."""
    coma: Range = (0.0, 60.0)
    """Axial coma, in any direction [nm]."""
    source: Range = (0.04, 0.12)
    """Width of the image of the electron source at half of its maximum [nm]."""
    thermal: Range = (0.005, 0.010)
    """Root mean square vibration of the atoms along one direction [nm]."""
    mistilt: Range = (0.0, 5.0)
    """Angle between the beam and the columns, in any direction [mrad]."""
    exponent: Range = (1.6, 1.9)
    """Exponent of the atomic number in the scattering to the annular dark field detector."""
    bright_field: float = 0.1
    """Share of the images that are annular bright field, with dark columns."""
    bright_exponent: Range = (0.5, 0.8)
    """Exponent of the atomic number in annular bright field."""
    bright_level: Range = (0.2, 0.6)
    """Share of the beam that the annular bright field detector collects without a specimen."""
    bright_depth: Range = (0.05, 0.4)
    """How dark the darkest column is in annular bright field, relative to that."""
    dose: Range = (1e5, 1e9)
    """Electrons per area, drawn logarithmically [e⁻/nm²]."""
    counts: Range = (1.0, 3000.0)
    """The dose is kept such that the brightest pixel expects no fewer and no more [e⁻]."""

    def __post_init__(self) -> None:
        for name, (low, high) in (("dose", self.dose), ("counts", self.counts)):
            if not 0 < low <= high < np.inf:
                raise RecipeError(
                    f"imaging.{name} must go from one positive number to a larger, not {low, high}"
                )
        for name in ("voltages", "convergence", "exponent", "bright_exponent"):
            if not all(value > 0 for value in getattr(self, name)):
                raise RecipeError(f"imaging.{name} must be positive, not {getattr(self, name)}")


@dataclass(frozen=True)
class Beam:
    """The microscope in one image, but for dose and thickness.

    Parameters
    ----------
    probe
        Settings that shape the probe, but for the lean of the columns.
    mistilt
        Tangent of the columns' angle to the beam along (y, x).
    exponent
        Of the atomic number in the scattering.
    dark
        Whether columns are dark, as in annular bright field.
    level, depth
        In annular bright field the share of the beam collected without a specimen, and how much
        of it the darkest column takes away.
    """

    probe: Probe
    mistilt: tuple[float, float]
    exponent: float
    dark: bool
    level: float
    depth: float


def draw_beam(recipe: Imaging, draws: Draws) -> Beam:
    """Draw the settings of the microscope for one image."""
    probe = Probe(
        voltage=draws.choice("imaging.voltage", recipe.voltages),
        convergence=draws.uniform("imaging.convergence", recipe.convergence),
        defocus=draws.uniform("imaging.defocus", recipe.defocus),
        spherical=draws.uniform("imaging.spherical", recipe.spherical),
        astigmatism=draws.uniform("imaging.astigmatism", recipe.astigmatism),
        astigmatism_angle=draws.uniform("imaging.astigmatism_angle", (0.0, np.pi)),
        coma=draws.uniform("imaging.coma", recipe.coma),
        coma_angle=draws.uniform("imaging.coma_angle", (0.0, 2 * np.pi)),
        source=draws.uniform("imaging.source", recipe.source),
        thermal=draws.uniform("imaging.thermal", recipe.thermal),
    )
    tilt = np.tan(draws.uniform("imaging.mistilt", recipe.mistilt) / 1000)
    angle = draws.uniform("imaging.mistilt_angle", (0.0, 2 * np.pi))
    dark = draws.happens("imaging.bright_field", recipe.bright_field)
    return Beam(
        probe=probe,
        mistilt=(float(tilt * np.sin(angle)), float(tilt * np.cos(angle))),
        exponent=draws.uniform(
            "imaging.exponent", recipe.bright_exponent if dark else recipe.exponent
        ),
        dark=dark,
        level=draws.uniform("imaging.bright_level", recipe.bright_level) if dark else 0.0,
        depth=draws.uniform("imaging.bright_depth", recipe.bright_depth) if dark else 0.0,
    )


def draw_dose(recipe: Imaging, brightest: float, pixel: float, draws: Draws) -> float:
    """Draw the electrons per area, such that the brightest pixel keeps to its limits.

    Parameters
    ----------
    recipe
        What to draw from.
    brightest
        Share of the current that the brightest pixel scatters to the detector.
    pixel
        Size of a pixel [nm].
    draws
        Source of what is drawn.
    """
    fewest, most = np.array(recipe.counts) / max(brightest * pixel**2, 1e-300)
    low, high = np.clip(recipe.dose, fewest, most)
    return draws.log_uniform("imaging.dose", (float(low), float(high)))

"""What the microscope makes of views without noise: electrons, background, faults."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import RecipeError
from colonnade.core.instrument.correlated import MOST_CORRELATED, Colour, coloured
from colonnade.core.instrument.detector import count_electrons, smooth_field
from colonnade.core.work.draws import NEVER, Draws, Range


@dataclass(frozen=True)
class Recording:
    """How views are recorded; each range is drawn from evenly unless it says otherwise."""

    clean: float = 0.15
    """Share of the series without noise."""
    dose: Range = (30.0, 5000.0)
    """Counts where the specimen's views are brightest, drawn logarithmically."""
    detector: Range = (0.0, 0.3)
    """Standard deviation of the detector's noise, in that of the counts where the views are
    brightest."""
    correlated: float = 0.3
    """Share of the series whose noise is correlated along x, the fast axis."""
    correlation: Range = (0.05, 0.6)
    """Correlation of neighbours in such a series."""
    backed: float = 0.3
    """Share of the series with a background, as of a support or of the vacuum."""
    background: Range = (0.01, 0.3)
    """Its level, as a share of the largest of the specimen's."""
    drifting: float = 0.3
    """Share of the series during which the beam current changes slowly."""
    drift: Range = (0.01, 0.1)
    """Standard deviation of its relative change."""
    speckled: float = 0.2
    """Share of the series with hot pixels, others in each view."""
    hot: Range = (1e-5, 1e-3)
    """Share of the pixels that are hot, drawn logarithmically."""

    def __post_init__(self) -> None:
        if not 0 <= self.correlation[0] <= self.correlation[1] < MOST_CORRELATED:
            raise RecipeError(
                f"recording.correlation must lie between 0 and {MOST_CORRELATED}, "
                f"not {self.correlation}"
            )


@dataclass(frozen=True)
class DrawnRecording:
    """How the views of one series are recorded.

    Parameters
    ----------
    clean
        Whether there is no noise.
    dose
        Counts where the specimen's views are brightest.
    detector
        Standard deviation of the detector's noise [counts].
    colour, correlation
        How noise is correlated along x, and how much between neighbours.
    background
        Its level, as a share of the largest of the specimen's.
    drift
        Standard deviation of the beam current's relative change.
    hot
        Share of the pixels that are hot.
    """

    clean: bool
    dose: float
    detector: float
    colour: Colour
    correlation: float
    background: float
    drift: float
    hot: float

    def record(self, ideal: Single, rng: np.random.Generator) -> "Recorded":
        """Record views (view, y, x), and give them on the scale of what the specimen shows."""
        brightest = max(float(ideal.max()), DARKEST)
        background = self.background * brightest
        beam = np.ones(len(ideal))
        if self.drift > 0:
            beam += self.drift * smooth_field((1, len(ideal)), SLOW * len(ideal), rng)[0]
        views = (ideal + np.float32(background)) * beam[:, None, None].astype(np.float32)
        noise = np.zeros(len(views))
        if not self.clean:
            counts = np.float32(self.dose / brightest) * np.maximum(views, 0)
            noise = np.sqrt(counts.mean((1, 2), dtype=np.float64) + self.detector**2)
            noise *= brightest / self.dose
            rows = counts.reshape(-1, counts.shape[2])
            added = count_electrons(rows, self.detector, rng) - rows
            added = coloured(added, self.colour, self.correlation).reshape(views.shape)
            views = (counts + added) * np.float32(brightest / self.dose)
        if self.hot > 0:
            struck = rng.random(views.shape) < self.hot
            views[struck] += brightest * rng.uniform(*HOTTEST, int(struck.sum()))
        return Recorded(views, noise, beam, background)


DARKEST = 1e-6
"""Views of nothing are scaled as if their brightest pixel were this [grey levels times px]."""

SLOW = 0.2
"""The beam current is correlated over this share of the views, in standard deviations of a
Gaussian."""

HOTTEST = (0.5, 5.0)
"""How much brighter hot pixels are, in the largest level of the specimen."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """Views as they were recorded.

    Parameters
    ----------
    views
        Axes (view, y, x) [grey levels of the specimen times px].
    noise
        Standard deviation that is expected in each, averaged over its pixels [same].
    beam
        Relative beam current of each.
    background
        Level that the specimen's comes on top of [same].
    """

    views: Single
    noise: Array
    beam: Array
    background: float


def draw_recording(recipe: Recording, draws: Draws) -> DrawnRecording:
    """Draw how the views of one series are recorded."""
    correlated = draws.happens("recording.correlated", recipe.correlated)
    colours: tuple[Colour, ...] = ("lagging", "short") if correlated else ("white",)
    backed = draws.happens("recording.backed", recipe.backed)
    drifting = draws.happens("recording.drifting", recipe.drifting)
    speckled = draws.happens("recording.speckled", recipe.speckled)
    dose = draws.log_uniform("recording.dose", recipe.dose)
    detector = draws.uniform("recording.detector", recipe.detector)
    return DrawnRecording(
        clean=draws.happens("recording.clean", recipe.clean),
        dose=dose,
        detector=detector * float(np.sqrt(dose)),
        colour=draws.choice("recording.colour", colours),
        correlation=draws.uniform(
            "recording.correlation", recipe.correlation if correlated else NEVER
        ),
        background=draws.uniform("recording.background", recipe.background if backed else NEVER),
        drift=draws.uniform("recording.drift", recipe.drift if drifting else NEVER),
        hot=draws.log_uniform("recording.hot", recipe.hot) if speckled else 0.0,
    )

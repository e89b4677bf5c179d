"""Where tilt series and their true volumes come from: simulated when needed, or a library."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colonnade.core.data.fill import fill_library
from colonnade.core.data.library import Entry, Library
from colonnade.core.data.source import StoredSource
from colonnade.core.data.split import Families
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import dumps
from colonnade.tomo.simulate.series import SeriesSimulation, SimulatedSeries, simulate
from colonnade.tomo.tilts import TiltSeries

VIEWS, VOLUME = "views", "volume"
"""What a library calls the views and the truth."""

FAMILY = "family"
"""Name under which a library keeps what kind of specimen a series shows."""

ANGLE, NOISE, BEAM = "angle_deg", "noise", "beam"
"""Columns of the table of views: tilts, expected noise, relative beam current."""

SHIFTS = ("shift_y_px", "shift_x_px")
"""Columns of the shifts of views."""

OFFSET, TURN, BACKGROUND = "axis_offset_px", "axis_angle_deg", "background"
"""Names under which a library keeps where the tilt axis is, and the level of the background."""


@dataclass(frozen=True)
class Simulator:
    """Simulates series number `i` of an endless library."""

    recipe: SeriesSimulation
    seed: int
    part: int = 0
    """Separates the series of one seed that serve different ends, as in training and testing."""

    @property
    def identity(self) -> str:
        """The recipe and the seed."""
        return f"{dumps(self.recipe)}seed = {self.seed}\npart = {self.part}\n"

    def __call__(self, index: int) -> SimulatedSeries:
        """Simulate one series."""
        return simulate(self.recipe, np.random.default_rng([self.seed, self.part, index]))


class LibrarySource(StoredSource[SimulatedSeries]):
    """Reads the series of a library, over and over again.

    Parameters
    ----------
    folder
        Of the library.
    part
        All series, or one side of a split that no family is on both sides of.
    """

    kinds = (VIEWS, VOLUME)
    family = "family"

    def families(self, entry: Entry) -> Families:
        """Give the family of the specimen that a series shows."""
        return frozenset({str(entry.drawn[FAMILY])})

    def restore(self, entry: Entry, name: str) -> SimulatedSeries:
        """Make a series of what the library keeps of it."""
        views, truth = (np.asarray(entry.images[kind], np.float32) for kind in self.kinds)
        angles = tuple(map(float, entry.table[ANGLE]))
        return SimulatedSeries(
            series=TiltSeries(views[: len(angles)], angles, name=name),
            truth=truth,
            family=str(entry.drawn[FAMILY]),
            noise=entry.table[NOISE],
            shifts=np.stack([entry.table[column] for column in SHIFTS], axis=1),
            axis_offset=float(entry.drawn[OFFSET]),
            axis_angle=float(entry.drawn[TURN]),
            beam=entry.table[BEAM],
            background=float(entry.drawn[BACKGROUND]),
            drawn=entry.drawn,
        )


def write_library(
    source: Simulator,
    count: int,
    folder: Path,
    progress: Progress,
    *,
    workers: int = 1,
    scheduler: str | None = None,
) -> None:
    """Simulate a library of series; those that are already there are left as they are.

    Parameters
    ----------
    source
        What to simulate.
    count
        Number of series.
    folder
        Where the library is, or shall be.
    progress
        Called with the number of finished series and of all.
    workers, scheduler
        Who does it, as for `colonnade.core.data.fill.fill_library`.
    """
    create_library(folder, source, count)
    entry_of = PaddedEntry(source.recipe.tilts.most_views)
    fill_library(folder, source, entry_of, count, progress, workers=workers, scheduler=scheduler)


def create_library(folder: Path, source: Simulator, count: int) -> None:
    """Begin a library of series, or go on with one."""
    recipe = source.recipe
    Library.create(
        folder,
        source.identity,
        size={VIEWS: (recipe.tilts.most_views, *recipe.size[1:]), VOLUME: recipe.size},
        count=count,
        kinds={VIEWS: "f4", VOLUME: "f4"},
    )


@dataclass(frozen=True)
class PaddedEntry:
    """Gives what a library keeps of a series: views of zeros follow those that there are.

    Parameters
    ----------
    views
        How many views each has in the library; the rows of its table say how many there are.
    """

    views: int

    def __call__(self, simulated: SimulatedSeries) -> Entry:
        """Give what is kept of one series."""
        views = np.asarray(simulated.series.views[:, :, :])
        return Entry(
            images={
                VIEWS: np.pad(views, ((0, self.views - len(views)), (0, 0), (0, 0))),
                VOLUME: simulated.truth,
            },
            pixel_size=None,
            table={
                ANGLE: simulated.series.degrees,
                NOISE: simulated.noise,
                SHIFTS[0]: simulated.shifts[:, 0],
                SHIFTS[1]: simulated.shifts[:, 1],
                BEAM: simulated.beam,
            },
            drawn={
                **simulated.drawn,
                FAMILY: simulated.family,
                OFFSET: simulated.axis_offset,
                TURN: simulated.axis_angle,
                BACKGROUND: simulated.background,
            },
        )

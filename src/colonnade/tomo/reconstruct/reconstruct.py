"""Reconstruct a volume from a tilt series, block by block of its slices."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.core.images.volume import Volume
from colonnade.core.work.parallel import ALONE, Crew, outcomes
from colonnade.core.work.progress import Progress, silent
from colonnade.tomo.reconstruct.align.alignment import Alignment
from colonnade.tomo.reconstruct.astra_projector import Device, load_astra_with_gpu
from colonnade.tomo.reconstruct.margin import find_margin
from colonnade.tomo.reconstruct.memory import need_of, slices_together
from colonnade.tomo.reconstruct.noise import measure_view_noise
from colonnade.tomo.reconstruct.plan import MODEL, REGULARISED, START, Method, Plan, Slices
from colonnade.tomo.reconstruct.prepare import Preparation, prepare
from colonnade.tomo.reconstruct.sirt import sirt
from colonnade.tomo.reconstruct.source import open_series
from colonnade.tomo.reconstruct.tv import LEVEL
from colonnade.tomo.reconstruct.weight import WeightSearch, choose_weight, strongest
from colonnade.tomo.reconstruction import Assessment
from colonnade.tomo.tilts import TiltSeries

TRIED_ROWS = 48
"""So many rows, evenly spread, are looked at to find those on which the weight is chosen."""


@dataclass(frozen=True)
class Options:
    """What a user may choose.

    Parameters
    ----------
    method
        What reconstructs the volume.
    weight
        Of the total variation, in the noise of the views; chosen by leaving views out if None.
    iterations
        Most of them; None for as many as the method wants.
    depth
        Voxels along z; as many as along x if None.
    model
        The network, if it is one: name of a shipped model, or a model file.
    workers
        Processes that reconstruct.
    scheduler
        Address of a Dask scheduler, such as ``tcp://host:8786``, whose workers reconstruct
        instead.
    device
        Where slices are projected.
    memory
        What all processes of this machine may take together [bytes]; as much as they like if
        None.
    """

    method: Method = "tv"
    weight: float | None = None
    iterations: int | None = None
    depth: int | None = None
    model: str | Path = MODEL
    workers: int = 1
    scheduler: str | None = None
    device: Device = "cpu"
    memory: int | None = None

    def __post_init__(self) -> None:
        if self.device == "cuda":
            load_astra_with_gpu()
        if self.weight is not None and not 0 < self.weight < np.inf:
            raise ImageError(f"the weight must be positive, not {self.weight}")
        for name in ("iterations", "depth", "workers"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ImageError(f"the number of {name} must be at least 1, not {value}")

    @property
    def crew(self) -> Crew:
        """Who reconstructs."""
        return Crew(self.workers, self.scheduler, self.memory)


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A reconstructed volume, and what is to be known of it.

    Parameters
    ----------
    volume
        Grey levels, axes (z, y, x).
    assessment
        How well it agrees with the views.
    errors
        Half the width of a 90 % interval of each voxel [grey levels], where the method knows it.
    """

    volume: Volume
    assessment: Assessment
    errors: Volume | None = None


@dataclass(frozen=True, eq=False)
class Work:
    """The reconstruction of a series, block by block.

    Parameters
    ----------
    series
        Views, aligned, with nothing where there is no specimen.
    plan
        How its slices are reconstructed.
    noise
        Standard deviation of the noise of each view [grey levels].
    crew
        Who reconstructs.
    """

    series: TiltSeries
    plan: Plan
    noise: Array
    crew: Crew = ALONE

    @classmethod
    def of(cls, series: TiltSeries, options: Options, noise: Array | None = None) -> "Work":
        """Look at a series, and choose how it is reconstructed.

        Parameters
        ----------
        series
            Views, aligned, with nothing where there is no specimen.
        options
            What the user wants.
        noise
            Standard deviation of each view's noise, where it is known; else it is measured.

        Raises
        ------
        TooLargeError
            If one process alone needs more memory than there may be.
        """
        noise = measure_view_noise(series) if noise is None else noise
        width = series.shape[2]
        plan = Plan(
            series.angles,
            options.depth or width,
            width,
            method=options.method,
            model=options.model,
            device=options.device,
            noise=float(np.sqrt(np.mean(np.square(noise)))),
        )
        plan = replace(plan, margin=find_margin(series, plan.depth, noise))
        if options.memory is not None:
            need_of(plan).check(options.memory)
        if options.iterations is not None:
            plan = replace(
                plan,
                sirt=replace(plan.sirt, most=options.iterations),
                tv=replace(plan.tv, iterations=options.iterations),
            )
        if plan.method in REGULARISED:
            tried = np.concatenate(list(_tried(series)))
            plan = plan.with_weight(_weight(plan, tried, options.weight))
            if plan.method == "network":
                plan = replace(plan, level=_level(plan, tried))
        return cls(series, plan, noise, options.crew)

    @property
    def blocks(self) -> list[slice]:
        """Rows that are reconstructed together."""
        height, step = self.series.shape[1], slices_together(self.plan)
        return [slice(first, min(first + step, height)) for first in range(0, height, step)]

    def do(self, blocks: list[slice]) -> Generator[tuple[slice, Slices], None, None]:
        """Reconstruct some blocks, and give each when it is done."""
        sinograms = ((block, self.series.rows(block)) for block in blocks)
        workers = min(self.crew.processes(need_of(self.plan)), len(blocks)) or 1
        done = outcomes(
            partial(_reconstruct, self.plan),
            sinograms,
            workers=workers,
            scheduler=self.crew.scheduler,
        )
        with closing(done):
            for outcome in done:
                yield outcome.item[0], outcome.value()


def _reconstruct(plan: Plan, item: tuple[slice, Single]) -> Slices:
    return plan.reconstruct(item[1])


def reconstruct(
    series: str | Path | TiltSeries,
    options: Options | None = None,
    *,
    preparation: Preparation | None = None,
    alignment: Alignment | None = None,
    noise: Array | None = None,
    progress: Progress = silent,
) -> Reconstruction:
    """Reconstruct a series whose volume fits into memory.

    Parameters
    ----------
    series
        A file that says its angles, a folder of views, or views that are in memory.
    options
        What reconstructs it, and how; converged total variation by default.
    preparation
        How the views are prepared; by default hot pixels and background are taken off.
    alignment
        Where the tilt axis is and how the views are shifted; none for views that are aligned.
    noise
        Standard deviation of each view's noise, where it is known; else it is measured.
    progress
        Called with the number of finished slices and of all; what it raises ends the work.
    """
    begun = time.perf_counter()
    prepared = open_prepared(series, preparation, alignment)
    work = Work.of(prepared, options or Options(), noise)
    count, height, _ = prepared.shape
    volumes = np.empty((work.plan.volumes, work.plan.depth, height, work.plan.width), np.float32)
    squares = np.zeros((height, count))
    finished = 0
    with closing(work.do(work.blocks)) as done:
        for block, found in done:
            volumes[:, :, block] = found.volumes.transpose(0, 2, 1, 3)
            squares[block] = found.residual
            finished += block.stop - block.start
            progress(finished, height)
    whole, *errors = (
        Volume(one, voxel_size(prepared), prepared.name, prepared.metadata) for one in volumes
    )
    assessment = assess(work, squares.mean(0), time.perf_counter() - begun, alignment)
    return Reconstruction(whole, assessment, errors[0] if errors else None)


def open_prepared(
    series: str | Path | TiltSeries,
    preparation: Preparation | None = None,
    alignment: Alignment | None = None,
) -> TiltSeries:
    """Open a series, prepare its views and align them; for the parameters see `reconstruct`."""
    opened = series if isinstance(series, TiltSeries) else open_series(series)
    prepared = prepare(opened, preparation)
    return prepared if alignment is None else alignment.apply(prepared)


def voxel_size(series: TiltSeries) -> tuple[float | None, float | None, float | None]:
    """Size of a voxel along (z, y, x) [nm]: along z that along x."""
    if series.pixel_size is None:
        return None, None, None
    along_y, along_x = series.pixel_size
    return along_x, along_y, along_x


def assess(
    work: Work, squares: Array, seconds: float, alignment: Alignment | None = None
) -> Assessment:
    """Say how well a volume agrees with the views; it leaves such mean squares of each."""
    series, plan = work.series, work.plan
    whole = Assessment(
        series.name,
        plan.method,
        (plan.depth, series.shape[1], plan.width),
        voxel_size(series),
        series.angles,
        work.noise,
        np.sqrt(squares),
        seconds,
        plan.weight if plan.method in REGULARISED else None,
        notes=(*series.metadata.get("notes", ()), *_beside(plan), *plan.doubts()),
        metadata=series.metadata,
    )
    if alignment is None:
        return whole
    return replace(
        whole,
        axis_angle=alignment.axis_angle_deg,
        axis_offset=alignment.axis_offset_px,
        shifts=tuple((float(y), float(x)) for y, x in alignment.shifts),
        notes=(*whole.notes, *alignment.notes),
    )


def _beside(plan: Plan) -> Iterator[str]:
    """Say that the specimen goes on beside the views, where it does."""
    if plan.margin:
        yield (
            f"the specimen goes on beyond the views, so that {plan.margin} voxels on either side "
            "of them were reconstructed as well, and are not written; with the depth that it has, "
            "that is faster and better"
        )


def _weight(plan: Plan, tried: Single, wanted: float | None) -> float:
    """The weight that is wanted, or that with which left-out views are predicted best."""
    if wanted is not None:
        return wanted * plan.noise
    noise = max(plan.noise, LEAST_NOISE * float(np.abs(tried).max()))
    return choose_weight(plan.projector, tried, noise, WeightSearch(), plan.tv)


def _level(plan: Plan, tried: Single) -> float:
    """How bright the slices are that show most."""
    shown = tried[strongest(tried, MOST_LEVELLED)]
    start = sirt(plan.projector, shown, START)
    return max(float(np.quantile(plan.total_variation(shown, plan.weight, start), LEVEL)), DARKEST)


MOST_LEVELLED = 4
"""So many slices tell how bright the volume is."""

DARKEST = 1e-12
"""No volume is taken to be darker than this [grey levels]."""

LEAST_NOISE = 3e-3
"""The search for the weight takes views to be off by this share of their highest grey level, even
if they have less noise: so much of an edge voxels cannot show."""


def _tried(series: TiltSeries) -> Iterator[Single]:
    """Read rows on which the weight may be chosen."""
    rows = np.unique(np.linspace(0, series.shape[1] - 1, TRIED_ROWS).astype(int))
    for row in rows:
        yield series.rows(slice(row, row + 1))

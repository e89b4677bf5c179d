"""Particles and pores of images and volumes: which wing measures a file, and how it is called."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from colonnade.cli.apply import report_failures
from colonnade.cli.terminal import console, progress

if TYPE_CHECKING:
    from colonnade.core.measures.regions.results import Kind, Results


def map_particles(
    pores: bool,
    images: Sequence[Path],
    out: Path,
    angles: str | None,
    pixel_size: str | None,
) -> int:
    """Measure particles or pores of images and volumes, and give the exit status."""
    from colonnade.core.files.batch import inputs, sample
    from colonnade.core.files.units import parse_length
    from colonnade.core.measures.regions.files import Job, measure_files
    from colonnade.sem.measure.files import job as job_of_micrographs
    from colonnade.tomo.measure.files import is_tomogram
    from colonnade.tomo.measure.files import job as job_of_tomograms

    kind: Kind = "pores" if pores else "particles"
    size = None if pixel_size is None else parse_length(pixel_size)
    of_micrographs = job_of_micrographs(kind, size)
    of_tomograms = job_of_tomograms(kind, angles, size)

    def chosen(path: Path) -> Job:
        return of_tomograms if angles is not None or is_tomogram(path) else of_micrographs

    def beside(path: Path) -> list[Path]:
        return chosen(path).beside(path)

    def measured(path: Path, name: str) -> "Results":
        return chosen(path).measure(path, name)

    identity = "\n".join([of_micrographs.identity, of_tomograms.identity])
    files = inputs(images, sample("sem.tif"))
    with progress("measuring") as advance:
        failures = measure_files(
            files,
            out,
            Job(kind, identity, beside, measured),
            lambda text: console.print(text, markup=False),
            advance,
        )
    return report_failures(failures, len(files), out, f"map-{kind}")

"""Particles and pores of images and volumes: which wing measures a file, and how it is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from colonnade.cli.apply import files_for_crew, report_failures
from colonnade.cli.terminal import console, progress

if TYPE_CHECKING:
    from colonnade.core.measures.regions.files import Job
    from colonnade.core.measures.regions.results import Kind, Results
    from colonnade.core.work.memory import Need
    from colonnade.core.work.parallel import Crew


def map_particles(
    pores: bool,
    images: Sequence[Path],
    out: Path,
    angles: str | None,
    pixel_size: str | None,
    crew: "Crew",
) -> int:
    """Measure particles or pores of images and volumes, and give the exit status."""
    from colonnade.core.files.batch import inputs, sample
    from colonnade.core.files.units import parse_length
    from colonnade.core.measures.regions.files import Job, measure_files
    from colonnade.sem.measure.files import job as job_of_micrographs
    from colonnade.tomo.measure.files import job as job_of_tomograms

    kind: Kind = "pores" if pores else "particles"
    size = None if pixel_size is None else parse_length(pixel_size)
    if crew.scheduler and angles and Path(angles).is_file():
        angles = str(Path(angles).absolute())  # workers may have begun in another folder
    wings = _Wings(
        job_of_micrographs(kind, size),
        job_of_tomograms(kind, angles, size),
        all_tomograms=angles is not None,
    )
    files, out = files_for_crew(inputs(images, sample("sem.tif")), out, crew.scheduler)
    with progress("measuring") as advance:
        failures = measure_files(
            files,
            out,
            Job(kind, wings.identity, wings.beside, wings.need, wings.measure),
            lambda text: console.print(text, markup=False),
            advance,
            crew,
        )
    return report_failures(failures, len(files), out, f"map-{kind}")


@dataclass(frozen=True, eq=False)
class _Wings:
    """Both ways to measure a file; they are sent to the processes that do.

    Parameters
    ----------
    micrographs, tomograms
        How each wing does.
    all_tomograms
        Whether all files are taken for tomograms, as their tilts were given.
    """

    micrographs: "Job"
    tomograms: "Job"
    all_tomograms: bool

    @property
    def identity(self) -> str:
        """Text that determines, together with a file, what is found in it."""
        return "\n".join([self.micrographs.identity, self.tomograms.identity])

    def _of(self, path: Path) -> "Job":
        from colonnade.tomo.measure.files import is_tomogram

        tomogram = self.all_tomograms or is_tomogram(path)
        return self.tomograms if tomogram else self.micrographs

    def beside(self, path: Path) -> list[Path]:
        """Files beside one that say more of it."""
        return self._of(path).beside(path)

    def need(self, path: Path) -> "Need":
        """Say what memory a process needs that measures a file."""
        return self._of(path).need(path)

    def measure(self, path: Path, name: str) -> "Results":
        """Measure a file, given what it is called."""
        return self._of(path).measure(path, name)

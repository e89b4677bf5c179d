"""Particles and pores of images and volumes: which wing measures a file, and how it is called."""

from pathlib import Path
from typing import Literal

from colonnade.cli.apply import _report_failures
from colonnade.cli.terminal import console, progress


def map_particles(
    kind: Literal["particles", "pores"],
    *images: Path,
    out: Path = Path(),
    angles: str | None = None,
    pixel_size: str | None = None,
    signal: str | None = None,
    frame: int | None = None,
) -> int:
    """Measure particles or pores: a table, a picture and a sentence for each image or volume.

    Writes NAME.particles.csv, NAME.particles.png and NAME.particles.json for each image NAME, or
    the same of pores. Beside an image that was upscaled, NAME.x4.tif, its trust map
    NAME.x4.trust.tif is found; beside a volume that was reconstructed, NAME.network.mrc, what is
    known of it, NAME.network.json, and how far it may be wrong, NAME.network.error.mrc.

    Parameters
    ----------
    kind
        particles, which are brighter than what is around them, or pores, which are darker.
    images
        Files, folders or patterns such as "*.tif"; or failed-map.csv, to try again what it lists.
    out
        Where to write.
    angles
        Of the views that a volume was reconstructed from, a file of angles or FIRST:LAST:STEP in
        degrees, if nothing beside it says them.
    pixel_size
        Size of a pixel with its unit, such as 7.3nm, if the file has none or a wrong one.
    signal
        Which image, in a file with several: its number or its title.
    frame
        Which frame of a stack; all of them by default, as a volume.
    """
    from colonnade.core.files.batch import inputs, sample
    from colonnade.core.files.units import parse_length
    from colonnade.core.measures.regions.files import Job, measure_files
    from colonnade.core.measures.regions.results import Results
    from colonnade.sem.measure.files import job as job_of_micrographs
    from colonnade.tomo.measure.files import is_tomogram
    from colonnade.tomo.measure.files import job as job_of_tomograms

    size = None if pixel_size is None else parse_length(pixel_size)
    of_micrographs = job_of_micrographs(kind, size, signal, frame)
    of_tomograms = job_of_tomograms(kind, angles, size)

    def chosen(path: Path) -> Job:
        return of_tomograms if angles is not None or is_tomogram(path) else of_micrographs

    def beside(path: Path) -> list[Path]:
        return chosen(path).beside(path)

    def measured(path: Path, name: str) -> Results:
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
    return _report_failures(failures, len(files), out, f"map {kind}")

"""The verb that makes maps of what other verbs found."""

from pathlib import Path
from typing import TYPE_CHECKING

import colonnade
from colonnade.cli.apply import Length, Positive, choose_crew, files_for_crew, report_failures
from colonnade.cli.particles import map_particles
from colonnade.cli.terminal import console, progress
from colonnade.core.errors import ColonnadeError

if TYPE_CHECKING:
    from colonnade.atoms.maps.known_cell import KnownCell


def map_(
    kind: str,
    *tables: Path,
    image: Path | None = None,
    out: Path = Path(),
    reference: str | None = None,
    cell: str | None = None,
    sublattice: int | None = None,
    cage: int | None = None,
    crystal: str | None = None,
    undistort: bool = False,
    second: Path | None = None,
    pixel_size: Length = None,
    angles: str | None = None,
    workers: Positive = 1,
    scheduler: str | None = None,
    memory: str | None = None,
) -> int:
    """Compute what a crystal does from its columns, or measure particles or pores.

    Writes NAME.KIND.csv, a table, and NAME.KIND.png, a picture, for each table NAME.columns.csv,
    or for each image or volume, and says in a sentence what was found. Beside an image that was
    upscaled, NAME.x4.tif, its trust map is found; beside a reconstructed volume the tilts of its
    views, and how far it may be wrong.

    Parameters
    ----------
    kind
        strain, strain and rotation against a reference, from columns; gpa, the same from the
        phases of fringes in the image; grains, which grain each column is of, and how they are
        turned against each other; distortion, by how much the scan displaced what it saw;
        displacements, how far columns are from an undeformed lattice; planes, how far apart they
        are;
        sublattices, which of them each column is of, the cell, and crystals that have it;
        polarisation, how far one sublattice is from the middle of cages of another; tilts, how
        far cages of light columns are turned; neighbours, how many each column has; bonds, their
        lengths and directions; spacings, how frequent distances are; counts, how many atoms each
        column holds; vacancies, empty sites, and columns that have none; or particles, what is
        brighter than the ground in images and volumes, and pores, what is darker.
    tables
        Tables of columns, as locate writes them, or folders of them; for particles and pores
        images and volumes.
    image
        The image that the columns are of, to draw over.
    out
        Where to write.
    reference
        The part of the image that is called unstrained, TOP:BOTTOM,LEFT:RIGHT in pixels; by
        default the usual crystal of the whole image.
    cell
        The cell of the unstrained crystal, two sides and the angle between them, such as
        0.3905nm,0.3905nm,90.
    sublattice
        Number of the sublattice to look at, the brightest being 0.
    cage
        Number of the sublattice that makes the cages of a polarisation.
    crystal
        The only crystal to compare sublattices with, such as SrTiO3, "Si [110]" or a CIF.
    undistort
        Take the distortion of the scan out first: what displaces whole rows or vertical lines of
        the crystal, or of the reference.
    second
        Table of the same field, scanned in a direction turned by 90°, to measure distortion by;
        then a crystal is not needed for it.
    pixel_size
        Size of a pixel with its unit, such as 9.8pm, if the table has none or a wrong one.
    angles
        Of the views that a volume was reconstructed from, FIRST:LAST:STEP in degrees or a file,
        if nothing beside it says them.
    workers
        Processes that work through tables, images and volumes. One, if nothing is said, as most
        take less time than a process needs to start.
    scheduler
        Address of a Dask scheduler, such as tcp://host:8786, whose workers do so instead; they
        must see the files and the folder.
    memory
        Most memory that all processes may take together that measure particles or pores, such as
        4GB; by default half of what is free.
    """
    crew = choose_crew(workers, scheduler, memory)
    if kind in ("particles", "pores"):
        return map_particles(kind == "pores", tables, out, angles, pixel_size, crew)
    from colonnade.atoms.maps.column_map import MapOptions
    from colonnade.atoms.maps.files import Job, find_tables, map_tables
    from colonnade.core.files.units import parse_length

    if not tables:
        raise ColonnadeError("name a table of columns, such as image.columns.csv")
    options = MapOptions(
        reference=None if reference is None else parse_region(reference),
        cell=None if cell is None else parse_cell(cell),
        sublattice=sublattice,
        cage=cage,
        crystal=crystal,
        undistort=undistort or (second is not None and kind != "distortion"),
        second=None if second is None else colonnade.Columns.from_csv(second),
    )
    size = None if pixel_size is None else parse_length(pixel_size)
    files, out = files_for_crew(find_tables(tables), out, scheduler)
    with progress("mapping") as advance:
        failures = map_tables(
            files,
            out,
            Job(kind, options, image and image.absolute(), size),
            lambda text: console.print(text, markup=False),
            advance,
            crew,
        )
    return report_failures(failures, len(files), out, f"map-{kind}")


def parse_region(text: str) -> tuple[float, float, float, float]:
    """Read a part of an image."""
    try:
        (top, bottom), (left, right) = (
            tuple(float(end) for end in side.split(":")) for side in text.split(",")
        )
    except ValueError:
        raise ColonnadeError(
            f"{text} is no part of an image; write TOP:BOTTOM,LEFT:RIGHT in pixels, "
            "for example 0:512,0:200"
        ) from None
    return top, bottom, left, right


def parse_cell(text: str) -> "KnownCell":
    """Read a cell."""
    from colonnade.atoms.maps.known_cell import KnownCell
    from colonnade.core.files.units import parse_length

    parts = text.split(",")
    try:
        angle = float(parts[2].rstrip("°")) if len(parts) == 3 else 90.0
        one, two = (parse_length(part) for part in parts[:2])
    except ValueError:
        raise ColonnadeError(
            f"{text} is no cell; write two sides and the angle, for example 0.39nm,0.39nm,90"
        ) from None
    return KnownCell(one, two, angle)

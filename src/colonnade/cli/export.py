"""The verb that hands a table of columns to another tool."""

from pathlib import Path
from typing import Literal

import colonnade
from colonnade.cli.terminal import console
from colonnade.core.errors import ColonnadeError

Format = Literal["imagej", "parquet", "xyz", "atomap"]

SUFFIXES: dict[Format, str] = {
    "imagej": ".zip",
    "parquet": ".parquet",
    "xyz": ".xyz",
    "atomap": ".hdf5",
}
"""What a file is called where no name is given."""


def export(
    columns: Path,
    *,
    format: Format,
    out: Path | None = None,
    image: Path | None = None,
    symbol: str = "X",
) -> None:
    """Hand a table of columns to another tool.

    Parameters
    ----------
    columns
        A table that locate wrote, NAME.columns.csv.
    format
        imagej, point selections for the ROI Manager of ImageJ and Fiji; parquet, for pandas and
        others, with every digit; xyz, atoms for ASE, OVITO and others; atomap, a lattice that
        atomap loads.
    out
        Where to write; by default NAME.columns.zip, .parquet, .xyz or .hdf5. For imagej it may
        also be a .roi, one selection, or a .csv, a table of measured points.
    image
        In which the columns were found; atomap wants it.
    symbol
        Of which element the atoms of an xyz are; X is an unknown one.
    """
    table = colonnade.Columns.from_csv(columns)
    out = columns.with_suffix(SUFFIXES[format]).relative_to(columns.parent) if out is None else out
    if format == "imagej":
        from colonnade.interop import to_imagej

        to_imagej(table, out)
    elif format == "parquet":
        from colonnade.interop import to_parquet

        to_parquet(table, out)
    elif format == "xyz":
        from colonnade.interop.ase_atoms import write_xyz

        write_xyz(table, out, symbol)
    else:
        from colonnade.interop.atomap_lattices import write_atomap

        if image is None:
            raise ColonnadeError("atomap wants the image in which the columns were found: --image")
        write_atomap(table, colonnade.read(image), out)
    many = f"{len(table)} columns are" if len(table) != 1 else "1 column is"
    console.print(f"{many} in {out}", markup=False)

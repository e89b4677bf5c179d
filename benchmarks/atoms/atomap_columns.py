"""Columns of images by atomap, for `limit.py`, which runs this where atomap is installed.

    python benchmarks/atoms/atomap_columns.py FOLDER

The folder holds images as `NAME.npy`, and `spacing.csv` with a line `NAME,PIXELS` for each: the
distance of neighbouring columns. It gains `NAME.csv` with the columns y_px and x_px, and
`seconds.csv` with a line `NAME,SECONDS` of processor time for each. What fails is not written.
"""

import argparse
import csv
import time
import warnings
from pathlib import Path
from typing import Any

import atomap.api as am  # type: ignore[import-not-found]
import hyperspy.api as hs
import numpy as np

SEPARATION = 0.7
"""Peaks are at least this share of the spacing apart: the best of four on these images."""


def columns(image: Any, spacing: float) -> Any:
    """Peaks, then centres of mass, then Gaussians: rows of (y, x)."""
    signal = hs.signals.Signal2D(image)
    peaks = am.get_atom_positions(signal, separation=max(round(SEPARATION * spacing), 1))
    lattice = am.Sublattice(peaks, image=signal.data)
    lattice.find_nearest_neighbors()
    lattice.refine_atom_positions_using_center_of_mass(show_progressbar=False)
    lattice.refine_atom_positions_using_2d_gaussian(show_progressbar=False)
    return np.stack([lattice.y_position, lattice.x_position], axis=1)


def main() -> None:
    """Write the columns of every image of the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    warnings.simplefilter("ignore")
    with (folder / "spacing.csv").open(newline="") as file:
        spacings = {name: float(spacing) for name, spacing in csv.reader(file)}
    with (folder / "seconds.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        for name, spacing in spacings.items():
            image = np.load(folder / f"{name}.npy").astype(float)
            start = time.process_time()
            try:
                found = columns(image, spacing)
            except (ValueError, IndexError, RuntimeError) as error:
                print(f"{name}: {error}")
                continue
            writer.writerow([name, time.process_time() - start])
            np.savetxt(
                folder / f"{name}.csv", found, delimiter=",", header="y_px,x_px", comments=""
            )


if __name__ == "__main__":
    main()

"""The default model on real micrographs whose columns a person marked.

    python benchmarks/real_images.py FOLDER [IMAGE=PIXEL_SIZE ...]

Beside each image lies IMAGE_STEM.columns.csv with the columns x_px, y_px. A pixel size in nm after
an image is used in place of the file's own; "none" takes the calibration away.
"""

import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

import colonnade
from colonnade.atoms.score import score


def measure(image: Path, pixel_size: str) -> str:
    """A row of the table for one image."""
    micrograph = colonnade.read(image)
    if pixel_size == "none":
        micrograph = replace(micrograph, pixel_size=None)
    size = float(pixel_size) if pixel_size not in ("", "none") else None
    marks = np.loadtxt(image.with_name(f"{image.stem}.columns.csv"), delimiter=",", skiprows=1)
    truth = colonnade.Columns(y=marks[:, 1], x=marks[:, 0])
    start = time.perf_counter()
    found = colonnade.locate(micrograph, pixel_size=size)
    seconds = time.perf_counter() - start
    nearest = float(np.median(cKDTree(found.positions).query(found.positions, 2)[0][:, 1]))
    gate = 0.45 * nearest
    # Columns that the border cuts are not marked, and those near it may or may not be.
    result = score(truth, found, gate, shape=micrograph.shape, border=gate)
    return (
        f"| {image.name} | {pixel_size or 'its own'} | {result.recall:.3f} | "
        f"{result.precision:.3f} | {len(found)} | {nearest:.2f} | {seconds:.2f} |"
    )


def main() -> None:
    """Print a table."""
    folder = Path(sys.argv[1])
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    print("| image | pixel, nm | recall | precision | columns | median nearest, px | s |")
    print("|---|---|---|---|---|---|---|")
    for wanted in sys.argv[2:]:
        name, _, size = wanted.partition("=")
        print(measure(folder / name, size), flush=True)


if __name__ == "__main__":
    main()

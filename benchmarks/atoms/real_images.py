"""The default model on real micrographs whose columns a person marked.

    python benchmarks/atoms/real_images.py FOLDER [IMAGE=PIXEL_SIZE ...]

Beside each image lies IMAGE_STEM.columns.csv with the columns x_px, y_px. A pixel size in nm after
an image is used in place of the file's own; "none" takes the calibration away.
"""

import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
from marked_images import GATE, judge, spacing

import colonnade
from colonnade import Columns, Micrograph


def read_marked(image: Path) -> tuple[Micrograph, Columns]:
    """Read an image and the columns that are marked in it."""
    table = np.loadtxt(image.with_name(f"{image.stem}.columns.csv"), delimiter=",", skiprows=1)
    return colonnade.read(image), Columns(y=table[:, 1], x=table[:, 0])


def with_pixel_size(image: Micrograph, wanted: str) -> Micrograph:
    """Give an image a pixel size [nm]; "" leaves its own, "none" takes it away."""
    if not wanted:
        return image
    size = None if wanted == "none" else (float(wanted), float(wanted))
    return replace(image, pixel_size=size)


def measure(image: Path, pixel_size: str) -> str:
    """A row of the table for one image."""
    micrograph, marks = read_marked(image)
    micrograph = with_pixel_size(micrograph, pixel_size)
    start = time.perf_counter()
    found = colonnade.locate(micrograph)
    seconds = time.perf_counter() - start
    # Columns that the border cuts are not marked, and those near it may or may not be.
    judged = judge(marks, found, GATE * spacing(marks), micrograph.shape)
    return (
        f"| {image.name} | {pixel_size or 'its own'} | {judged.recall:.3f} | "
        f"{judged.precision:.3f} | {len(found)} | {spacing(found):.2f} | {seconds:.2f} |"
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

"""Light columns, strained particles and processed images: what the default finds, and where not.

    python benchmarks/atoms/faults.py [monolayers|decahedra|processed ...]

The images are those of `fault_images.py`. Columns near the border do not count, but for those of
processed images, whose distance from it is what is asked. A column is found if a ring lies within
a third of the distance of neighbours. In monolayers every column counts, however faint: the
quarters of an image with the lowest and the highest share of light columns found show whether a
sublattice is found evenly.
"""

import sys
import warnings
from collections.abc import Callable

import numpy as np
from fault_images import FaultImage, decahedra, monolayers, processed
from numpy.typing import NDArray

import colonnade
from colonnade import Columns, Micrograph
from colonnade.atoms.score import Pairs, pair_columns
from colonnade.core.measures.neighbours import nearest_distances

BORDER_NM = 0.1
"""Width of the border that is left out."""

GATE = 1 / 3
"""Largest distance of a pair [distance of neighbours]."""

DISTANCES_NM = (0.0, 0.02, 0.05, 0.1, 0.2)
"""Distances from the border between which columns are counted."""


def locate(image: FaultImage) -> Columns:
    """Find the columns of an image with nothing set but its pixel size."""
    size = (image.pixel_size, image.pixel_size)
    return colonnade.locate(Micrograph(image.pixels, size, image.name))


def paired(image: FaultImage, found: Columns, border: float, *, every: bool) -> Pairs:
    """Pair what was found with the truth, of which every column counts or those that can be told.

    Parameters
    ----------
    image, found
        The truth, and what was found.
    border
        Width of the border that does not count [px].
    every
        Whether all columns count.
    """
    truth = image.truth
    if every:
        truth = truth.with_labels(detectable=1)
    gate = GATE * float(np.median(nearest_distances(truth.positions)))
    return pair_columns(truth, found.positions, gate, shape=image.pixels.shape, border=border)


def share(found: NDArray[np.bool_], counted: NDArray[np.bool_]) -> str:
    """Share of what counts that was found."""
    return f"{found[counted].mean():.3f}" if counted.any() else "-"


def found_and_counted(
    image: FaultImage, pairs: Pairs
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each true column was found, and whether it counts."""
    found, counted = np.zeros((2, len(image.truth)), bool)
    found[pairs.true] = True
    counted[pairs.true] = counted[pairs.missed] = True
    return found, counted


def monolayer_row(image: FaultImage) -> str:
    """What was found of heavy and of light columns."""
    columns = locate(image)
    pairs = paired(image, columns, BORDER_NM / image.pixel_size, every=True)
    found, counted = found_and_counted(image, pairs)
    light = image.truth.labels["light"] > 0
    middle = np.array(image.pixels.shape) / 2
    quarter = (image.truth.positions > middle) @ [1, 2]
    quarters = [found[counted & light & (quarter == one)].mean() for one in range(4)]
    return (
        f"| {image.name} | {share(found, counted & ~light)} | {share(found, counted & light)} | "
        f"{min(quarters):.2f} to {max(quarters):.2f} | {len(pairs.false)} |"
    )


def particle_row(image: FaultImage) -> str:
    """What was found of a particle."""
    columns = locate(image)
    pairs = paired(image, columns, 0.0, every=False)
    found, counted = found_and_counted(image, pairs)
    return f"| {image.name} | {counted.sum()} | {share(found, counted)} | {len(pairs.false)} |"


def processed_row(image: FaultImage) -> str:
    """What was found near the border, and what is odd about the columns."""
    columns = locate(image)
    pairs = paired(image, columns, 0.0, every=True)
    found, _ = found_and_counted(image, pairs)
    last = np.array(image.pixels.shape) - 0.5
    away = np.minimum(image.truth.positions + 0.5, last - image.truth.positions).min(1)
    away = away * image.pixel_size
    near = [
        share(found, (away >= low) & (away < high))
        for low, high in zip(DISTANCES_NM, (*DISTANCES_NM[1:], np.inf), strict=True)
    ]
    double = columns.labels["double"].mean()
    empty = int((columns.intensity == 0).sum())
    return f"| {image.name} | {double:.3f} | {empty} | {' | '.join(near)} | {len(pairs.false)} |"


TABLES: dict[str, tuple[str, Callable[[], object], Callable[[FaultImage], str]]] = {
    "monolayers": (
        "image | heavy found | light found | by quarters | false",
        monolayers,
        monolayer_row,
    ),
    "decahedra": ("image | columns | found | false", decahedra, particle_row),
    "processed": (
        "image | double | of no intensity | found within 20 pm | 50 | 100 | 200 | beyond | false",
        processed,
        processed_row,
    ),
}


def main() -> None:
    """Print a table for each kind."""
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    for kind in sys.argv[1:] or TABLES:
        heading, images, row = TABLES[kind]
        print(f"| {heading} |\n|{'---|' * (heading.count('|') + 1)}")
        for image in images():  # type: ignore[attr-defined]
            print(row(image), flush=True)


if __name__ == "__main__":
    main()

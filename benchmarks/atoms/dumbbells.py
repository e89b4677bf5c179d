"""How much too long simulated silicon dumbbells come out.

python benchmarks/atoms/dumbbells.py [MODEL]
"""

import sys
from dataclasses import replace

import numpy as np
from gaussian_fits import GATE, recipe
from scipy.spatial import cKDTree

import colonnade
from colonnade.atoms.library.sources import Simulator
from colonnade.core.measures.matching import match

PIXEL_SIZE = 0.018


def stretch(source: float, counts: float, model: colonnade.Model) -> float:
    """Mean excess length of the dumbbells in four images [px]."""
    base = recipe("Si [110]", counts)
    imaging = replace(base.imaging, pixel_size=(PIXEL_SIZE, PIXEL_SIZE), source=(source, source))
    simulator = Simulator(replace(base, imaging=imaging), seed=5)
    excess: list[float] = []
    for index in range(4):
        one = simulator(index)
        found = colonnade.locate(one.image, model=model)
        true, guess = match(one.columns.positions, found.positions, GATE)
        positions, error = one.columns.positions[true], found.positions[guess]
        error = error - positions
        distance, partner = (part[:, 1] for part in cKDTree(positions).query(positions, 2))
        along = (positions[partner] - positions) / distance[:, None]
        longer = ((error[partner] - error) * along).sum(axis=1)
        excess += longer[distance < 0.2 / PIXEL_SIZE].tolist()
    return float(np.mean(excess))


def main() -> None:
    """Print a table."""
    model = colonnade.Model.load(sys.argv[1] if len(sys.argv) > 1 else "atoms")
    print("| source FWHM, nm | peak counts | too long by, px of 18 pm |\n|---|---|---|")
    for source, counts in ((0.07, 100), (0.09, 20), (0.09, 100), (0.1, 1000)):
        print(f"| {source} | {counts} | {stretch(source, counts, model):.2f} |", flush=True)


if __name__ == "__main__":
    main()

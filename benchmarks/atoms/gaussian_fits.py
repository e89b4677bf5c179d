"""Ours beside a two-dimensional Gaussian fit of every column, on the same simulated images.

    python benchmarks/atoms/gaussian_fits.py [--images 4] [--model atoms]

The peer is what most people do today: peaks of a Laplacian of Gaussian, then a least-squares fit
of a Gaussian on a constant to the pixels around each peak (scipy). Its width and threshold are the
best of four and six for each image, chosen with sight of the truth. Ours is told the
pixel size, as a file would. The network was trained on none of these images: they have their own
seed.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import colonnade
from colonnade import Columns, Model
from colonnade.atoms.bench.adapters.log_gaussian import fit_peaks, log_peaks
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.locate import Refinement
from colonnade.atoms.score import NOTHING, Score, score
from colonnade.atoms.simulate.image import Simulated, Simulation
from colonnade.core.work.recipe import load, named_recipe

CRYSTALS = ("SrTiO3 [100]", "Si [110]", "Au [110]", "GaAs [110]", "graphene [001]", "WS2 [001]")
PEAK_COUNTS = (5.0, 20.0, 100.0, 1000.0)
PIXEL_SIZE = 0.02
GATE = 3.0
SIZE = (256, 256)
SEED = 99


@dataclass
class Tally:
    """Scores of one method on some images."""

    score: Score = NOTHING
    seconds: float = 0.0

    def add(self, truth: Columns, find: Callable[[], Columns]) -> None:
        """Time and score one image."""
        start = time.perf_counter()
        found = find()
        self.seconds += time.perf_counter() - start
        self.score += score(truth, found, GATE, shape=SIZE, border=GATE)


def recipe(crystal: str, counts: float) -> Simulation:
    """Good images of 256 x 256 pixels with `counts` electrons in the brightest."""
    good = load(Simulation, named_recipe("strontium-titanate", "atoms"))
    specimen = replace(good.specimen, crystals=(crystal,), resolved=0.0)
    imaging = replace(
        good.imaging,
        pixel_size=(PIXEL_SIZE, PIXEL_SIZE),
        voltages=(300.0,),
        convergence=(22.0, 22.0),
        dose=(1.0, 1e15),
        counts=(counts, counts),
    )
    return replace(good, size=SIZE, specimen=specimen, imaging=imaging)


def gaussian_fits(image: NDArray[np.float32], sigma: float, truth: Columns) -> Columns:
    """Peaks of a Laplacian of Gaussian at the best threshold and width, each then fitted."""
    found = {
        (height, width): log_peaks(image, width * sigma, height)
        for height in (1.0, 2.0, 3.0, 4.0, 6.0, 9.0)
        for width in (0.5, 0.7, 0.85, 1.0)
    }
    (_, width), best = max(
        found.items(), key=lambda item: score(truth, Columns(*item[1].T), GATE).f1
    )
    return fit_peaks(image, best, width * sigma)


def ours(one: Simulated, model: Model, refine: Refinement) -> Callable[[], Columns]:
    """Our way to find the columns of one image."""
    return lambda: colonnade.locate(one.image, model=model, refine=refine)


def peer(one: Simulated) -> Callable[[], Columns]:
    """The peer's way, its width and threshold chosen with sight of the truth."""
    sigma = float(one.columns.width.mean())
    return lambda: gaussian_fits(one.image.pixels, sigma, one.columns)


def main() -> None:
    """Print a table for every dose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=4, help="of each crystal and dose")
    parser.add_argument("--model", default="atoms")
    given = parser.parse_args()
    model = Model.load(given.model)
    print("| peak counts | method | recall | precision | F1 | RMS error, pm | s per 256² |")
    print("|---|---|---|---|---|---|---|")
    for counts in PEAK_COUNTS:
        tallies = {
            "ours": Tally(),
            "ours, centre of mass": Tally(),
            "LoG + Gaussian fits": Tally(),
        }
        done = 0
        for crystal in CRYSTALS:
            source = Simulator(recipe(crystal, counts), SEED)
            for index in range(given.images):
                one = source(index)
                done += 1
                tallies["ours"].add(one.columns, ours(one, model, "offset"))
                tallies["ours, centre of mass"].add(one.columns, ours(one, model, "com"))
                tallies["LoG + Gaussian fits"].add(one.columns, peer(one))
        for name, tally in tallies.items():
            result = tally.score
            print(
                f"| {counts:g} | {name} | {result.recall:.3f} | {result.precision:.3f} | "
                f"{result.f1:.3f} | {1000 * PIXEL_SIZE * result.rms:.2f} | "
                f"{tally.seconds / done:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

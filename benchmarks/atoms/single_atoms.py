"""Single atoms, labelled on real images and simulated: what they look like to the default.

    python benchmarks/atoms/single_atoms.py FOLDER [--recipe NAME]... [--count 24]

FOLDER holds images and labels as for platinum_atoms.py. Each recipe is simulated with the size of
the images, and its detectable columns are measured in the same way: at the candidate of the
default's network that is nearest to each. Medians over all atoms of a kind: of the network's
confidence, of the signal to noise in the fit, of the response of a Laplacian of Gaussian in robust
standard deviations of its neighbourhood, of the distance of the next atom; and the standard
deviation of the logarithm of that response, over the atoms of an image.
"""

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from platinum_atoms import GATE, read
from scipy.ndimage import gaussian_laplace, median_filter

import colonnade
from colonnade import Columns, Micrograph, Model
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.polarity import choose_scale
from colonnade.atoms.locate.scoring import fit_and_score
from colonnade.atoms.locate.settings import settings_of
from colonnade.atoms.score import pair_columns
from colonnade.atoms.simulate.image import Simulation, simulate
from colonnade.core.arrays import Array, Single
from colonnade.core.measures.neighbours import nearest_distances
from colonnade.core.work.recipe import load, named_recipe

SEED = 31
WIDTH = 2.0
"""Standard deviation of the Laplacian of Gaussian, in pixels as the network sees them."""

NEIGHBOURHOOD = 48
"""Side of the square in which it is compared [standard deviations of the Gaussian]."""

NORMAL = 1.4826
"""Standard deviation of a normal distribution, over its median absolute deviation."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What is measured at the atoms of one image that have a candidate."""

    confidence: Array
    snr: Array
    z: Array
    distance: Array
    share: float

    @property
    def spread(self) -> float:
        """Standard deviation of the logarithm of the response."""
        return float(np.std(np.log(np.maximum(self.z, 0.1)))) if len(self.z) > 4 else np.nan


def measure(image: Micrograph, atoms: Columns, model: Model) -> Seen:
    """Measure the atoms of an image."""
    settings = settings_of(model)
    pixels = image.pixels.astype(np.float32)
    search = Search(pixels, model, settings.network, settings.find)
    scale = choose_scale(search.trials, image.pixel_size, settings.polarity, settings.fit)
    found = search.candidates(scale, "offset", "mask")
    scored = fit_and_score(search, scale, found, pixels, moving=True, settings=settings)
    gate = GATE / max(image.pixel_size or (1.0,))
    places = scored.columns.positions
    pairs = pair_columns(atoms, places, gate, shape=image.shape, border=gate)
    standing = _standing_out(pixels, WIDTH * scale.binning.x)
    nearest = np.clip(np.round(places[pairs.found]).astype(int), 0, np.array(image.shape) - 1)
    return Seen(
        confidence=scored.evidence.confidence[pairs.found],
        snr=scored.evidence.snr[pairs.found],
        z=standing[tuple(nearest.T)],
        distance=nearest_distances(atoms.positions) * max(image.pixel_size or (1.0,)),
        share=len(pairs.found) / max(len(pairs.found) + len(pairs.missed), 1),
    )


def _standing_out(pixels: Single, sigma: float) -> Array:
    """Response of a Laplacian of Gaussian, in robust standard deviations of its neighbourhood."""
    response = -gaussian_laplace(pixels.astype(np.float64), sigma)
    step = max(1, int(sigma))
    side = NEIGHBOURHOOD * sigma // step
    coarse = response[::step, ::step]
    middle = median_filter(coarse, int(side))
    spread = NORMAL * median_filter(np.abs(coarse - middle), int(side))
    grown = (np.kron(part, np.ones((step, step))) for part in (middle, spread))
    middle, spread = (part[: pixels.shape[0], : pixels.shape[1]] for part in grown)
    return np.asarray((response - middle) / np.maximum(spread, 1e-12))


def simulated(
    name: str, size: tuple[int, int], count: int
) -> Iterator[tuple[Micrograph, Columns]]:
    """Images of a recipe with at least five detectable columns, and these."""
    recipe = replace(load(Simulation, named_recipe(name, "atoms")), size=size)
    number = 0
    while count:
        made = simulate(recipe, np.random.default_rng([SEED, number]))
        number += 1
        detectable = made.columns[made.columns.labels["detectable"] > 0]
        if len(detectable) >= 5:
            count -= 1
            yield made.image, detectable


def row(name: str, seen: list[Seen]) -> str:
    """Give a row of the table."""
    medians = [
        float(np.median(np.concatenate([getattr(one, what) for one in seen])))
        for what in ("confidence", "snr", "z", "distance")
    ]
    spread = float(np.nanmean([one.spread for one in seen]))
    share = float(np.mean([one.share for one in seen]))
    confidence, snr, z, distance = medians
    return (
        f"| {name} | {sum(len(one.z) for one in seen)} | {share:.2f} | {confidence:.2f} | "
        f"{snr:.1f} | {z:.1f} | {spread:.2f} | {distance:.2f} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recipe", action="append", default=[])
    parser.add_argument("--count", type=int, default=24, help="images of each recipe")
    given = parser.parse_args()
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    model = Model.load("atoms")
    print("| images | atoms | with a candidate | confidence | SNR | z | spread | next atom, nm |")
    print("|---|---|---|---|---|---|---|---|")
    real = read(given.folder)
    print(row("real", [measure(one.image, one.labels, model) for one in real]), flush=True)
    for name in given.recipe:
        images = simulated(name, real[0].image.shape, given.count)
        print(row(name, [measure(*one, model) for one in images]), flush=True)


if __name__ == "__main__":
    main()

"""What training against a discriminator costs, what it invents, and how much of that is marked.

    python benchmarks/sem/invented.py gan-x4

Simulated sharp pairs that no training has seen. A disc that an image shows is invented where the
truth has less than half of it near by; it is marked where what is listed, because the companion
of the model expects less than half, stands for it. Intervals hold 95 % of what comes out when the
images are drawn again.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import maximum_filter

from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.learn.model import Model
from colonnade.core.measures.fidelity import grey_range, psnr
from colonnade.core.measures.particles import ENOUGH, LEAST_CONTRAST, Responses
from colonnade.core.measures.spectra import spectrum_error
from colonnade.sem.card import SemCard
from colonnade.sem.conditions import Conditions
from colonnade.sem.library.sources import Simulator
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.materials.mixture import Materials
from colonnade.sem.upscale.predict import Answers, predict
from colonnade.sem.upscale.trust.invented import BORDER, DIAMETERS, invented_features
from colonnade.sem.upscale.trust.overlaps import stands_for

SEED, SIDE = 4711, 64
"""Of pairs that no training has seen, and rows and columns of their input [px]."""

CLEARLY = 0.25
"""Where the truth has less than this share of a disc, nobody would call it shown."""

DRAWS = 2000
"""So often are the images drawn again, with repeats."""


@dataclass(frozen=True)
class Counts:
    """What was found in one image: discs, those invented, and those marked, of both kinds."""

    drawn: int
    invented: int
    clear: int
    marked_invented: int
    marked_clear: int
    marked_real: int
    careful_invented: int
    cost: float
    spectrum: float
    careful_spectrum: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", help="name or file of a model that has a companion")
    parser.add_argument("--images", type=int, default=100)
    options = parser.parse_args()
    model = Model.load(options.model)
    companion = Model.load(SemCard.of(model.card).companion)
    side = SIDE * model.card.factor
    recipe = Simulation(model.card.factor, (side, side), Materials(soft=0.0), faint=0.0)
    pairs = (Simulator(recipe, SEED)(number) for number in range(options.images))
    found = np.array([_row(_counted(pair, model, companion)) for pair in pairs])
    names = list(Counts.__dataclass_fields__)
    by_name = dict(zip(names, found.T, strict=True))
    print(f"{options.images} images, {model.card.name} against {companion.card.name}")
    print("| what | value | 95 % interval |\n|---|---|---|")
    for label, over, under in (
        ("cost, dB", "cost", None),
        ("spectrum error, decades", "spectrum", None),
        ("the same of the companion", "careful_spectrum", None),
        ("invented discs an image", "invented", None),
        ("the same of the companion", "careful_invented", None),
        ("share of the discs that is invented", "invented", "drawn"),
        ("of the invented, marked", "marked_invented", "invented"),
        ("of the clearly invented, marked", "marked_clear", "clear"),
    ):
        value, low, high = _interval(by_name[over], None if under is None else by_name[under])
        print(f"| {label} | {value:.3g} | {low:.3g} to {high:.3g} |")
    real = by_name["drawn"] - by_name["invented"]
    value, low, high = _interval(by_name["marked_real"], real)
    print(f"| of the others, marked | {value:.3g} | {low:.3g} to {high:.3g} |")


def _row(counts: Counts) -> list[float]:
    return [float(getattr(counts, name)) for name in Counts.__dataclass_fields__]


def _interval(over: Array, under: Array | None) -> tuple[float, float, float]:
    """A mean, or a ratio of sums, and its interval over images."""
    below = np.ones_like(over) if under is None else under
    chosen = np.random.default_rng(0).integers(0, len(over), (DRAWS, len(over)))
    drawn = over[chosen].sum(1) / below[chosen].sum(1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(over.sum() / below.sum()), float(low), float(high)


def _counted(pair: Pair, model: Model, companion: Model) -> Counts:
    image = predict(model, pair.low).image
    answers = Answers(companion, pair.low, Conditions.of(pair.low))
    careful = predict(companion, pair.low).image
    marked = invented_features(image, answers, pair.factor)
    drawn, invented, clear = _discs(image, pair)
    _, careful_invented, _ = _discs(careful, pair)
    rings = np.array([(one.y, one.x, one.size) for one in marked]).reshape(-1, 3)
    is_marked = np.array([stands_for(rings, one[[1, 2, 0]]).any() for one in drawn], bool)
    cost = psnr(careful, pair.high) - psnr(image, pair.high)
    return Counts(
        drawn=len(drawn),
        invented=int(invented.sum()),
        clear=int(clear.sum()),
        marked_invented=int((is_marked & invented).sum()),
        marked_clear=int((is_marked & clear).sum()),
        marked_real=int((is_marked & ~invented).sum()),
        careful_invented=int(careful_invented.sum()),
        cost=cost,
        spectrum=spectrum_error(image, pair.high),
        careful_spectrum=spectrum_error(careful, pair.high),
    )


def _discs(image: Single, pair: Pair) -> tuple[Array, Indices, Indices]:
    """Bright and dark discs, rows of (diameter, y, x), and which of them the truth lacks."""
    diameters = tuple(pair.factor * one for one in DIAMETERS)
    shown, true = (Responses.of(one, diameters) for one in (image, pair.high))
    least = LEAST_CONTRAST * grey_range(image)
    rows, invented, clear = [], [], []
    for sign in (1, -1):
        here = replace(shown, maps=sign * shown.maps)
        there = replace(true, maps=sign * true.maps)
        top = (np.abs(shown.maps) == maximum_filter(np.abs(shown.maps), size=3)) & (
            here.maps >= least
        )
        discs = np.array(list(_inside(np.argwhere(top), pair)), np.intp).reshape(-1, 3)
        heights = here.maps[tuple(discs.T)]
        near = there.near(discs)
        rows += [(diameters[number], y, x) for number, y, x in discs.tolist()]
        invented += (near < ENOUGH * heights).tolist()
        clear += (near < CLEARLY * heights).tolist()
    return np.array(rows).reshape(-1, 3), np.array(invented, bool), np.array(clear, bool)


def _inside(discs: Indices, pair: Pair) -> Iterator[Indices]:
    border = BORDER * pair.factor
    for one in discs:
        if all(
            border <= at < length - border
            for at, length in zip(one[1:], pair.high.shape, strict=True)
        ):
            yield one


if __name__ == "__main__":
    main()

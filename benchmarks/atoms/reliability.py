"""Whether scores are probabilities: reliability diagram of the default on held-out images.

    python benchmarks/atoms/reliability.py FIGURE.png [--images 100] [--crystals 4] [--single 200]

Whatever the network takes for a column, with however small a score, is a candidate. In a bin of
scores the share of candidates that are columns should be the mean score. The images are simulated:
those of the recipe in the model's card, which holds everything that it was trained on, good
images of single crystals of 128 x 128 pixels of 20 pm at four doses, and single atoms on uneven
carbon, of 384 x 384 pixels, by the recipe that looks like real ones. All have a seed of their
own: they served neither for training nor for the calibration of the scores. Columns that are not
detectable, and candidates at the border, do not count.

The intervals are of 95 %, after Wilson, for as many independent candidates as would be as certain
as these are: those of one image tend to be right or wrong together. The expected calibration error
is the mean distance between score and share, each bin with the weight of its candidates; that of
plausible candidates leaves out those that are plainly none, of which there may be many. Its
interval says where nine in ten of the errors lie if as many images are drawn anew from these. The
last rows leave out images that `locate` does not take for ones of columns: it reports none there.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from gaussian_fits import CRYSTALS, PEAK_COUNTS, recipe
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from colonnade import Model
from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.judge.atomic import ATOMIC
from colonnade.atoms.locate.judge.probability import probability
from colonnade.atoms.simulate.image import Simulated, Simulation
from colonnade.atoms.train.calibration import CalibrationSet
from colonnade.atoms.train.task import AtomsRecipe
from colonnade.core.arrays import Array
from colonnade.core.figures.overlay import BLUE
from colonnade.core.figures.plots import save_figure
from colonnade.core.work.recipe import load, named_recipe

SEED, PART = 4711, 3
"""With these the images are those of no training, no calibration and no other benchmark."""

BINS = 10

PLAUSIBLE = 0.1
"""A candidate of a lower score is plainly none."""

CERTAINTY = 1.96
"""Standard deviations of a normal distribution that hold 95 %."""

REDRAWN, SAMPLES = 0.9, 500
"""Share of the errors that an interval holds, and how often images are drawn anew for it."""

SIZE = (128, 128)

ALL = "all kinds"

CARBON, CARBON_SIZE = "atoms-on-carbon", (384, 384)
"""Recipe and size of the images of single atoms [px]."""


@dataclass(frozen=True, eq=False)
class Scored:
    """CalibrationSet that can fairly be judged.

    Parameters
    ----------
    score
        Probability given to each.
    true
        Whether it is a column.
    image
        Number of its image.
    passes
        Whether its image is taken for one of columns; else none of it would be reported.
    """

    score: Array
    true: NDArray[np.bool_]
    image: NDArray[np.intp]
    passes: NDArray[np.bool_]

    def where(self, chosen: NDArray[np.bool_]) -> "Scored":
        """Keep some."""
        return Scored(
            self.score[chosen], self.true[chosen], self.image[chosen], self.passes[chosen]
        )


@dataclass(frozen=True)
class Bin:
    """CalibrationSet with scores between two limits.

    Parameters
    ----------
    count
        How many.
    score
        Their mean score.
    share
        Of those that are columns.
    low, high
        Where the share for endless images is, with 95 % certainty.
    """

    count: int
    score: float
    share: float
    low: float
    high: float


def judged(model: Model, images: Iterator[Simulated]) -> Scored:
    """Scores of all candidates in some images."""
    card = AtomsCard.of(model.card)
    parts = []
    for number, image in enumerate(CalibrationSet.of(model, images).images):
        true, fair = image.judged()
        score = probability(image.evidence, card.weights)[fair]
        atomic = np.full(len(score), image.image.probability(card.verdict))
        parts.append((score, true[fair], np.full(len(score), number), atomic))
    score, true, numbers, atomic = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Scored(score, true, numbers, atomic >= ATOMIC)


def binned(scored: Scored) -> list[Bin]:
    """Bins of equal width from 0 to 1 that are not empty."""
    number = np.minimum((scored.score * BINS).astype(int), BINS - 1)
    return [_bin(scored.where(number == one)) for one in np.unique(number)]


def _bin(scored: Scored) -> Bin:
    count, share = len(scored.score), float(scored.true.mean())
    low, high = wilson(share, count / crowding(scored))
    return Bin(count, float(scored.score.mean()), share, low, high)


def crowding(scored: Scored) -> float:
    """How many times larger the variance of the share is than if candidates were independent."""
    _, image = np.unique(scored.image, return_inverse=True)
    images, count, share = int(image.max()) + 1, len(image), scored.true.mean()
    independent = share * (1 - share) / count
    if images < 2 or independent == 0:
        return 1.0
    surplus = np.bincount(image, scored.true - share)
    variance = (surplus**2).sum() / count**2 * images / (images - 1)
    return max(1.0, float(variance / independent))


def wilson(share: float, count: float) -> tuple[float, float]:
    """Limits of a share that was measured with so many independent candidates."""
    weight = CERTAINTY**2 / count
    middle = (share + weight / 2) / (1 + weight)
    half = CERTAINTY / (1 + weight) * np.sqrt(share * (1 - share) / count + weight / (4 * count))
    return float(middle - half), float(middle + half)


def calibration_error(bins: list[Bin]) -> float:
    """Mean distance between score and share."""
    distance = [one.count * abs(one.score - one.share) for one in bins]
    return sum(distance) / sum(one.count for one in bins)


def redrawn(scored: Scored) -> tuple[float, float]:
    """Limits of the calibration error if as many images are drawn anew from these."""
    _, image = np.unique(scored.image, return_inverse=True)
    count = int(image.max()) + 1
    cell = image * BINS + np.minimum((scored.score * BINS).astype(int), BINS - 1)
    surplus, number = (
        np.bincount(cell, weights, count * BINS).reshape(count, BINS)
        for weights in (scored.score - scored.true, None)
    )
    often = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), SAMPLES)
    errors = np.abs(often @ surplus).sum(1) / (often @ number).sum(1)
    low, high = np.quantile(errors, [(1 - REDRAWN) / 2, (1 + REDRAWN) / 2])
    return float(low), float(high)


def sets(model: Model, images: int, crystals: int, single: int) -> dict[str, Iterator[Simulated]]:
    """The images by name."""
    trained = _recipe_of(model)
    simulator = Simulator(trained.simulation, SEED, PART)
    found: dict[str, Iterator[Simulated]] = {ALL: (simulator(index) for index in range(images))}
    for counts in PEAK_COUNTS:
        sources = [
            Simulator(replace(recipe(crystal, counts), size=SIZE), SEED, PART)
            for crystal in CRYSTALS
        ]
        numbered = product(range(crystals), sources)
        name = f"crystals, {counts:g} counts"
        found[name] = (source(index) for index, source in numbered)
    carbon = replace(load(Simulation, named_recipe(CARBON, "atoms")), size=CARBON_SIZE)
    atoms = Simulator(carbon, SEED, PART)
    found["single atoms"] = (atoms(index) for index in range(single))
    return found


def _recipe_of(model: Model) -> AtomsRecipe:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "recipe.toml"
        path.write_text(model.card.recipe, encoding="utf-8")
        return load(AtomsRecipe, path)


def draw(results: dict[str, Scored], threshold: float, path: Path) -> None:
    """Draw the diagram of each set of images, with how many candidates there are below it."""
    shown = list(results.items())
    figure = Figure(figsize=(2.1 * len(shown), 3.7), layout="constrained")
    axes = figure.subplots(
        2, len(shown), sharex=True, sharey="row", squeeze=False, height_ratios=(2.6, 1)
    )
    for (name, scored), upper, lower in zip(shown, axes[0], axes[1], strict=True):
        bins = binned(scored)
        _draw_shares(upper, bins)
        upper.set_title(f"{name}\nerror {calibration_error(bins):.3f}", fontsize=9)
        _draw_counts(lower, scored)
        for one in (upper, lower):
            one.axvline(threshold, color="0.6", lw=0.8, ls=":")
            one.spines[["top", "right"]].set_visible(False)
        lower.set_xlabel("score")
    axes[0, 0].set_ylabel("share that are columns")
    axes[1, 0].set_ylabel("candidates")
    figure.legend(
        *axes[1, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8
    )
    save_figure(figure, path, dpi=110)


def _draw_counts(axes: Axes, scored: Scored) -> None:
    edges = np.linspace(0, 1, BINS + 1).tolist()
    right, wrong = scored.score[scored.true], scored.score[~scored.true]
    axes.hist(right, edges, color=BLUE, rwidth=0.9, label="columns")
    axes.hist(wrong, edges, histtype="step", color="0.2", lw=1.0, label="no columns")
    axes.set_yscale("log")


def _draw_shares(axes: Axes, bins: list[Bin]) -> None:
    score, share = (np.array([getattr(one, key) for one in bins]) for key in ("score", "share"))
    below = share - [one.low for one in bins]
    above = [one.high for one in bins] - share
    axes.plot([0, 1], [0, 1], color="0.6", lw=0.8)
    axes.errorbar(
        score,
        share,
        np.clip([below, above], 0, None),
        fmt="o",
        color=BLUE,
        ms=4,
        lw=1.2,
        clip_on=False,
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])


def print_bins(results: dict[str, Scored]) -> None:
    """Print scores and shares."""
    print("| images | scores | candidates | mean score | columns among them | 95 % |")
    print("|---|---|---|---|---|---|")
    for name, scored in results.items():
        for one in binned(scored):
            low = min(int(one.score * BINS), BINS - 1) / BINS
            print(
                f"| {name} | {low:.1f} to {low + 1 / BINS:.1f} | {one.count} | {one.score:.3f} | "
                f"{one.share:.3f} | {one.low:.3f} to {one.high:.3f} |"
            )


def print_errors(results: dict[str, Scored]) -> None:
    """Print the errors of calibration."""
    head = "| images | candidates | expected calibration error | plausible ones | their error |"
    print(f"\n{head} 90 % |\n|---|---|---|---|---|---|")
    for name, scored in results.items():
        plausible = scored.where(scored.score >= PLAUSIBLE)
        errors = (calibration_error(binned(one)) for one in (scored, plausible))
        all_, some = (f"{error:.4f}" for error in errors)
        low, high = redrawn(plausible)
        print(
            f"| {name} | {len(scored.score)} | {all_} | {len(plausible.score)} | {some} | "
            f"{low:.3f} to {high:.3f} |"
        )


def main() -> None:
    """Print two tables and draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure", type=Path)
    parser.add_argument("--images", type=int, default=100, help="of all kinds")
    parser.add_argument("--crystals", type=int, default=4, help="images of each and each dose")
    parser.add_argument("--single", type=int, default=200, help="images of single atoms")
    parser.add_argument("--model", default="atoms")
    given = parser.parse_args()
    model = Model.load(given.model)
    results = {
        name: judged(model, images)
        for name, images in sets(model, given.images, given.crystals, given.single).items()
    }
    print_bins(results)
    passing = {f"{name}, that pass": each.where(each.passes) for name, each in results.items()}
    print_errors(results | passing)
    draw(results, AtomsCard.of(model.card).threshold, given.figure)


if __name__ == "__main__":
    main()

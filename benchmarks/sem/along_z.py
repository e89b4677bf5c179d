"""Make simulated stacks finer along z, solid by solid and dose by dose, beside interpolation.

    python benchmarks/sem/along_z.py --model light-z4 --out OUT

Compared are the network, cubic splines and linear interpolation along z. OUT/stacks.csv has all
scores of each stack, OUT/table.md the table, and OUT/SOLID.png sections along z and x.
"""

import argparse
import csv
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.ndimage import zoom

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.curves import median_interval
from colonnade.core.figures.plots import save_figure
from colonnade.core.learn.model import Model
from colonnade.core.work.contents import write_text
from colonnade.core.work.writing import make_folder
from colonnade.sem.card import SemCard
from colonnade.sem.simulate.solids.mixture import Solids, SolidShares
from colonnade.sem.simulate.stack import StackPair, StackSimulation, draw_block
from colonnade.sem.upscale.along_z.predict import predict_stack

SOLIDS = tuple(one.name for one in fields(SolidShares))
"""Each by itself."""

DOSES = {"no noise": None, "1000": 1000.0, "150": 150.0, "50": 50.0}
"""Electrons in a pixel."""

SIZE = (40, 48, 48)
"""Slices, rows and columns of the truth [px]."""

STACKS = 3
"""Of each solid, the same at every dose."""

SEED = 977
"""Of the stacks; no training has it."""


@dataclass(frozen=True)
class Scores:
    """What came of one stack.

    Parameters
    ----------
    over_cubic, over_linear
        By how much errors of the network are below those of interpolation [dB].
    changes, cubic_changes
        Mean square difference between slices beside each other, as a share of that of the truth.
    covered
        Share of the pixels whose true grey level lies within the interval.
    unevenness
        How much more grain the grainiest of the finer slices of a measured one has than the least
        grainy, as the ratio of mean square differences between pixels beside each other.
    """

    over_cubic: float
    over_linear: float
    changes: float
    cubic_changes: float
    covered: float
    unevenness: float


def recipe(solid: str, dose: float | None) -> StackSimulation:
    """Give the recipe of stacks of one solid at one dose; all else is drawn as in training."""
    usual = StackSimulation(size=SIZE)
    noise = {"clean": 1.0} if dose is None else {"clean": 0.0, "dose": (dose, dose)}
    shares = SolidShares(**{name: float(name == solid) for name in SOLIDS})
    return replace(
        usual,
        solids=replace(Solids(), shares=shares),
        instrument=replace(usual.instrument, **noise),
    )


def stacks(solid: str, number: int) -> Iterator[tuple[str, StackPair]]:
    """Give the stack of one number at every dose."""
    block = draw_block(recipe(solid, None), np.random.default_rng([SEED, number]))
    for name, dose in DOSES.items():
        yield name, block.slice_up(recipe(solid, dose), np.random.default_rng([SEED, 1, number]))


def scored(model: Model, pair: StackPair) -> tuple[Scores, Mapping[str, Single]]:
    """Score the network on one stack, and give what is to be looked at."""
    found, truth = predict_stack(model, pair.low), pair.high
    cubic, linear = (
        zoom(pair.low, (pair.factor, 1, 1), order=order, mode="reflect", grid_mode=True)
        for order in (3, 1)
    )
    half_width = SemCard.of(model.card).interval_factor * found.half_width
    error, true = power(found.volume - truth), power(np.diff(truth, axis=0))
    grain = [power(np.diff(found.volume[n :: pair.factor])) for n in range(pair.factor)]
    scores = Scores(
        over_cubic=10 * float(np.log10(power(cubic - truth) / error)),
        over_linear=10 * float(np.log10(power(linear - truth) / error)),
        changes=power(np.diff(found.volume, axis=0)) / true,
        cubic_changes=power(np.diff(cubic, axis=0)) / true,
        covered=float(np.mean(np.abs(found.volume - truth) <= half_width)),
        unevenness=max(grain) / min(grain),
    )
    measured = pair.low.repeat(pair.factor, axis=0)
    shown = {"measured": measured, "cubic": cubic, "network": found.volume, "truth": truth}
    return scores, shown


def power(values: Array | Single) -> float:
    """Mean square."""
    return float(np.mean(np.square(values, dtype=np.float64)))


def line(solid: str, dose: str, found: list[Scores]) -> str:
    """Row of the table: medians with 95 % intervals."""

    def cell(name: str, form: str) -> str:
        value, low, high = median_interval(np.array([getattr(one, name) for one in found]))
        return f"{value:{form}} ({low:{form}} to {high:{form}})"

    lowest = min(one.covered for one in found)
    cells = [
        cell("over_cubic", ".1f"),
        cell("over_linear", ".1f"),
        cell("changes", ".2f"),
        f"{median_interval(np.array([one.cubic_changes for one in found]))[0]:.2f}",
        cell("covered", ".2f"),
        f"{lowest:.2f}",
        f"{median_interval(np.array([one.unevenness for one in found]))[0]:.2f}",
    ]
    return f"| {solid} | {dose} | {' | '.join(cells)} |"


HEADER = (
    "| solid | electrons | over cubic [dB] | over linear [dB] | changes | changes of cubic | "
    "covered | lowest | unevenness |"
)


def draw(sections: Mapping[str, Mapping[str, Single]], path: Path) -> None:
    """Draw sections along z and x, a row for each dose."""
    rows = list(sections.items())
    figure = Figure(figsize=(12, 2.6 * len(rows)), layout="constrained")
    axes = figure.subplots(len(rows), 4, squeeze=False)
    for along, (dose, shown) in zip(axes, rows, strict=True):
        dark, bright = np.quantile(shown["truth"], [0.002, 0.998])
        for axis, (name, volume) in zip(along, shown.items(), strict=True):
            axis.imshow(volume[:, SIZE[1] // 2], cmap="gray", vmin=dark, vmax=bright)
            axis.set_title(f"{name}, {dose}", fontsize=8)
            axis.set_axis_off()
    save_figure(figure, path, dpi=110)


def main(name: str, out: Path, count: int) -> None:
    """Score every stack, print the table, and draw one stack of each solid."""
    make_folder(out)
    model = Model.load(name)
    table = [HEADER, "|---" * (HEADER.count("|") - 1) + "|"]
    with (out / "stacks.csv").open("w", newline="", encoding="utf-8") as file:
        columns = [one.name for one in fields(Scores)]
        writer = csv.DictWriter(file, ["solid", "electrons", "stack", *columns])
        writer.writeheader()
        for solid in SOLIDS:
            found: dict[str, list[Scores]] = {dose: [] for dose in DOSES}
            sections = {}
            for number in range(count):
                for dose, pair in stacks(solid, number):
                    scores, shown = scored(model, pair)
                    found[dose].append(scores)
                    writer.writerow(
                        {"solid": solid, "electrons": dose, "stack": number, **asdict(scores)}
                    )
                    if number == 0:
                        sections[dose] = shown
            table += [line(solid, dose, some) for dose, some in found.items()]
            print("\n".join(table[-len(DOSES) :]), flush=True)
            draw(sections, out / f"{solid}.png")
    write_text(out / "table.md", "\n".join(table) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="light-z4", help="a shipped model, or a model file")
    parser.add_argument("--out", type=Path, required=True, help="folder for everything")
    parser.add_argument("--stacks", type=int, default=STACKS, help="of each solid")
    chosen = parser.parse_args()
    main(chosen.model, chosen.out, chosen.stacks)

"""How much wider intervals have to be on materials that a network has not learned.

    python benchmarks/sem/left_out.py --out FOLDER

Two networks learn from half of the simulated materials each, and are tried on the other half.
Their intervals are made right on what they have learned. Ten minutes on two cores. A run that was
stopped goes on.
"""

import argparse
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.learn.model import Model
from colonnade.core.learn.training import TrainingRecipe, fit
from colonnade.core.measures.trust import COVERAGE
from colonnade.core.work.writing import make_folder
from colonnade.sem.card import SemCard
from colonnade.sem.library.sources import Simulator
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.materials.mixture import Materials, Shares
from colonnade.sem.train.calibration import error_ratios
from colonnade.sem.train.export import export_model
from colonnade.sem.train.task import GENERATOR, SemRecipe, SemTask
from colonnade.sem.upscale.predict import predict

HALVES = (
    ("tin_balls", "porous", "powder", "fibres", "soft_film"),
    ("cathode", "gold", "rock", "metal", "soft_film"),
)
"""What each network learns; the soft film belongs to all, as what shows little."""

TRAINING = TrainingRecipe(
    steps=1500, batch=6, learning_rate=1.5e-3, precision="bfloat16", save_every=500
)

IMAGES = 16
"""Of each material, to try the networks on."""


def main() -> None:
    """Train, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    print("| material | learned: coverage, least | not learned: coverage, least | wanted factor |")
    print("|---|---|---|---|")
    models = [trained(half, options.out / half[0]) for half in HALVES]
    wanted = []
    for number, name in enumerate(one for half in HALVES for one in half[:-1]):
        home = int(name in HALVES[1])
        knows, other = ratios(models[home], name, number), ratios(models[1 - home], name, number)
        wanted.append(quantile(other))
        print(f"| {name} | {covered(knows)} | {covered(other)} | {wanted[-1]:.2f} |", flush=True)
    print(f"\nmean of what materials want that are not learned: {np.mean(wanted):.2f}")


def mixture(names: Iterable[str]) -> Materials:
    """Only some of the materials, as often as usual."""
    usual = Shares()
    left_out = {one.name: 0.0 for one in fields(Shares) if one.name not in set(names)}
    return Materials(shares=replace(usual, **left_out))


def trained(names: tuple[str, ...], folder: Path) -> Model:
    """Train a network on some materials, or take the one that is there."""
    recipe = SemRecipe(
        name="half",
        simulation=Simulation(size=(256, 256), materials=mixture(names)),
        training=TRAINING,
    )
    if not (folder / "half.onnx").exists():
        make_folder(folder)
        task = SemTask(recipe)
        networks = fit(task, TRAINING, folder, resume=True, progress=lambda done, total: None)
        export_model(task, networks[GENERATOR], folder)
    return Model(folder / "half.onnx")


def ratios(model: Model, name: str, number: int) -> list[Array]:
    """Errors in half-widths of each image of one material."""
    recipe = replace(Simulation(size=(256, 256)), materials=mixture([name]))
    pairs = Simulator(recipe, 8000 + number)
    factor = SemCard.of(model.card).interval_factor
    return [
        error_ratios(predict(model, pair.low), pair) / factor for pair in map(pairs, range(IMAGES))
    ]


def quantile(found: list[Array]) -> float:
    """The ratio that nine of ten pixels stay below."""
    return float(np.quantile(np.concatenate(found), COVERAGE))


def covered(found: list[Array]) -> str:
    """Share of the pixels within their interval: the mean over images, and the least."""
    shares = [float(np.mean(one <= 1)) for one in found]
    return f"{np.mean(shares):.1%}, {min(shares):.1%}"


if __name__ == "__main__":
    main()

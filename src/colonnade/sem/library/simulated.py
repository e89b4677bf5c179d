"""Simulate a library of pairs of images, or of stacks, and show what is in it."""

from pathlib import Path

from colonnade.core.errors import RecipeError
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import kind_of, load, named_recipe
from colonnade.sem.library.show import show_library
from colonnade.sem.library.show_stacks import show_stacks
from colonnade.sem.library.sources import Simulator, write_library
from colonnade.sem.library.stacks import StackSimulator, write_stacks
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.stack import STACK, StackSimulation

LAYOUT = "zarr"
"""How pairs are kept."""


def simulate_library(
    out: Path,
    *,
    recipe: str | None,
    count: int,
    seed: int,
    layout: str,
    workers: int,
    scheduler: str | None,
    progress: Progress,
) -> str:
    """Simulate a library, and say in a sentence what there is.

    Parameters
    ----------
    out
        Folder of the library; one that was begun with the same recipe and seed is continued.
    recipe
        Name of a recipe that the package carries, or a TOML file; None for the defaults.
    count
        Number of pairs, or of stacks.
    seed
        The same recipe and seed give the same library.
    layout
        How they are kept, which is `LAYOUT`.
    workers, scheduler
        Who does it, as for `colonnade.core.data.fill.fill_library`.
    progress
        Called with the number of finished pairs and of all.
    """
    if layout != LAYOUT:
        raise RecipeError(f"there is no layout {layout} for pairs of images; choose {LAYOUT}")
    path = None if recipe is None else named_recipe(recipe, "sem")
    if path is not None and kind_of(path) == STACK:
        stacks = StackSimulator(load(StackSimulation, path), seed)
        write_stacks(stacks, count, out, progress, workers=workers, scheduler=scheduler)
        return show_stacks(out)
    source = Simulator(Simulation() if path is None else load(Simulation, path), seed)
    write_library(source, count, out, progress, workers=workers, scheduler=scheduler)
    return show_library(out)

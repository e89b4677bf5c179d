"""Simulate a library of pairs of images, and show what is in it."""

from pathlib import Path

from colonnade.core.errors import RecipeError
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load, named_recipe
from colonnade.sem.library.show import show_library
from colonnade.sem.library.sources import Simulator, write_library
from colonnade.sem.simulate.image import Simulation

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
        Number of pairs.
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
    chosen = Simulation() if recipe is None else load(Simulation, named_recipe(recipe, "sem"))
    source = Simulator(chosen, seed)
    write_library(source, count, out, progress, workers=workers, scheduler=scheduler)
    return show_library(out)

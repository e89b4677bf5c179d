"""Simulate a library of tilt series, and show what is in it."""

from pathlib import Path

from colonnade.core.errors import RecipeError
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load, named_recipe
from colonnade.tomo.library.show import show_library
from colonnade.tomo.library.sources import Simulator, write_library
from colonnade.tomo.simulate.series import SeriesSimulation

LAYOUT = "zarr"
"""How series are kept."""


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
        Number of series.
    seed
        The same recipe and seed give the same library.
    layout
        How they are kept, which is `LAYOUT`.
    workers, scheduler
        Who does it, as for `colonnade.core.data.fill.fill_library`.
    progress
        Called with the number of finished series and of all.
    """
    if layout != LAYOUT:
        raise RecipeError(f"there is no layout {layout} for tilt series; choose {LAYOUT}")
    chosen = (
        SeriesSimulation()
        if recipe is None
        else load(SeriesSimulation, named_recipe(recipe, "tomo"))
    )
    write_library(
        Simulator(chosen, seed), count, out, progress, workers=workers, scheduler=scheduler
    )
    return show_library(out)

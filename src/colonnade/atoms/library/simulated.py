"""Simulate a library of images of atom columns, and show what is in it."""

from pathlib import Path

from colonnade.atoms.library.show import show_library
from colonnade.atoms.library.sources import Simulator, write_library
from colonnade.atoms.library.temimagenet_writing import write_layout
from colonnade.atoms.simulate.image import Simulation
from colonnade.core.errors import RecipeError
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import load, named_recipe

LAYOUTS = {"zarr": write_library, "temimagenet": write_layout}
"""How the images are kept, and what writes them so."""


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
        Number of images.
    seed
        The same recipe and seed give the same library.
    layout
        One of `LAYOUTS`.
    workers, scheduler
        Who does it, as for `colonnade.core.data.fill.fill_library`.
    progress
        Called with the number of finished images and of all.
    """
    if layout not in LAYOUTS:
        raise RecipeError(f"there is no layout {layout}; choose one of: {', '.join(LAYOUTS)}")
    chosen = Simulation() if recipe is None else load(Simulation, named_recipe(recipe, "atoms"))
    source = Simulator(chosen, seed)
    LAYOUTS[layout](source, count, out, progress, workers=workers, scheduler=scheduler)
    return show_library(out)

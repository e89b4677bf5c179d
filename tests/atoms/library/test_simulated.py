"""The whole verbs: what a person finds in the folder, and what is said of it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colonnade.atoms.library.ingest import import_library
from colonnade.atoms.library.simulated import simulate_library
from colonnade.atoms.library.sources import LibrarySource
from colonnade.atoms.library.temimagenet import TemImageNet
from colonnade.core.errors import RecipeError

pytest.importorskip("ase")


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    (tmp_path / "small.toml").write_text("version = 1\nsize = [24, 40]\n")
    return str(tmp_path / "small.toml")


def simulated(out: Path, recipe: str | None, layout: str = "zarr", count: int = 2) -> str:
    return simulate_library(
        out,
        recipe=recipe,
        count=count,
        seed=5,
        layout=layout,
        workers=1,
        scheduler=None,
        progress=quiet,
    )


def test_a_library_has_a_picture_and_a_page(tmp_path: Path, recipe: str) -> None:
    out = tmp_path / "lib"
    said = simulated(out, recipe)
    assert said == f"2 images in {out}; look at {out / 'contact.png'} and {out / 'library.html'}"
    with Image.open(out / "contact.png") as picture:
        assert picture.width > picture.height
    assert "<h1>2 labelled images</h1>" in (out / "library.html").read_text(encoding="utf-8")
    assert len(LibrarySource(out)) == 2


def test_pictures_and_pages_do_not_stand_in_the_way_of_going_on(
    tmp_path: Path, recipe: str
) -> None:
    """What lies in the folder beside the library is not taken for a part of it."""
    simulated(tmp_path / "lib", recipe)
    assert simulated(tmp_path / "lib", recipe, count=3).startswith("3 images")


def test_gaps_are_left_out_of_the_picture(tmp_path: Path, recipe: str) -> None:
    simulated(tmp_path / "lib", recipe, count=4)
    for index in (0, 3):
        (tmp_path / "lib" / "table" / f"{index:06d}" / "zarr.json").unlink()
    assert simulated(tmp_path / "lib", recipe, count=3).startswith("3 images")


def test_both_layouts_hold_the_same_images(tmp_path: Path, recipe: str) -> None:
    simulated(tmp_path / "lib", recipe)
    out = tmp_path / "folders"
    said = simulated(out, recipe, layout="temimagenet")
    assert said == f"2 images in {out}; look at {out / 'contact.png'}"
    ours, theirs = LibrarySource(tmp_path / "lib")(1), TemImageNet(out)(1)
    both = np.corrcoef(ours.image.pixels.ravel(), theirs.image.pixels.ravel())
    assert both[0, 1] > 0.9999


def test_what_was_simulated_is_imported_with_its_crystals(tmp_path: Path, recipe: str) -> None:
    simulated(tmp_path / "folders", recipe, layout="temimagenet")
    out = tmp_path / "lib"
    said = import_library(tmp_path / "folders", out, pixel_size=None, progress=quiet).split("\n")
    assert said[0].startswith("2 images, cut into 2 tiles of 16 x 32 px with ")
    assert said[1].startswith(f"2 images in {out}; look at")
    families = [TemImageNet(tmp_path / "folders")(index).drawn["crystal"] for index in (0, 1)]
    assert [LibrarySource(out)(index).drawn["crystal"] for index in (0, 1)] == families


@pytest.mark.parametrize(
    ("recipe", "layout", "why"),
    [
        (None, "hdf5", "no layout hdf5; choose one of: zarr, temimagenet"),
        ("moon", "zarr", "no file moon, nor a recipe of that name; there are: .*nanoparticles"),
    ],
)
def test_what_cannot_be_is_refused_before_a_folder_is_made(
    tmp_path: Path, recipe: str | None, layout: str, why: str
) -> None:
    with pytest.raises(RecipeError, match=why):
        simulated(tmp_path / "lib", recipe, layout)
    assert not (tmp_path / "lib").exists()

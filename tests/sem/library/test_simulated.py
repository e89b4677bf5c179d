"""The whole verb: what a person finds in the folder, and what is said of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from colonnade.core.errors import FileError, RecipeError
from colonnade.sem.library.show import show_library
from colonnade.sem.library.simulated import simulate_library
from colonnade.sem.library.sources import LibrarySource, create_library


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    (tmp_path / "small.toml").write_text("version = 1\nsize = [32, 64]\n")
    return str(tmp_path / "small.toml")


def simulated(out: Path, recipe: str | None, layout: str = "zarr", count: int = 3) -> str:
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
    sheet, page = out / "contact.png", out / "library.html"
    assert said == f"3 pairs of images in {out}; look at {sheet} and {page}"
    with Image.open(sheet) as picture:
        assert picture.width > 2 * picture.height
    text = page.read_text(encoding="utf-8")
    assert "<h1>3 pairs of images</h1>" in text
    assert text.count("<img ") == 6
    for name in {LibrarySource(out)(index).material for index in range(3)}:
        assert f"<b>{name}</b>" in text
    assert "Mean number of electrons in a coarse pixel" in text


def test_a_library_of_stacks_has_them_too(tmp_path: Path) -> None:
    (tmp_path / "stacks.toml").write_text('version = 1\nkind = "stack"\nsize = [16, 24, 32]\n')
    out = tmp_path / "lib"
    assert simulated(out, str(tmp_path / "stacks.toml"), count=1).startswith(
        f"1 stack of slices in {out}; look at "
    )
    text = (out / "library.html").read_text(encoding="utf-8")
    assert "<h1>1 stack of slices</h1>" in text
    assert text.count("<img ") == 2


def test_a_library_goes_on_and_its_gaps_are_left_out(tmp_path: Path, recipe: str) -> None:
    out = tmp_path / "lib"
    simulated(out, recipe)
    assert simulated(out, recipe, count=4).startswith("4 pairs")
    (out / "table" / "000001" / "zarr.json").unlink()
    assert show_library(out).startswith("3 pairs")


def test_a_library_without_a_pair_has_nothing_to_show(tmp_path: Path) -> None:
    create_library(tmp_path / "lib", "x", (32, 32), 4, 2)
    with pytest.raises(FileError, match="no pair of images yet"):
        show_library(tmp_path / "lib")


@pytest.mark.parametrize(
    ("recipe", "layout", "why"),
    [
        (None, "temimagenet", "no layout temimagenet for pairs of images; choose zarr"),
        ("moon", "zarr", "no file moon, nor a recipe of that name; there are: .*mixture"),
    ],
)
def test_what_cannot_be_is_refused_before_a_folder_is_made(
    tmp_path: Path, recipe: str | None, layout: str, why: str
) -> None:
    with pytest.raises(RecipeError, match=why):
        simulated(tmp_path / "lib", recipe, layout)
    assert not (tmp_path / "lib").exists()


def test_the_command_does_it(tmp_path: Path, recipe: str) -> None:
    words = ("simulate", "sem", "--recipe", recipe, "--count", "1", "--out", "lib")
    done = subprocess.run(
        [sys.executable, "-m", "colonnade", *words, "--workers", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("1 pair of images in lib; look at ")
    assert done.returncode == 0

"""The whole verb: what a person finds in the folder, and what is said of it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colonnade.core.errors import FileError, RecipeError
from colonnade.core.work.recipe import load, named_recipe
from colonnade.tomo.library.show import show_library
from colonnade.tomo.library.simulated import simulate_library
from colonnade.tomo.library.sources import LibrarySource, Simulator, create_library
from colonnade.tomo.simulate.series import SeriesSimulation

RECIPE = """version = 1
size = [32, 6, 40]

[tilts]
reach = [50.0, 60.0]
step = [10.0]

[stage]
misaligned = 0.5
"""


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    (tmp_path / "small.toml").write_text(RECIPE)
    return str(tmp_path / "small.toml")


def simulated(out: Path, recipe: str | None, layout: str = "zarr", count: int = 4) -> str:
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
    assert said == f"4 tilt series in {out}; look at {sheet} and {page}"
    with Image.open(sheet) as picture:
        assert picture.width > picture.height
    text = page.read_text(encoding="utf-8")
    assert "<h1>4 tilt series</h1>" in text
    assert text.count("<img ") == 12
    for name in {LibrarySource(out)(index).family for index in range(4)}:
        assert f"<b>{name}</b>" in text
    assert "Counts where the specimen" in text


def test_a_library_gives_back_what_was_simulated(tmp_path: Path, recipe: str) -> None:
    simulated(tmp_path / "lib", recipe)
    source = LibrarySource(tmp_path / "lib")
    simulator = Simulator(load(SeriesSimulation, Path(recipe)), 5)
    assert source.identity == simulator.identity
    counts = set()
    for index in range(4):
        kept, made = source(index), simulator(index)
        np.testing.assert_array_equal(kept.series.views[:, :, :], made.series.views[:, :, :])
        np.testing.assert_array_equal(kept.truth, made.truth)
        for field in ("noise", "shifts", "beam"):
            np.testing.assert_array_equal(getattr(kept, field), getattr(made, field))
        for field in ("family", "axis_offset", "axis_angle", "background"):
            assert getattr(kept, field) == getattr(made, field)
        assert kept.series.angles == made.series.angles
        counts.add(len(kept.series.angles))
    assert counts == {11, 13}


def test_no_family_is_on_both_sides_of_a_split(tmp_path: Path, recipe: str) -> None:
    simulated(tmp_path / "lib", recipe, count=12)
    shown = []
    for part in ("train", "test"):
        source = LibrarySource(tmp_path / "lib", part)
        shown.append({source(index).family for index in range(len(source))})
    assert all(shown)
    assert not shown[0] & shown[1]


def test_a_library_goes_on_and_its_gaps_are_left_out(tmp_path: Path, recipe: str) -> None:
    out = tmp_path / "lib"
    simulated(out, recipe)
    assert simulated(out, recipe, count=5).startswith("5 tilt series")
    (out / "table" / "000001" / "zarr.json").unlink()
    assert show_library(out).startswith("4 tilt series")


def test_a_library_without_a_series_has_nothing_to_show(tmp_path: Path, recipe: str) -> None:
    create_library(tmp_path / "lib", Simulator(load(SeriesSimulation, Path(recipe)), 1), 4)
    with pytest.raises(FileError, match="no series yet"):
        show_library(tmp_path / "lib")


@pytest.mark.parametrize("name", ["mixture", "aligned", "slices"])
def test_the_package_carries_recipes(name: str) -> None:
    recipe = load(SeriesSimulation, named_recipe(name, "tomo"))
    assert recipe.size[0] == recipe.size[2] == 128


@pytest.mark.parametrize(
    ("recipe", "layout", "why"),
    [
        (None, "temimagenet", "no layout temimagenet for tilt series; choose zarr"),
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
    words = ("simulate", "tomo", "--recipe", recipe, "--count", "1", "--out", "lib")
    done = subprocess.run(
        [sys.executable, "-m", "colonnade", *words, "--workers", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("1 tilt series in lib; look at ")
    assert done.returncode == 0

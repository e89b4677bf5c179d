"""Libraries of pairs: what is read is what was simulated, and materials are kept apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colonnade.core.data.library import Library
from colonnade.core.errors import FileError
from colonnade.sem.library.sources import LibrarySource, Simulator, write_library
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation

RECIPE = Simulation(size=(32, 64))
SEED = 3


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


def same(made: Pair, read: Pair) -> None:
    np.testing.assert_array_equal(made.low, read.low)
    np.testing.assert_array_equal(made.high, read.high)
    assert (made.factor, made.material) == (read.factor, read.material)
    assert made.drawn == read.drawn


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs") / "lib"
    write_library(Simulator(RECIPE, SEED), 12, folder, quiet)
    return folder


def test_a_library_gives_back_what_the_simulator_makes(whole: Path) -> None:
    source, simulator = LibrarySource(whole), Simulator(RECIPE, SEED)
    for index in (0, 5, 11):
        same(simulator(index), source(index))
    same(simulator(1), source(13))
    assert source.identity == simulator.identity


def test_an_interrupted_library_is_finished(tmp_path: Path, whole: Path) -> None:
    def stop(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_library(Simulator(RECIPE, SEED), 4, tmp_path / "lib", stop)
    assert [Library(tmp_path / "lib").has(index) for index in range(4)] == [
        True,
        True,
        False,
        False,
    ]
    write_library(Simulator(RECIPE, SEED), 4, tmp_path / "lib", quiet)
    for index in range(4):
        same(LibrarySource(tmp_path / "lib")(index), LibrarySource(whole)(index))


def test_no_material_is_on_both_sides_of_a_split(whole: Path) -> None:
    train, test = LibrarySource(whole, "train"), LibrarySource(whole, "test")
    learned = {train(index).material for index in range(len(train))}
    scored = {test(index).material for index in range(len(test))}
    assert learned
    assert scored
    assert not learned & scored
    assert len(train) + len(test) == 12


def test_parts_and_seeds_hold_different_pairs() -> None:
    pairs = {
        Simulator(RECIPE, seed, part)(index).high.tobytes()
        for seed in (0, 1)
        for part in (0, 1)
        for index in (0, 1)
    }
    assert len(pairs) == 8


@pytest.mark.parametrize("recipe", [replace(RECIPE, factor=2), replace(RECIPE, size=(32, 96))])
def test_another_recipe_is_refused(whole: Path, recipe: Simulation) -> None:
    with pytest.raises(FileError, match="another recipe or seed"):
        write_library(Simulator(recipe, SEED), 2, whole, quiet)


def test_a_library_of_another_wing_is_refused(tmp_path: Path) -> None:
    Library.create(tmp_path / "lib", "x", size=(8, 8), count=1, kinds={"image": "f4"})
    with pytest.raises(FileError, match="another wing: its images have no low"):
        LibrarySource(tmp_path / "lib")

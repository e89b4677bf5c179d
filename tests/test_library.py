"""Libraries on disk: interrupted or not, they hold what the simulator makes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colonnade.atoms.simulate import Simulated, Simulation, Specimen
from colonnade.atoms.sources import LibrarySource, Simulator, write_library
from colonnade.core.errors import FileError
from colonnade.core.library import Entry, Library

pytest.importorskip("ase")
pytest.importorskip("zarr")

RECIPE = Simulation(size=(24, 40), specimen=Specimen(crystals=("Au [100]", "Si [110]")))
SEED = 11


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def same(one: Simulated, two: Simulated) -> None:
    np.testing.assert_array_equal(one.image.pixels, two.image.pixels)
    np.testing.assert_array_equal(one.clean.astype(np.float32), two.clean)
    assert one.image.pixel_size == two.image.pixel_size
    assert set(one.columns.table()) == set(two.columns.table())
    for name, values in one.columns.table().items():
        np.testing.assert_array_equal(values, two.columns.table()[name])


class Stopped(Exception):
    """Stands for whatever ends a run too early."""


def test_a_library_gives_back_what_the_simulator_makes(tmp_path: Path) -> None:
    write_library(RECIPE, SEED, 4, tmp_path / "lib", quiet)
    source, simulator = LibrarySource(tmp_path / "lib"), Simulator(RECIPE, SEED)
    for index in range(4):
        same(simulator(index), source(index))
    same(simulator(1), source(5))
    assert source.identity == simulator.identity


def test_an_image_without_columns_is_kept_too(tmp_path: Path) -> None:
    empty = Simulation(size=(24, 40), specimen=Specimen(empty=1.0))
    write_library(empty, SEED, 2, tmp_path / "lib", quiet)
    assert len(LibrarySource(tmp_path / "lib")(1).columns) == 0
    same(Simulator(empty, SEED)(1), LibrarySource(tmp_path / "lib")(1))


@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupted_library_is_finished_to_the_bit(tmp_path: Path, after: int) -> None:
    def stop(done: int, of: int) -> None:
        if done == after:
            raise Stopped

    write_library(RECIPE, SEED, 5, tmp_path / "whole", quiet)
    with pytest.raises(Stopped):
        write_library(RECIPE, SEED, 5, tmp_path / "broken", stop)
    assert [Library.open(tmp_path / "broken").has(i) for i in range(5)] == [
        i < after for i in range(5)
    ]
    with pytest.raises(FileError, match="finish"):
        LibrarySource(tmp_path / "broken")(4)
    write_library(RECIPE, SEED, 5, tmp_path / "broken", quiet)
    assert contents(tmp_path / "broken") == contents(tmp_path / "whole")


def test_an_image_that_was_half_written_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends when the picture is there but its table is not."""
    write_library(RECIPE, SEED, 3, tmp_path / "whole", quiet)

    put = Library.put

    def fail(self: Library, index: int, entry: Entry) -> None:
        put(self, index, replace(entry, table={"y": np.zeros(2), "x": np.zeros(3)}))

    with monkeypatch.context() as patched:
        patched.setattr(Library, "put", fail)
        with pytest.raises(ValueError, match="shape"):
            write_library(RECIPE, SEED, 3, tmp_path / "broken", quiet)
    assert not Library.open(tmp_path / "broken").has(0)
    write_library(RECIPE, SEED, 3, tmp_path / "broken", quiet)
    assert contents(tmp_path / "broken") == contents(tmp_path / "whole")


def test_what_is_there_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_library(RECIPE, SEED, 2, tmp_path / "lib", quiet)
    made = []
    original = Simulator.__call__
    monkeypatch.setattr(Simulator, "__call__", lambda self, i: made.append(i) or original(self, i))
    steps = []
    write_library(RECIPE, SEED, 4, tmp_path / "lib", lambda done, of: steps.append((done, of)))
    assert made == [2, 3]
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    write_library(RECIPE, SEED, 3, tmp_path / "lib", quiet)
    assert made == [2, 3]
    assert len(Library.open(tmp_path / "lib")) == 4


def test_a_grown_library_is_the_library_of_that_size(tmp_path: Path) -> None:
    write_library(RECIPE, SEED, 2, tmp_path / "grown", quiet)
    write_library(RECIPE, SEED, 4, tmp_path / "grown", quiet)
    write_library(RECIPE, SEED, 4, tmp_path / "once", quiet)
    grown, once = (
        {name: data for name, data in contents(tmp_path / folder).items() if "/.z" not in name}
        for folder in ("grown", "once")
    )
    assert grown == once
    assert len(Library.open(tmp_path / "grown")) == 4


@pytest.mark.parametrize(
    ("recipe", "seed"),
    [
        (RECIPE, SEED + 1),
        (Simulation(size=(24, 41), specimen=RECIPE.specimen), SEED),
        (Simulation(size=(24, 40), specimen=Specimen(crystals=("Au [100]",))), SEED),
    ],
)
def test_another_recipe_or_seed_is_refused_and_nothing_changes(
    tmp_path: Path, recipe: Simulation, seed: int
) -> None:
    write_library(RECIPE, SEED, 1, tmp_path / "lib", quiet)
    before = contents(tmp_path / "lib")
    with pytest.raises(FileError, match="another recipe or seed"):
        write_library(recipe, seed, 1, tmp_path / "lib", quiet)
    assert contents(tmp_path / "lib") == before


def test_what_is_no_library_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    import zarr

    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("meow")
    (tmp_path / "file").write_text("text")
    zarr.open_group(str(tmp_path / "other"), mode="w")
    before = contents(tmp_path)
    for name in ("photos", "file", "other"):
        with pytest.raises(FileError, match=name):
            write_library(RECIPE, SEED, 1, tmp_path / name, quiet)
        with pytest.raises(FileError, match=name):
            LibrarySource(tmp_path / name)
    with pytest.raises(FileError, match="none"):
        LibrarySource(tmp_path / "none")
    assert contents(tmp_path) == before
    assert not (tmp_path / "none").exists()


def test_a_library_of_a_later_version_is_refused(tmp_path: Path) -> None:
    import zarr

    write_library(RECIPE, SEED, 1, tmp_path / "lib", quiet)
    zarr.open_group(str(tmp_path / "lib"), mode="r+").attrs["colonnade_library"] = 99
    with pytest.raises(FileError, match="lib"):
        LibrarySource(tmp_path / "lib")


def test_an_empty_folder_may_become_a_library(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert write_library(RECIPE, SEED, 1, tmp_path / "new", quiet).has(0)


def test_images_may_be_written_in_any_order(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    entries = [
        Entry(
            rng.random((8, 9), np.float32),
            rng.random((8, 9), np.float32),
            (0.1 * (i + 1), 0.2),
            {"y": rng.random(i), "x": rng.random(i)},
        )
        for i in range(3)
    ]
    library = Library.create(tmp_path / "lib", "made by hand", (8, 9), 3)
    for index in (2, 0, 1):
        library.put(index, entries[index])
    for index, entry in enumerate(entries):
        back = Library.open(tmp_path / "lib")[index]
        np.testing.assert_array_equal(back.image, entry.image)
        np.testing.assert_array_equal(back.clean, entry.clean)
        assert back.pixel_size == entry.pixel_size
        assert list(back.table) == ["y", "x"]
        np.testing.assert_array_equal(back.table["x"], entry.table["x"])


def test_the_parts_of_a_seed_hold_different_images() -> None:
    """No image to validate on is ever one to train on."""
    images = {
        Simulator(RECIPE, seed, part)(index).image.pixels.tobytes()
        for seed in (0, 1)
        for part in (0, 1)
        for index in range(4)
    }
    assert len(images) == 16
    assert len({Simulator(RECIPE, seed, part).identity for seed in (0, 1) for part in (0, 1)}) == 4

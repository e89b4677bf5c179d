"""Libraries on disk: whoever makes them, interrupted or not, they hold what is simulated."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from clusters import Cluster

from colonnade.atoms.library.masks import masks
from colonnade.atoms.library.sources import LibrarySource, Simulator, write_library
from colonnade.atoms.simulate.image import Simulated, Simulation
from colonnade.atoms.simulate.specimen.specimen import Scenes, Specimen
from colonnade.core.data.library import Entry, Library
from colonnade.core.errors import FileError, WorkersError
from colonnade.core.work.recipe import load

pytest.importorskip("ase")
zarr = pytest.importorskip("zarr")

RECIPE = Simulation(size=(24, 40), specimen=Specimen(crystals=("Au [100]", "Si [110]")))
SEED = 11
DIGITS = 2.0**-13
"""Half of the last of 12 bits behind the binary point."""


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


def contents(folder: Path) -> dict[str, bytes]:
    """Give all files but those that a killed process had not yet given their names."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def same(made: Simulated, read: Simulated) -> None:
    np.testing.assert_array_equal(made.image.pixels, read.image.pixels)
    for name in ("clean", "no_background", "sharpened"):
        np.testing.assert_allclose(getattr(read, name), getattr(made, name), rtol=DIGITS)
    assert made.image.pixel_size == read.image.pixel_size
    assert made.drawn == read.drawn
    assert set(made.columns.table()) == set(read.columns.table())
    for name, values in made.columns.table().items():
        np.testing.assert_array_equal(values, read.columns.table()[name])


class Stopped(Exception):
    """Stands for whatever ends a run too early."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a library of six images in one go."""
    folder = tmp_path_factory.mktemp("whole")
    write_library(Simulator(RECIPE, SEED), 6, folder, quiet)
    return folder


def test_a_library_gives_back_what_the_simulator_makes(whole: Path) -> None:
    source, simulator = LibrarySource(whole), Simulator(RECIPE, SEED)
    for index in range(4):
        same(simulator(index), source(index))
    same(simulator(1), source(7))
    assert source.identity == simulator.identity


def test_a_library_opens_with_zarr_alone(whole: Path) -> None:
    group = zarr.open(str(whole), mode="r")
    made = Simulator(RECIPE, SEED)(2)
    assert {array.shape for _, array in group.arrays()} == {(6, 24, 40)}
    assert {name: array.dtype.name for name, array in group.arrays()} == {
        **dict.fromkeys(("image", "clean", "no_background", "sharpened"), "float32"),
        **dict.fromkeys(("gaussian_mask", "circular_mask", "small_circular_mask"), "uint8"),
    }
    np.testing.assert_array_equal(group["image"][2], made.image.pixels)
    for name, mask in masks(made.columns, (24, 40)).items():
        np.testing.assert_array_equal(group[name][2], mask)
    table = group["table/000002"]
    names = table.attrs["names"]
    np.testing.assert_array_equal(table[names.index("x")], made.columns.x)
    assert {"y", "x", "intensity", "width", "detectable", "snr", "atomic_number"} <= set(names)
    assert table.attrs["drawn"]["crystal"] == made.drawn["crystal"]
    assert tuple(table.attrs["pixel_size"]) == made.image.pixel_size


def test_an_image_is_nine_files(whole: Path) -> None:
    of_image = [name for name in contents(whole) if "000003" in name or name.endswith("/c.3.0.0")]
    assert len(of_image) == 9


def test_an_image_without_columns_is_kept_too(tmp_path: Path) -> None:
    scenes = Scenes(**dict.fromkeys(Scenes.__dataclass_fields__, 0.0) | {"vacuum": 1.0})
    empty = replace(RECIPE, specimen=Specimen(scenes=scenes))
    write_library(Simulator(empty, SEED), 2, tmp_path / "lib", quiet)
    assert len(LibrarySource(tmp_path / "lib")(1).columns) == 0
    same(Simulator(empty, SEED)(1), LibrarySource(tmp_path / "lib")(1))


def test_several_processes_make_the_same_library(tmp_path: Path, whole: Path) -> None:
    steps: list[int] = []
    source = Simulator(RECIPE, SEED)
    write_library(source, 6, tmp_path / "lib", lambda done, of: steps.append(done), workers=2)
    assert steps == [0, 1, 2, 3, 4, 5, 6]
    assert contents(tmp_path / "lib") == contents(whole)


def test_a_cluster_makes_the_same_library_whatever_dies(
    tmp_path: Path, cluster: Cluster, capfd: pytest.CaptureFixture[str]
) -> None:
    def kill_worker(done: int, of: int) -> None:
        if done == 10:
            cluster.workers[0].kill()

    def kill_scheduler(done: int, of: int) -> None:
        if done == 42:
            cluster.scheduler.kill()

    broken, address = tmp_path / "broken", cluster.address
    write_library(Simulator(RECIPE, SEED), 40, broken, kill_worker, scheduler=address)
    assert [process.poll() for process in cluster.workers] == [-signal.SIGKILL, None]
    write_library(Simulator(RECIPE, SEED), 40, tmp_path / "whole", quiet)
    assert contents(broken) == contents(tmp_path / "whole")
    with pytest.raises(WorkersError, match=r"scheduler .* has gone"):
        write_library(Simulator(RECIPE, SEED), 60, broken, kill_scheduler, scheduler=address)
    assert "Traceback" not in capfd.readouterr().err
    assert len(Library(broken)) == 60
    write_library(Simulator(RECIPE, SEED), 60, broken, quiet)
    write_library(Simulator(RECIPE, SEED), 60, tmp_path / "whole", quiet)
    assert contents(broken) == contents(tmp_path / "whole")


@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupted_library_is_finished_to_the_bit(
    tmp_path: Path, whole: Path, after: int
) -> None:
    def stop(done: int, of: int) -> None:
        if done == after:
            raise Stopped

    with pytest.raises(Stopped):
        write_library(Simulator(RECIPE, SEED), 6, tmp_path / "broken", stop)
    assert [Library(tmp_path / "broken").has(i) for i in range(6)] == [i < after for i in range(6)]
    with pytest.raises(FileError, match="finish"):
        LibrarySource(tmp_path / "broken")(4)
    write_library(Simulator(RECIPE, SEED), 6, tmp_path / "broken", quiet)
    assert contents(tmp_path / "broken") == contents(whole)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text("version = 1\nsize = [32, 32]\n")
    words = ("simulate", "atoms", "--recipe", "recipe.toml", "--count", "9999", "--out", "lib")
    with subprocess.Popen(
        [sys.executable, "-m", "colonnade", *words, "--workers", "2"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as terminal:
        while not (tmp_path / "lib" / "table" / "000020").exists():
            assert terminal.poll() is None
            time.sleep(0.01)
        os.killpg(terminal.pid, signal.SIGINT)
        _, said = terminal.communicate(timeout=100)
    assert terminal.returncode == 130
    assert said == "colonnade: interrupted; what was finished is kept\n"
    library = Library(tmp_path / "lib")
    simulator = Simulator(load(Simulation, tmp_path / "recipe.toml"), 0)
    there = [index for index in range(9999) if library.has(index)]
    assert len(there) > 2
    for index in there[-2:]:
        same(simulator(index), LibrarySource(tmp_path / "lib")(index))


def test_an_image_that_was_half_written_is_written_again(
    tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends when the picture is there but its table is not."""
    put = Library.put

    def fail(self: Library, index: int, entry: Entry) -> None:
        put(self, index, replace(entry, table={"y": np.zeros(2), "x": np.zeros(3)}))

    with monkeypatch.context() as patched:
        patched.setattr(Library, "put", fail)
        with pytest.raises(ValueError, match="shape"):
            write_library(Simulator(RECIPE, SEED), 6, tmp_path / "broken", quiet)
    assert (tmp_path / "broken" / "image" / "c.0.0.0").exists()
    assert not Library(tmp_path / "broken").has(0)
    write_library(Simulator(RECIPE, SEED), 6, tmp_path / "broken", quiet)
    assert contents(tmp_path / "broken") == contents(whole)


def test_what_is_there_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_library(Simulator(RECIPE, SEED), 2, tmp_path / "lib", quiet)
    made = []
    original = Simulator.__call__
    monkeypatch.setattr(Simulator, "__call__", lambda self, i: made.append(i) or original(self, i))
    steps = []
    write_library(
        Simulator(RECIPE, SEED), 4, tmp_path / "lib", lambda done, of: steps.append((done, of))
    )
    assert made == [2, 3]
    assert steps == [(2, 4), (3, 4), (4, 4)]
    write_library(Simulator(RECIPE, SEED), 3, tmp_path / "lib", quiet)
    assert made == [2, 3]
    assert len(Library(tmp_path / "lib")) == 4


def test_a_grown_library_is_the_library_of_that_size(tmp_path: Path, whole: Path) -> None:
    write_library(Simulator(RECIPE, SEED), 2, tmp_path / "grown", quiet)
    write_library(Simulator(RECIPE, SEED), 6, tmp_path / "grown", quiet)
    assert contents(tmp_path / "grown") == contents(whole)


def test_a_library_can_be_read_while_it_grows(tmp_path: Path) -> None:
    """Every reader sees whole images, the ones before it and no others."""
    seen = []

    def look(done: int, of: int) -> None:
        library = Library(tmp_path / "lib")
        seen.append([index for index in range(len(library)) if library.has(index)])
        if done:
            same(Simulator(RECIPE, SEED)(done - 1), LibrarySource(tmp_path / "lib")(done - 1))

    write_library(Simulator(RECIPE, SEED), 3, tmp_path / "lib", look)
    assert seen == [[], [0], [0, 1], [0, 1, 2]]


@pytest.mark.parametrize(
    ("recipe", "seed"),
    [
        (RECIPE, SEED + 1),
        (replace(RECIPE, size=(24, 41)), SEED),
        (replace(RECIPE, specimen=Specimen(crystals=("Au [100]",))), SEED),
    ],
)
def test_another_recipe_or_seed_is_refused_and_nothing_changes(
    whole: Path, recipe: Simulation, seed: int
) -> None:
    before = contents(whole)
    with pytest.raises(FileError, match="another recipe or seed"):
        write_library(Simulator(recipe, seed), 9, whole, quiet)
    assert contents(whole) == before


def test_what_is_no_library_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("meow")
    (tmp_path / "file").write_text("text")
    zarr.open_group(str(tmp_path / "other"), mode="w")
    before = contents(tmp_path)
    for name in ("photos", "file", "other"):
        with pytest.raises(FileError, match=name):
            write_library(Simulator(RECIPE, SEED), 1, tmp_path / name, quiet)
        with pytest.raises(FileError, match=name):
            LibrarySource(tmp_path / name)
    with pytest.raises(FileError, match="none"):
        LibrarySource(tmp_path / "none")
    assert contents(tmp_path) == before
    assert not (tmp_path / "none").exists()


def test_an_empty_folder_may_become_a_library(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    write_library(Simulator(RECIPE, SEED), 1, tmp_path / "new", quiet)
    assert Library(tmp_path / "new").has(0)


def test_a_library_without_images_is_no_source(tmp_path: Path) -> None:
    write_library(Simulator(RECIPE, SEED), 0, tmp_path / "lib", quiet)
    with pytest.raises(FileError, match="no images"):
        LibrarySource(tmp_path / "lib")


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


IRON = """data_iron
_cell_length_a 2.867
_cell_length_b 2.867
_cell_length_c 2.867
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'I m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Fe1 Fe 0 0 0
"""


def test_a_crystal_file_that_changes_makes_another_library(tmp_path: Path) -> None:
    file = tmp_path / "mine.cif"
    file.write_text(IRON)
    simulator = Simulator(replace(RECIPE, specimen=Specimen(crystals=(f"{file} [100]",))), SEED)
    before = simulator.identity
    assert simulator.identity == before
    file.write_text(IRON.replace("2.867", "2.868"))
    assert simulator.identity != before
    file.unlink()
    with pytest.raises(FileError, match=r"mine\.cif"):
        _ = simulator.identity

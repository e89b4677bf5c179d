"""Files of any name that a disk may hold are read and listed, and links lead nowhere else."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from colonnade.core.errors import FileError
from colonnade.core.figures.overlay import Picture
from colonnade.core.files.batch import expand, inputs
from colonnade.core.files.batch_run import Failed, Part, WholeFile, run_batch
from colonnade.core.files.open import read
from colonnade.core.files.own_data import is_beside
from colonnade.core.files.write import write_tiff
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.contents import write_text
from colonnade.core.work.progress import silent
from colonnade.core.work.record import Record
from colonnade.core.work.writing import atomic

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other disks take fewer names, or have no pipes"
)

LEVELS = np.random.default_rng(3).poisson(40, (16, 16)).astype(np.uint16)

NAMES = [
    b"new\nline.tif",
    b"esc\x1b[2J\x1b[31m.tif",
    b"latin-\xe9\xff.tif",
    b"..tif",
    b"...tif",
    b"a[1]*?.tif",
    "\u202egnp.tif".encode(),
    "é".encode() * 120 + b".tif",
    b"y" * 251 + b".tif",
]


def named(folder: Path, name: bytes) -> Path:
    return folder / os.fsdecode(name)


class Measured(WholeFile):
    """Reads a file, and writes of it what can be written."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def are_whole(self) -> bool:
        return False

    def all_lines(self) -> list[str]:
        return []

    def do(self, part: Part, failed: Failed) -> list[str]:
        return [f"{self.name}: {read(self.path).pixels.mean()}"]


@pytest.mark.parametrize("name", NAMES)
def test_an_image_of_any_name_is_read(tmp_path: Path, name: bytes) -> None:
    write_tiff(tmp_path / "a.tif", LEVELS)
    (tmp_path / "a.tif").rename(named(tmp_path, name))
    assert np.array_equal(read(named(tmp_path, name)).pixels, LEVELS)


@pytest.mark.parametrize("name", NAMES)
def test_what_fails_is_listed_under_any_name_and_comes_back(tmp_path: Path, name: bytes) -> None:
    path, out = named(tmp_path, name), tmp_path / "out"
    path.write_bytes(b"no image")
    sound = tmp_path / "sound.tif"
    write_tiff(sound, LEVELS)
    failures = run_batch(inputs([path, sound]), out, "try", Measured, print, silent)
    assert [failure.path for failure in failures] == [path]
    assert "\n" not in failures[0].sentence
    assert "\x1b" not in failures[0].sentence
    assert list(inputs([out / "failed-try.csv"])) == [path]


@pytest.mark.parametrize("name", NAMES[:7])
def test_names_go_into_records_texts_and_pictures(tmp_path: Path, name: bytes) -> None:
    word = os.fsdecode(name)
    record = Record(tmp_path / "record", f"of {word}")
    record.put("part", word)
    assert Record(tmp_path / "record", f"of {word}").read("part") == word
    write_text(tmp_path / "a.json", word)
    assert (tmp_path / "a.json").read_text("utf-8")
    Picture(Micrograph(LEVELS)).save(tmp_path / "a.png", f"{word}: 3 columns")
    assert (tmp_path / "a.png").exists()


@pytest.mark.parametrize("stem", ["é" * 120, "レ" * 80, "y" * 245])
def test_what_is_written_needs_no_longer_name_than_its_own(tmp_path: Path, stem: str) -> None:
    with atomic(tmp_path / f"{stem}.json") as temporary:
        temporary.write_text("{}")
    assert [path.stem for path in tmp_path.iterdir()] == [stem]


def test_links_in_a_circle_end_nothing(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", LEVELS)
    (tmp_path / "loop.tif").symlink_to("loop.tif")
    (tmp_path / "here").symlink_to(".")
    (tmp_path / "nowhere.tif").symlink_to("there.tif")
    found = inputs([tmp_path])
    assert {path.name for path in found} == {"a.tif", "loop.tif", "nowhere.tif"}
    assert len(expand([tmp_path / "**" / "*.tif"])) < 50
    failures = run_batch(found, tmp_path / "out", "try", Measured, print, silent)
    assert {failure.path.name for failure in failures} == {"loop.tif", "nowhere.tif"}


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path))  # a name of a socket is short


@pytest.mark.parametrize("make", [_pipe, _socket])
@pytest.mark.parametrize("suffix", [".tif", ".ser", ".zarr", ".columns.csv"])
def test_what_is_no_file_is_not_waited_for(
    tmp_path: Path, make: Callable[[Path], None], suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"a{suffix}"
    make(path)
    if suffix == ".columns.csv":
        with pytest.raises(FileError, match=r"cannot be read: .*it is a pipe or a device"):
            inputs([path])
        return
    with pytest.raises(FileError, match="is a pipe or a device"):
        read(path)


def test_a_pipe_where_the_images_of_a_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "a.emi").write_bytes(b"<ObjectInfo></ObjectInfo>")
    os.mkfifo(tmp_path / "a_1.ser")
    with pytest.raises(FileError, match=r"a_1\.ser is no file"):
        read(tmp_path / "a.emi")


def test_pipes_and_links_within_a_zarr(tmp_path: Path) -> None:
    import zarr

    for number, spoil in enumerate((_pipe, _link)):
        path = tmp_path / f"{number}.zarr"
        zarr.create_array(str(path), shape=(16, 16), chunks=(16, 16), dtype="u1")[:] = 1
        (chunk,) = (one for one in path.rglob("*") if one.is_file() and "json" not in one.name)
        chunk.unlink()
        spoil(chunk)
        with pytest.raises(FileError, match=r"a pipe or a device|has links in it"):
            read(path)
    (tmp_path / "0.zarr" / "again").symlink_to(".")
    (tmp_path / "0.zarr" / "once more").symlink_to(".")
    with pytest.raises(FileError):
        read(tmp_path / "0.zarr")


def test_what_is_read_along_with_a_file_lies_beside_it(tmp_path: Path) -> None:
    home, other, links = (tmp_path / name for name in ("home", "other", "links"))
    for folder in (home, other, links):
        folder.mkdir()
    for path in (home / "a.tif", home / "a.txt", other / "b.txt"):
        path.touch()
    (home / "b.txt").symlink_to(other / "b.txt")
    assert is_beside(home / "a.tif", home / "a.txt")
    assert not is_beside(home / "a.tif", home / "none.txt")
    with pytest.raises(FileError, match="a link to a file in another folder"):
        is_beside(home / "a.tif", home / "b.txt")
    for name in ("a.tif", "a.txt"):  # a folder of links is one's own way to arrange files
        (links / name).symlink_to(home / name)
    assert is_beside(links / "a.tif", links / "a.txt")

"""Libraries of any wing: what is put in comes out, and no end of a process leaves one broken."""

import errno
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from colonnade.core.data.library import KEPT_BITS, Entry, Library
from colonnade.core.errors import FileError
from colonnade.core.work import contents as files

zarr = pytest.importorskip("zarr")

ENTRIES = [
    Entry(
        {"seen": rng.random((8, 9), np.float32), "mask": rng.integers(0, 2, (8, 9), np.uint8)},
        (0.1 * (count + 1), 0.2),
        {"y": rng.random(count), "x": rng.random(count)},
        {"dose": 0.1 + 0.2, "crystal": "β-Sn [001]"},
    )
    for count, rng in enumerate(np.random.default_rng(0).spawn(4))
]


def contents(folder: Path) -> dict[str, bytes]:
    """Give all files but those that a killed process had not yet given their names."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def make(folder: Path, count: int = len(ENTRIES), identity: str = "by hand") -> Library:
    kinds = {"seen": "f4", "mask": "u1"}
    return Library.create(
        folder, identity, size=(8, 9), count=count, kinds=kinds, rounded=("seen",)
    )


def fill(folder: Path) -> None:
    """Make a library, or finish it."""
    library = make(folder)
    for index, entry in enumerate(ENTRIES):
        if not library.has(index):
            library.put(index, entry)


def check(library: Library, index: int) -> None:
    entry, back = ENTRIES[index], library[index]
    assert set(back.images) == set(entry.images)
    np.testing.assert_array_equal(back.images["mask"], entry.images["mask"])
    np.testing.assert_allclose(back.images["seen"], entry.images["seen"], rtol=2.0**-13)
    assert [image.dtype for image in back.images.values()] == [np.float32, np.uint8]
    assert back.pixel_size == entry.pixel_size
    assert back.drawn == entry.drawn
    assert list(back.table) == ["y", "x"]
    np.testing.assert_array_equal(back.table["x"], entry.table["x"])


def test_images_may_be_written_in_any_order(tmp_path: Path) -> None:
    library = make(tmp_path)
    for index in (2, 0, 3, 1):
        library.put(index, ENTRIES[index])
        check(Library(tmp_path), index)


def test_every_way_to_the_same_images_gives_the_same_bytes(tmp_path: Path) -> None:
    fill(tmp_path / "whole")
    make(tmp_path / "grown", 1).put(0, ENTRIES[0])
    make(tmp_path / "grown", 3)
    fill(tmp_path / "grown")
    for index in (3, 2, 1, 0):
        make(tmp_path / "backwards").put(index, ENTRIES[index])
    assert contents(tmp_path / "grown") == contents(tmp_path / "whole")
    assert contents(tmp_path / "backwards") == contents(tmp_path / "whole")


def test_a_library_of_fewer_images_keeps_those_it_has(tmp_path: Path) -> None:
    fill(tmp_path)
    assert len(make(tmp_path, 1)) == len(ENTRIES)


def test_a_library_opens_with_zarr_alone(tmp_path: Path) -> None:
    fill(tmp_path)
    group = zarr.open_group(str(tmp_path), mode="r")
    assert {name: array.shape for name, array in group.arrays()} == {
        "seen": (4, 8, 9),
        "mask": (4, 8, 9),
    }
    np.testing.assert_array_equal(group["mask"][3], ENTRIES[3].images["mask"])
    table = group["table/000003"]
    np.testing.assert_array_equal(table[1], ENTRIES[3].table["x"])
    assert dict(table.attrs) == {
        "names": ["y", "x"],
        "pixel_size": [0.4, 0.2],
        "drawn": ENTRIES[3].drawn,
    }


def test_no_codec_is_beyond_the_standard(tmp_path: Path) -> None:
    """So that readers in other languages open it: Zarr format 3 knows bytes and blosc."""
    fill(tmp_path)
    for path in tmp_path.rglob("zarr.json"):
        metadata = json.loads(path.read_text())
        assert metadata["zarr_format"] == 3
        codecs = [codec["name"] for codec in metadata.get("codecs", [])]
        assert codecs in ([], ["bytes", "blosc"])


@given(arrays(np.float32, (2, 3), elements=st.floats(width=32, allow_nan=False)))
def test_rounding_is_to_the_nearest_of_twelve_bits(
    tmp_path_factory: pytest.TempPathFactory, image: NDArray[np.float32]
) -> None:
    folder = tmp_path_factory.mktemp("lib")
    library = Library.create(
        folder, "a", size=(2, 3), count=1, kinds={"seen": "f4"}, rounded=("seen",)
    )
    library.put(0, Entry({"seen": image}, None, {"y": np.empty(0)}))
    back = library[0].images["seen"]
    assert not np.any(back.view(np.uint32) & (2 ** (23 - KEPT_BITS) - 1))
    normal = np.isfinite(back) & (np.abs(image) > 1e-37)
    np.testing.assert_allclose(back[normal], image[normal], rtol=2.0**-13)
    assert np.all(np.abs(image[np.isinf(back)]) > 3.4e38)


def test_rounded_images_take_less_room(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    # Only the twelve bits are random, or all of them.
    pixels = {"few": rng.integers(2**12, 2**13, (64, 64)), "all": 1e3 * rng.random((64, 64))}
    kinds = dict.fromkeys(("exact", "rounded"), "f4")
    for name, values in pixels.items():
        image = values.astype(np.float32)
        library = Library.create(
            tmp_path / name, "a", size=(64, 64), count=1, kinds=kinds, rounded=("rounded",)
        )
        library.put(0, Entry(dict.fromkeys(kinds, image), (1.0, 1.0), {"y": np.empty(0)}))
        back = library[0].images
        np.testing.assert_array_equal(back["exact"], image)
        np.testing.assert_allclose(back["rounded"], image, rtol=0 if name == "few" else 2.0**-13)
        taken = {kind: len(contents(tmp_path / name)[f"{kind}/c.0.0.0"]) for kind in kinds}
        assert (taken["rounded"] < 0.8 * taken["exact"]) == (name == "all")


def test_kinds_may_have_sizes_of_their_own_and_images_no_objects(tmp_path: Path) -> None:
    sizes = {"coarse": (4, 6), "fine": (8, 12)}
    kinds = dict.fromkeys(sizes, "f4")
    rng = np.random.default_rng(1)
    entry = Entry(
        {name: rng.random(size, np.float32) for name, size in sizes.items()},
        None,
        {},
        {"dose": 3.0},
    )
    library = Library.create(tmp_path / "lib", "pairs", size=sizes, count=2, kinds=kinds)
    library.put(1, entry)
    read = Library(tmp_path / "lib")[1]
    for name, image in entry.images.items():
        np.testing.assert_array_equal(read.images[name], image)
    assert dict(read.table) == {}
    assert read.drawn == {"dose": 3.0}
    assert zarr.open(str(tmp_path / "lib"), mode="r")["table/000001"].shape == (0, 0)


def test_pixels_that_are_not_known_stay_unknown(tmp_path: Path) -> None:
    unknown = {**ENTRIES[1].images, "seen": np.full((8, 9), np.nan)}
    library = make(tmp_path)
    library.put(1, replace(ENTRIES[1], images=unknown, pixel_size=None))
    assert np.isnan(library[1].images["seen"]).all()
    assert library[1].pixel_size is None


def test_one_may_read_only_what_is_needed(tmp_path: Path) -> None:
    library = make(tmp_path)
    library.put(2, ENTRIES[2])
    assert list(library.read(2, ("mask",)).images) == ["mask"]
    assert library.read(2, ()).drawn == ENTRIES[2].drawn
    with pytest.raises(FileError, match=r"image 1 of .* finish"):
        library.read(1, ())


def test_processes_are_handed_libraries(tmp_path: Path) -> None:
    """As those that load the images of a training."""
    fill(tmp_path)
    library = Library(tmp_path)
    check(library, 0)
    check(pickle.loads(pickle.dumps(library)), 1)


WRITER = """
import sys
from pathlib import Path
import numpy as np
from colonnade.core.data.library import Entry, Library
library = Library(Path(sys.argv[1]))
for index in range(int(sys.argv[2]), 40, 2):
    images = {"seen": np.full((8, 9), index), "mask": np.ones((8, 9))}
    library.put(index, Entry(images, None, {"y": np.arange(index)}))
"""


def test_processes_write_at_the_same_time(tmp_path: Path) -> None:
    make(tmp_path, 40)
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, start]) for start in "01"]
    assert [writer.wait() for writer in writers] == [0, 0]
    library = Library(tmp_path)
    for index in range(40):
        assert (library[index].images["seen"] == index).all()
        assert len(library[index].table["y"]) == index


# Whatever ends a process


class Killed(Exception):
    """Stands for the end of a process."""


def half_a_name(path: Path, content: bytes) -> None:
    """End in the middle of writing: what is there has no name yet."""
    path.parent.mkdir(exist_ok=True)
    path.with_name(f".half-{path.name}").write_bytes(content[: len(content) // 2])
    raise Killed


def no_more(path: Path, content: bytes) -> None:
    """End before anything is written."""
    raise Killed


def kill_at(
    monkeypatch: pytest.MonkeyPatch, step: int, end: Callable[[Path, bytes], None]
) -> list[int]:
    """Let the process end at this file of all that are written; gives the count of the files."""
    write, written = files.write_bytes, [0]

    def counted(path: Path, content: bytes) -> None:
        written[0] += 1
        (end if written[0] == step + 1 else write)(path, content)

    for module in ("data.library", "files.whole_files"):
        monkeypatch.setattr(f"colonnade.core.{module}.write_bytes", counted)
    return written


@pytest.mark.parametrize("end", [no_more, half_a_name])
def test_a_kill_at_any_file_leaves_a_library_that_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: Callable[[Path, bytes], None]
) -> None:
    with monkeypatch.context() as patched:
        written = kill_at(patched, -1, end)
        fill(tmp_path / "whole")
    # The group, its table, two arrays, and of each image two chunks and a record; the zeros of
    # the mask and of the record without columns need no file.
    steps = written[0]
    assert steps == len(contents(tmp_path / "whole"))
    assert 4 + 3 * len(ENTRIES) <= steps <= 4 + 4 * len(ENTRIES)
    for step in range(steps):
        broken = tmp_path / f"broken-{step}"
        with monkeypatch.context() as patched:
            kill_at(patched, step, end)
            with pytest.raises(Killed):
                fill(broken)
        if (broken / "zarr.json").exists():
            library = Library(broken)
            for index in filter(library.has, range(len(library))):
                check(library, index)
        fill(broken)
        assert contents(broken) == contents(tmp_path / "whole")


@pytest.mark.parametrize("step", [0, 1])
def test_a_kill_as_it_grows_leaves_it_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    make(tmp_path / "lib", 2).put(1, ENTRIES[1])
    with monkeypatch.context() as patched:
        kill_at(patched, step, half_a_name)
        with pytest.raises(Killed):
            make(tmp_path / "lib", 4)
    assert len(Library(tmp_path / "lib")) == 2
    check(Library(tmp_path / "lib"), 1)
    fill(tmp_path / "lib")
    fill(tmp_path / "whole")
    assert contents(tmp_path / "lib") == contents(tmp_path / "whole")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_process_that_is_killed_leaves_whole_images(tmp_path: Path) -> None:
    make(tmp_path, 100_000)
    endless = WRITER.replace(", 40, 2", ", 100_000, 2")
    writer = subprocess.Popen([sys.executable, "-c", endless, str(tmp_path), "0"])
    while not (tmp_path / "table" / "000012" / "zarr.json").exists():
        assert writer.poll() is None
    writer.kill()
    writer.wait()
    library = Library(tmp_path)
    there = [index for index in range(0, 1000, 2) if library.has(index)]
    assert there[:7] == [0, 2, 4, 6, 8, 10, 12]
    for index in there:
        assert (library[index].images["seen"] == index).all()


# What is refused


@pytest.mark.parametrize("part", ["seen", "mask", "table"])
def test_a_full_disk_is_one_sentence_and_the_image_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    library = make(tmp_path)
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if part in path.parts:
            raise OSError(errno.ENOSPC, "no")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(
        FileError, match=rf"{part}.* cannot be written: no space left .* free"
    ) as refused:
        library.put(1, ENTRIES[1])
    assert "\n" not in str(refused.value)
    assert not library.has(1)
    monkeypatch.undo()
    library.put(1, ENTRIES[1])
    check(library, 1)


def test_another_identity_or_other_kinds_are_refused(tmp_path: Path) -> None:
    fill(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(FileError, match="another recipe or seed"):
        make(tmp_path, identity="of another")
    with pytest.raises(FileError, match="another recipe or seed"):
        Library.create(tmp_path, "by hand", size=(8, 9), count=9, kinds={"seen": "f4"})
    assert contents(tmp_path) == before


@pytest.mark.parametrize("attributes", [{}, {"colonnade_library": 99, "images": []}])
def test_a_group_of_another_version_is_refused(tmp_path: Path, attributes: dict[str, Any]) -> None:
    zarr.create_group(str(tmp_path / "lib"), attributes=attributes)
    with pytest.raises(FileError, match="lib"):
        Library(tmp_path / "lib")
    with pytest.raises(FileError, match="lib"):
        make(tmp_path / "lib")


def test_a_library_of_the_version_before_is_refused_with_advice(tmp_path: Path) -> None:
    group = zarr.create_group(str(tmp_path / "lib"), zarr_format=2)
    group.attrs.update({"colonnade_library": 2, "identity": "a"})
    before = contents(tmp_path)
    for begin in (Library, make):
        with pytest.raises(FileError, match=r"older Colonnade.*make it again"):
            begin(tmp_path / "lib")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"zarr_format": 3}', b"\xff\xfe"])
def test_a_damaged_group_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "zarr.json").write_bytes(content)
    with pytest.raises(FileError, match="not a library"):
        Library(tmp_path)


def test_a_folder_of_other_things_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("meow")
    with pytest.raises(FileError, match="not empty and not a library"):
        make(tmp_path / "photos")
    with pytest.raises(FileError, match="not a library"):
        Library(tmp_path / "photos")
    with pytest.raises(FileError, match="not a library"):
        Library(tmp_path / "none")
    assert list(contents(tmp_path)) == ["photos/cat.jpg"]
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is open to root")
def test_a_library_that_is_closed_to_us_can_be_read(tmp_path: Path) -> None:
    fill(tmp_path)
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        check(Library(tmp_path), 2)
        with pytest.raises(FileError, match="permission"):
            Library(tmp_path).put(2, ENTRIES[2])
    finally:
        for path in (tmp_path, *tmp_path.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


POINTS_BEHIND_ITS_END = bytes.fromhex("02018404 00100000 00100000 00000040 00000020") + bytes(99)
"""A chunk of Blosc that states to be larger than it is, so that Blosc would read on behind it."""


@pytest.mark.parametrize("part", ["seen/c.2.0.0", "table/000002/zarr.json", "table/000002/c.0.0"])
@pytest.mark.parametrize("content", [b"", b"half of what was there", POINTS_BEHIND_ITS_END])
def test_a_damaged_image_is_named_and_made_again(
    tmp_path: Path, part: str, content: bytes
) -> None:
    fill(tmp_path)
    (tmp_path / part).write_bytes(content)
    library = Library(tmp_path)
    with pytest.raises(FileError, match=r"image 2 of .* is damaged: remove .*000002") as refused:
        _ = library[2]
    assert "\n" not in str(refused.value)
    check(library, 1)
    shutil.rmtree(tmp_path / "table" / "000002")
    fill(tmp_path)
    check(Library(tmp_path), 2)

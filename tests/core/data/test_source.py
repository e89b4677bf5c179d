"""Sources of any wing: filled into libraries and read again, here with numbers for images."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from colonnade.core.data import fill
from colonnade.core.data.fill import LARGEST_SHARE, fill_library
from colonnade.core.data.library import Entry, Library
from colonnade.core.data.source import Collection, Source, StoredSource
from colonnade.core.data.split import FewFamiliesError
from colonnade.core.errors import FileError

SIZE = (3, 4)


@dataclass(frozen=True)
class Number:
    """A labelled image of a wing that knows nothing but numbers."""

    value: float
    parity: str
    pixels: NDArray[np.float32]
    name: str = ""


@dataclass(frozen=True)
class Counting:
    """Counts from a number on."""

    start: int = 100

    @property
    def identity(self) -> str:
        return f"from {self.start}\n"

    def __call__(self, index: int) -> Number:
        value = self.start + index
        parity = ("even", "odd", "both", "none")[value % 2 if value % 5 else 2 + value % 2]
        return Number(value, parity, np.full(SIZE, value, np.float32))


def entry_of(made: Number) -> Entry:
    return Entry(
        {"pixels": made.pixels, "other": made.pixels},
        None,
        {"value": np.array([made.value])},
        {"parity": made.parity},
    )


class Stored(StoredSource[Number]):
    """Numbers from a library."""

    kinds = ("pixels",)
    family = "parity"

    def families(self, entry: Entry) -> frozenset[str]:
        names = {"both": ("even", "odd"), "none": ()}
        parity = str(entry.drawn["parity"])
        return frozenset(names.get(parity, (parity,)))

    def restore(self, entry: Entry, name: str) -> Number:
        assert set(entry.images) == {"pixels"}
        value = float(entry.table["value"][0])
        return Number(value, str(entry.drawn["parity"]), entry.images["pixels"], name)


def begin(folder: Path, count: int, source: Counting) -> None:
    kinds = dict.fromkeys(("pixels", "other"), "f4")
    Library.create(folder, source.identity, size=SIZE, count=count, kinds=kinds)


def make(folder: Path, count: int, start: int = 100) -> Path:
    source = Counting(start)
    begin(folder, count, source)
    fill_library(folder, source, entry_of, count, lambda done, of: None)
    return folder


def test_a_stored_source_gives_what_its_source_gave(tmp_path: Path) -> None:
    stored: Collection[Number] = Stored(make(tmp_path, 7))
    source: Source[Number] = Counting()
    assert len(stored) == 7
    assert stored.identity == source.identity
    for index in range(7):
        one, back = source(index), stored(index)
        assert (back.value, back.parity) == (one.value, one.parity)
        np.testing.assert_array_equal(back.pixels, one.pixels)
        assert back.name == f"{index:06d}"
    assert stored(9).value == stored(2).value


def test_the_parts_share_no_family_and_have_identities_of_their_own(tmp_path: Path) -> None:
    make(tmp_path, 40)
    parts = {part: Stored(tmp_path, part) for part in ("all", "train", "test")}
    shown = {
        part: {source(i).parity for i in range(len(source))} - {"none"}
        for part, source in parts.items()
    }
    assert sorted(shown["train"] | shown["test"]) == ["even", "odd"]
    assert len(shown["train"]) == len(shown["test"]) == 1
    assert shown["all"] == {"even", "odd", "both"}
    assert len({source.identity for source in parts.values()}) == 3


def test_too_few_families_are_said_in_the_words_of_the_wing(tmp_path: Path) -> None:
    make(tmp_path, 1, start=102)
    with pytest.raises(FewFamiliesError, match=r"no parity is on both sides.*they show even only"):
        Stored(tmp_path, "train")


def test_a_library_that_is_to_have_no_images_is_no_source(tmp_path: Path) -> None:
    begin(tmp_path, 0, Counting())
    with pytest.raises(FileError, match="no images"):
        Stored(tmp_path)


def test_a_library_of_another_wing_is_refused(tmp_path: Path) -> None:
    Library.create(tmp_path, "a", size=SIZE, count=2, kinds={"slices": "f4"})
    with pytest.raises(FileError, match="of another wing: its images have no pixels"):
        Stored(tmp_path)


# Filling


@dataclass
class Told:
    """Counts which images are made, and stops at one."""

    source: Counting
    stop_at: int
    made: list[int]

    @property
    def identity(self) -> str:
        return self.source.identity

    def __call__(self, index: int) -> Number:
        if index == self.stop_at:
            raise KeyboardInterrupt
        self.made.append(index)
        return self.source(index)


@pytest.mark.parametrize("stop_at", [0, 3, 6])
def test_what_was_stopped_goes_on_and_makes_nothing_twice(tmp_path: Path, stop_at: int) -> None:
    begin(tmp_path, 7, Counting())
    made: list[int] = []
    steps: list[tuple[int, int]] = []

    def note(done: int, of: int) -> None:
        steps.append((done, of))

    with pytest.raises(KeyboardInterrupt):
        fill_library(tmp_path, Told(Counting(), stop_at, made), entry_of, 7, note)
    assert steps[-1] == (stop_at, 7)
    del steps[:]
    fill_library(tmp_path, Told(Counting(), -1, made), entry_of, 7, note)
    assert made == list(range(7))
    assert steps == [(done, 7) for done in range(stop_at, 8)]


def test_gaps_are_filled_and_what_another_run_made_is_left(tmp_path: Path) -> None:
    begin(tmp_path, 6, Counting())
    library, source = Library(tmp_path), Counting()
    for index in (1, 4):
        library.put(index, entry_of(source(index)))
    made: list[int] = []

    def beside(done: int, of: int) -> None:
        if done == 3:  # as if another process worked at the same time
            library.put(5, entry_of(source(5)))

    fill_library(tmp_path, Told(source, -1, made), entry_of, 6, beside)
    assert made == [0, 2, 3]


def test_shares_are_many_and_none_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[list[int]] = []

    def look(
        function: Callable[[list[int]], int], items: list[list[int]], **who: object
    ) -> Iterator[int]:
        shares[:] = items
        return iter([len(share) for share in items])

    monkeypatch.setattr(fill, "run", look)
    for count in (1, 64, 640, 5000):
        begin(tmp_path / str(count), count, Counting())
        fill_library(tmp_path / str(count), Counting(), entry_of, count, lambda done, of: None)
        assert [index for share in shares for index in share] == list(range(count))
        assert max(map(len, shares)) <= LARGEST_SHARE
        assert len(shares) >= min(count, 64)

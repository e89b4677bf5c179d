"""Where labelled images come from, whatever a wing's images are."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np

from colonnade.core.data.library import Entry, Library
from colonnade.core.data.split import Families, Part, split_by_family
from colonnade.core.errors import FileError

Labelled = TypeVar("Labelled")
"""An image with its truth, as a wing has it."""

LabelledOut = TypeVar("LabelledOut", covariant=True)


class Source(Protocol[LabelledOut]):
    """Gives labelled image number `i`, always the same."""

    @property
    def identity(self) -> str:
        """Text that determines every image."""

    def __call__(self, index: int) -> LabelledOut:
        """Give one labelled image."""


class Collection(Source[LabelledOut], Protocol[LabelledOut]):
    """A source of so many different images."""

    def __len__(self) -> int:
        """Count the images."""


class StoredSource(ABC, Generic[Labelled]):
    """Reads the images of a library, over and over again.

    Parameters
    ----------
    folder
        Of the library.
    part
        All images, or one side of a split that no family is on both sides of.
    """

    kinds: tuple[str, ...]
    """Those images of an entry that are read."""

    family: str
    """What must not be on both sides of a split, such as "crystal"."""

    def __init__(self, folder: Path, part: Part = "all") -> None:
        self.library, self.part = Library(folder), part
        if not len(self.library):
            raise FileError(f"the library {folder} is to have no images; simulate some")
        if lacking := [kind for kind in self.kinds if kind not in self.library.kinds]:
            raise FileError(
                f"the library {folder} is of another wing: its images have no {lacking[0]}"
            )
        self.numbers = np.arange(len(self.library))
        if part != "all":
            entries = (self.library.read(int(number), ()) for number in self.numbers)
            shown = [self.families(entry) for entry in entries]
            self.numbers = split_by_family(shown, part, self.family)

    @abstractmethod
    def families(self, entry: Entry) -> Families:
        """Say what an image shows that must not be on both sides of a split."""

    @abstractmethod
    def restore(self, entry: Entry, name: str) -> Labelled:
        """Make a labelled image of what the library keeps of it."""

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def identity(self) -> str:
        """The text that the library was made from, and which part of it this is."""
        part = "" if self.part == "all" else f"part = {self.part}\n"
        return self.library.identity + part

    def __call__(self, index: int) -> Labelled:
        """Read one image."""
        number = int(self.numbers[index % len(self)])
        return self.restore(self.library.read(number, self.kinds), f"{number:06d}")

"""Labelled images on disk as a training takes them: some to learn from, others to be tested on."""

from pathlib import Path

from colonnade.atoms.library.sources import LibrarySource
from colonnade.atoms.library.temimagenet import TemImageNet, find_truth
from colonnade.atoms.simulate.image import Simulated
from colonnade.core.data.source import Collection
from colonnade.core.data.split import FewFamiliesError, Part
from colonnade.core.errors import warn


def open_images(folder: Path, part: Part = "all") -> Collection[Simulated]:
    """Open a library, or a folder in the layout of TEM-ImageNet.

    Parameters
    ----------
    folder
        Where the images are.
    part
        All of them, or one side of a split that no crystal is on both sides of.
    """
    if find_truth(folder) is not None:
        return TemImageNet(folder, part)
    return LibrarySource(folder, part)


def open_split(folder: Path) -> tuple[Collection[Simulated], Collection[Simulated] | None]:
    """Open images to train on, and others of other crystals to test on.

    Where there are too few crystals for that, which is said in a warning, all are to train on.
    """
    try:
        return open_images(folder, "train"), open_images(folder, "test")
    except FewFamiliesError:
        warn(f"{folder} has too few crystals to keep some aside; scores are of simulated images")
        return open_images(folder), None

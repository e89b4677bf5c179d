"""Labelled image libraries on disk, as Zarr."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import FileError
from colonnade.core.writing import make_folder

VERSION = 1


@dataclass(frozen=True, eq=False)
class Entry:
    """One labelled image.

    Parameters
    ----------
    image
        What a network is shown, axes (y, x).
    clean
        The same without noise.
    pixel_size
        Along (y, x) [nm].
    table
        The truth: named values of equal length, one for each object.
    """

    image: NDArray[np.float32]
    clean: NDArray[np.float32]
    pixel_size: tuple[float, float]
    table: Mapping[str, NDArray[Any]]


class Library:
    """Labelled images, each in a chunk of its own, so that they can be written in any order."""

    def __init__(self, group: Any) -> None:
        self._group = group

    @classmethod
    def create(cls, folder: Path, identity: str, size: tuple[int, int], count: int) -> "Library":
        """Begin a library, or go on with one that was begun with the same identity.

        Parameters
        ----------
        folder
            Where to keep it.
        identity
            Text that determines every image, such as a recipe and a seed.
        size
            Rows and columns of the images.
        count
            Number of images.
        """
        import zarr

        if (folder / ".zgroup").exists():
            library = cls.open(folder)
            if library.identity != identity:
                raise FileError(
                    f"{folder} holds a library of another recipe or seed; choose another folder"
                )
            library._resize(count)
            return library
        make_folder(folder)
        if any(folder.iterdir()):
            raise FileError(f"{folder} is not empty and not a library; choose another folder")
        group = zarr.open_group(str(folder), mode="w")
        for name in ("image", "clean"):
            group.create_dataset(name, shape=(count, *size), chunks=(1, *size), dtype="f4")
        group.create_dataset("pixel_size", shape=(count, 2), chunks=(1, 2), dtype="f8")
        group.create_group("table")
        group.create_dataset("done", shape=(count,), chunks=(1,), dtype="bool")
        # Written last: a folder without it is no library yet.
        group.attrs.update(colonnade_library=VERSION, identity=identity)
        return cls(group)

    @classmethod
    def open(cls, folder: Path) -> "Library":
        """Open a library to read it."""
        import zarr

        try:
            group = zarr.open_group(str(folder), mode="r+")
        except (ValueError, OSError) as error:
            raise FileError(f"{folder} is not a library of images") from error
        if group.attrs.get("colonnade_library") != VERSION:
            raise FileError(f"{folder} is not a library that this Colonnade reads")
        return cls(group)

    @property
    def identity(self) -> str:
        """Text that determines every image."""
        return str(self._group.attrs["identity"])

    def __len__(self) -> int:
        return int(self._group["done"].shape[0])

    def has(self, index: int) -> bool:
        """Whether an image is there, whole."""
        return bool(self._group["done"][index])

    def put(self, index: int, entry: Entry) -> None:
        """Write one image."""
        self._group["image"][index] = entry.image
        self._group["clean"][index] = entry.clean
        self._group["pixel_size"][index] = entry.pixel_size
        table = np.stack([np.asarray(values, "f8") for values in entry.table.values()])
        array = self._group["table"].array(_key(index), table, overwrite=True)
        array.attrs["names"] = list(entry.table)
        self._group["done"][index] = True

    def __getitem__(self, index: int) -> Entry:
        if not self.has(index):
            raise FileError(f"image {index} of the library is not there; finish simulating it")
        table = self._group["table"][_key(index)]
        size_y, size_x = self._group["pixel_size"][index]
        return Entry(
            self._group["image"][index],
            self._group["clean"][index],
            (float(size_y), float(size_x)),
            dict(zip(table.attrs["names"], np.asarray(table), strict=True)),
        )

    def _resize(self, count: int) -> None:
        if count > len(self):
            for name in ("image", "clean", "pixel_size", "done"):
                array = self._group[name]
                array.resize(count, *array.shape[1:])


def _key(index: int) -> str:
    return f"{index:06d}"

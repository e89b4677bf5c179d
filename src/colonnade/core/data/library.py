"""Labelled image libraries on disk, as Zarr.

A library opens with zarr alone. Each kind of image is an array (image, y, x) in which every image
is a chunk. What else is known of image 42 is the array ``table/000042``: its rows are the values
that the attribute ``names`` lists, and ``pixel_size`` and ``drawn`` are attributes too. This
record is written last, so that an image which has one is there, whole.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import FileError
from colonnade.core.work.writing import make_folder

VERSION = 2

KEPT_BITS = 12
"""Of the 23 bits behind the binary point, those that rounded images keep: 4 decimal digits."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One labelled image.

    Parameters
    ----------
    images
        What a network is shown and what it may learn, by name; axes (y, x).
    pixel_size
        Along (y, x) [nm], or None where it is not known.
    table
        The truth: named values of equal length, one for each object.
    drawn
        What the image was made with, by name.
    """

    images: Mapping[str, NDArray[Any]]
    pixel_size: tuple[float, float] | None
    table: Mapping[str, NDArray[Any]]
    drawn: Mapping[str, float | str] = field(default_factory=dict)


class Library:
    """Labelled images, each in a chunk of its own.

    Processes may write different images at the same time, and read while others write.
    """

    def __init__(self, group: Any) -> None:
        self._group = group
        self._arrays = dict(group.arrays())

    @classmethod
    def create(
        cls,
        folder: Path,
        identity: str,
        *,
        size: tuple[int, int],
        count: int,
        kinds: Mapping[str, str],
        rounded: Collection[str] = (),
    ) -> "Library":
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
            Number of images; a library that has more keeps them.
        kinds
            Names of the images that each entry has, and their NumPy types.
        rounded
            Those of them that are kept to 4 decimal digits, as they then take half of the room.
        """
        import zarr

        if (folder / ".zgroup").exists():
            library = cls.open(folder)
            if library.identity != identity:
                raise FileError(
                    f"{folder} holds a library of another recipe or seed; choose another folder"
                )
        else:
            make_folder(folder)
            if any(folder.iterdir()):
                raise FileError(f"{folder} is not empty and not a library; choose another folder")
            group = zarr.open_group(str(folder), mode="w")
            group.attrs.put({"colonnade_library": VERSION, "identity": identity})
            group.require_group("table")
            library = cls(group)
        for name, dtype in kinds.items():
            library._provide(name, (count, *size), dtype, name in rounded)
        return library

    @classmethod
    def open(cls, folder: Path) -> "Library":
        """Open a library to read it, or to write images that it is to have."""
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
        """Count the images that the library is to have, those to come too."""
        return min((len(array) for array in self._arrays.values()), default=0)

    def has(self, index: int) -> bool:
        """Whether an image is there, whole."""
        return f"{_record(index)}/.zarray" in self._group.store

    def put(self, index: int, entry: Entry) -> None:
        """Write one image.

        Raises
        ------
        FileError
            If the disk is full, or closed to us; then the image is not there.
        """
        try:
            for name, array in self._arrays.items():
                array[index] = entry.images[name]
            self._put_record(index, entry)
        except OSError as error:
            reason = os.strerror(error.errno).lower() if error.errno else str(error)
            folder = self._group.store.path
            raise FileError(f"image {index} cannot be written to {folder}: {reason}") from error

    def __getitem__(self, index: int) -> Entry:
        return self.read(index, self._arrays)

    def read(self, index: int, names: Collection[str]) -> Entry:
        """Read one image, and of its kinds only those that are named."""
        if not self.has(index):
            raise FileError(f"image {index} of the library is not there; finish simulating it")
        table = self._group[_record(index)]
        known = table.attrs.asdict()
        size = known["pixel_size"]
        return Entry(
            images={name: self._arrays[name][index] for name in names},
            pixel_size=None if size is None else (size[0], size[1]),
            table=dict(zip(known["names"], table[:], strict=True)),
            drawn=known["drawn"],
        )

    def _provide(self, name: str, shape: tuple[int, int, int], dtype: str, rounded: bool) -> None:
        """See that an array is there and large enough."""
        from numcodecs import BitRound

        if name not in self._arrays:
            self._arrays[name] = self._group.create_dataset(
                name,
                shape=shape,
                chunks=(1, *shape[1:]),
                dtype=dtype,
                filters=[BitRound(KEPT_BITS)] if rounded else None,
                compressor=_compressor(shape[1] * shape[2] * np.dtype(dtype).itemsize),
                dimension_separator=".",
            )
        elif len(self._arrays[name]) < shape[0]:
            self._arrays[name].resize(shape)

    def _put_record(self, index: int, entry: Entry) -> None:
        import zarr

        table = np.stack([np.asarray(values, "f8") for values in entry.table.values()])
        files: dict[str, bytes] = {}
        chunks = (table.shape[0], max(1, table.shape[1]))
        array = zarr.array(
            table, store=files, chunks=chunks, compressor=_compressor(8 * chunks[0] * chunks[1])
        )
        array.attrs.put(
            {
                "names": list(entry.table),
                "pixel_size": entry.pixel_size and [float(size) for size in entry.pixel_size],
                "drawn": dict(entry.drawn),
            }
        )
        # For zarr and for us, an array is there once its .zarray is.
        for name in sorted(files, key=lambda name: name == ".zarray"):
            self._group.store[f"{_record(index)}/{name}"] = files[name]


def _record(index: int) -> str:
    return f"table/{index:06d}"


def _compressor(size: int) -> Any:
    """Compress a chunk of so many bytes as one block: no threads, so always the same bytes."""
    from numcodecs import Blosc

    return Blosc("zstd", clevel=1, shuffle=Blosc.BITSHUFFLE, blocksize=size)

"""Labelled image libraries on disk, as Zarr.

A library opens with zarr alone. Each kind of image is an array (image, y, x), or of stacks an
array (stack, z, y, x), in which every entry is a chunk. What else is known of image 42 is the
array ``table/000042``: its rows are the values that the attribute ``names`` lists, and
``pixel_size`` and ``drawn`` are attributes too. Its ``zarr.json`` is written last, so that an
image which has one is there, whole.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Single
from colonnade.core.errors import FileError
from colonnade.core.work.contents import write_bytes
from colonnade.core.work.writing import make_folder

VERSION = 3

SINGLE_BITS = 23
"""Bits behind the binary point of a number in single precision."""

KEPT_BITS = 12
"""Those of them that rounded images keep: 4 decimal digits."""

METADATA = "zarr.json"
"""File that makes a folder a group or an array."""

OLD_METADATA = ".zgroup"
"""The same in libraries of version 2, which are of Zarr format 2."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One labelled image.

    Parameters
    ----------
    images
        What a network is shown and what it may learn, by name; axes (y, x), of stacks (z, y, x).
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

    Parameters
    ----------
    folder
        Of a library that was begun by `create`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._group = _open_group(folder)
        self._names: list[str] = self._group.attrs["images"]
        self._arrays = {name: self._group[name] for name in self._names if name in self._group}

    @classmethod
    def create(
        cls,
        folder: Path,
        identity: str,
        *,
        size: tuple[int, ...] | Mapping[str, tuple[int, ...]],
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
            Rows and columns of the images, and how many lie in a stack; where kinds differ, those
            of each.
        count
            Number of images; a library that has more keeps them.
        kinds
            Names of the images that each entry has, and their NumPy types.
        rounded
            Those of them that are kept to 4 decimal digits, as they then take half of the room;
            their type is ``f4``.
        """
        if not _is_begun(folder):
            _begin(folder, {"identity": identity, "images": list(kinds)})
        library = cls(folder)
        if library.identity != identity or library.kinds != tuple(kinds):
            raise FileError(
                f"{folder} holds a library of another recipe or seed; choose another folder"
            )
        library._group.require_group("table")
        for name, dtype in kinds.items():
            shape = size[name] if isinstance(size, Mapping) else size
            library._provide(name, (count, *shape), dtype, name in rounded)
        return library

    @property
    def identity(self) -> str:
        """Text that determines every image."""
        return str(self._group.attrs["identity"])

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the images that each entry has."""
        return tuple(self._names)

    def __len__(self) -> int:
        """Count the images that the library is to have, those to come too."""
        if len(self._arrays) < len(self._names):
            return 0  # It was stopped before it had all of its arrays.
        return min((array.shape[0] for array in self._arrays.values()), default=0)

    def has(self, index: int) -> bool:
        """Whether an image is there, whole."""
        return (self._folder / _record(index) / METADATA).is_file()

    def put(self, index: int, entry: Entry) -> None:
        """Write one image.

        Raises
        ------
        FileError
            If the disk is full, or closed to us; then the image is not there.
        """
        for name, array in self._arrays.items():
            image = np.asarray(entry.images[name], array.dtype)
            bits = array.attrs.get("kept_bits")
            array[index] = image if bits is None else _rounded(image, bits)
        # For zarr and for us, an array is there once its metadata is.
        files = _record_files(entry)
        for name in sorted(files, key=METADATA.__eq__):
            write_bytes(self._folder / _record(index) / name, files[name])

    def __getitem__(self, index: int) -> Entry:
        return self.read(index, self.kinds)

    def read(self, index: int, names: Collection[str]) -> Entry:
        """Read one image, and of its kinds only those that are named."""
        if not self.has(index):
            raise FileError(f"image {index} of {self._folder} is not there; finish the library")
        try:
            return self._entry(index, names)
        except (RuntimeError, ValueError, LookupError, TypeError) as error:
            damaged = self._folder / _record(index)
            raise FileError(
                f"image {index} of {self._folder} is damaged: remove {damaged}, and make it again"
            ) from error

    def _entry(self, index: int, names: Collection[str]) -> Entry:
        from colonnade.core.files.zarr_codecs import bounded  # slow to import, as Zarr is

        table = bounded(self._folder, self._group[_record(index)])
        known = table.attrs.asdict()
        size = known["pixel_size"]
        return Entry(
            images={name: bounded(self._folder, self._arrays[name])[index] for name in names},
            pixel_size=None if size is None else (size[0], size[1]),
            table=dict(zip(known["names"], table[:], strict=True)),
            drawn=known["drawn"],
        )

    def _provide(self, name: str, shape: tuple[int, ...], dtype: str, rounded: bool) -> None:
        """See that an array is there and large enough."""
        from colonnade.core.data.store import single_chunk

        if name not in self._arrays:
            self._arrays[name] = self._group.create_array(
                name,
                shape=shape,
                dtype=dtype,
                attributes={"kept_bits": KEPT_BITS} if rounded else {},
                **single_chunk((1, *shape[1:]), np.dtype(dtype).itemsize),
            )
        elif self._arrays[name].shape[0] < shape[0]:
            self._arrays[name].resize(shape)


def _is_begun(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (METADATA, OLD_METADATA))


def _begin(folder: Path, attributes: Mapping[str, Any]) -> None:
    """Make a folder a library, by the one file that all others follow."""
    import zarr

    from colonnade.core.files.whole_files import WholeFiles

    make_folder(folder)
    # A process that was killed may have left a file that has no name yet.
    if any(not path.name.startswith(".") for path in folder.iterdir()):
        raise FileError(f"{folder} is not empty and not a library; choose another folder")
    zarr.create_group(
        WholeFiles(folder),
        attributes={"colonnade_library": VERSION, **attributes},
        zarr_format=3,
    )


def _open_group(folder: Path) -> Any:
    import zarr

    from colonnade.core.files.whole_files import WholeFiles

    if (folder / OLD_METADATA).is_file():
        raise FileError(
            f"{folder} holds a library of an older Colonnade, which this one does not read; make "
            "it again, in another folder"
        )
    if not (folder / METADATA).is_file():
        raise FileError(f"{folder} is not a library of images")
    try:
        group = zarr.open_group(WholeFiles(folder), mode="r+", zarr_format=3)
    except (ValueError, LookupError, TypeError, OSError) as error:
        raise FileError(f"{folder} is not a library of images") from error
    if group.attrs.get("colonnade_library") != VERSION:
        raise FileError(f"{folder} is not a library that this Colonnade reads")
    return group


def _record(index: int) -> str:
    return f"table/{index:06d}"


def _record_files(entry: Entry) -> dict[str, bytes]:
    """Give the files of the array that holds what is known of an image beside its pixels."""
    import zarr
    from zarr.storage import MemoryStore

    from colonnade.core.data.store import single_chunk

    # Images without objects have a table without rows.
    rows = [np.asarray(values, "f8") for values in entry.table.values()]
    table = np.stack(rows) if rows else np.empty((0, 0))
    files: dict[str, Any] = {}
    array = zarr.create_array(
        MemoryStore(files),
        shape=table.shape,
        dtype="f8",
        attributes={
            "names": list(entry.table),
            "pixel_size": entry.pixel_size and [float(size) for size in entry.pixel_size],
            "drawn": dict(entry.drawn),
        },
        zarr_format=3,
        **single_chunk((max(1, len(table)), max(1, table.shape[1])), table.itemsize),
    )
    array[:] = table
    return {name: buffer.to_bytes() for name, buffer in files.items()}


def _rounded(image: Single, bits: int) -> Single:
    """Round to so many bits behind the binary point; the zeros after them take no room."""
    dropped = SINGLE_BITS - bits
    whole = image.view(np.uint32)
    # Halfway between two numbers the even one is taken.
    odd = (whole >> dropped) & 1
    rounded: Single = ((whole + odd + 2 ** (dropped - 1) - 1) >> dropped << dropped).view("f4")
    return rounded

"""The pages of a TIFF as one stack, each decoded when it is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from colonnade.core.files.guard import import_reader
from colonnade.core.files.stored import of_each_axis
from colonnade.core.files.tiff_decode import decode_page


def stacked(pages: Sequence[Any]) -> Any:
    """Make an array of the pages of a series, all of one kind, which tifffile has listed."""
    one = pages[0].keyframe
    places = [(Path(page.parent.filehandle.path), page.offset, page.index) for page in pages]
    shape = (len(places), *one.shape)
    return import_reader("dask.array").from_array(
        _Pages(places, one.hash, shape, one.dtype),
        chunks=(1, *one.shape),
        name=f"pages-{uuid4()}",  # else all places are hashed
        meta=np.empty((0,) * len(shape), one.dtype),  # else a page is decoded to know its type
    )


@dataclass(frozen=True, eq=False)
class _Pages:
    """Pages of one kind.

    Parameters
    ----------
    places
        File and offset of each, and its number in that file.
    kind
        What tifffile calls all that pages have in common.
    shape, dtype
        Of the stack.
    """

    places: Sequence[tuple[Path, int, object]]
    kind: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __getitem__(self, part: Any) -> NDArray[Any]:
        """Decode those pages of which something is wanted."""
        chosen, *within = of_each_axis(part, self.ndim)
        if not isinstance(chosen, slice):
            return np.asarray(self._decode(chosen)[tuple(within)])
        pages = [self._decode(place)[tuple(within)] for place in range(len(self.places))[chosen]]
        return np.stack(pages)

    def _decode(self, place: int) -> NDArray[Any]:
        path, offset, index = self.places[place]
        tifffile = import_reader("tifffile")
        with tifffile.TiffFile(path) as tiff:
            tiff.filehandle.seek(offset)
            page = tifffile.TiffPage(tiff, 0)
            if page.hash != self.kind:
                raise ValueError("the file has changed since it was opened")
            return decode_page(path, page, index)

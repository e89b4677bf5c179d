"""The images of a film, mended and in ordinary grey levels, each read when it is needed."""

from collections.abc import Sequence
from typing import overload

from colonnade.core.arrays import Single
from colonnade.core.images.levels import ordinary
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.repair import as_single, mend


class Images(Sequence[Single]):
    """Grey levels of some frames of a film; where they are vast or tiny, in a unit of their own.

    Parameters
    ----------
    frames
        The film.
    numbers
        Which of them, in order.
    """

    def __init__(self, frames: Sequence[Micrograph], numbers: Sequence[int]) -> None:
        self._frames, self._numbers = frames, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Single: ...

    @overload
    def __getitem__(self, index: slice) -> "Images": ...

    def __getitem__(self, index: int | slice) -> "Single | Images":
        """Read one frame, or take some of them without reading any."""
        if isinstance(index, slice):
            return Images(self._frames, self._numbers[index])
        levels, _ = ordinary(self._frames[self._numbers[index]].pixels)
        mended, _ = mend(as_single(levels))
        return mended

"""Work through an array that may be larger than memory, block by block, and go on where it was."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import FileError, ModelError
from colonnade.core.work.parallel import Kind, outcomes
from colonnade.core.work.progress import Progress
from colonnade.core.work.record import Record

Slices = tuple[slice, ...]
"""One slice for each axis."""

Answer = Callable[[NDArray[Any]], NDArray[Any]]
"""Makes the result of a block, halo and all, from what is seen of it."""


class Source(Protocol):
    """An array that is read by slices, such as one of NumPy, Zarr or HDF5."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        ...

    def __getitem__(self, slices: Slices, /) -> Any: ...


class Sink(Protocol):
    """An array that is written by slices, such as one of Zarr, or a file mapped into memory."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        ...

    def __setitem__(self, slices: Slices, values: NDArray[Any], /) -> None: ...


@dataclass(frozen=True)
class Block:
    """A part of an array, with a halo that is clipped at the ends of the array.

    Parameters
    ----------
    index
        Number of the block along each axis.
    own
        Where it lies in the array.
    seen
        Where it lies with its halo.
    inner
        Where it lies in what is seen.
    """

    index: tuple[int, ...]
    own: Slices
    seen: Slices
    inner: Slices

    @property
    def name(self) -> str:
        """The index, as text."""
        return "-".join(map(str, self.index))


def divide(shape: Sequence[int], size: Sequence[int], halo: Sequence[int]) -> Iterator[Block]:
    """Divide an array into blocks that meet without a gap or an overlap.

    Parameters
    ----------
    shape
        Of the array.
    size
        Of a block, without its halo; the last one along an axis may be smaller.
    halo
        How much farther a block sees along each axis.
    """
    if not len(shape) == len(size) == len(halo) or min(size) < 1 or min(halo) < 0:
        raise ValueError(f"an array of {shape} has no blocks of {size} with a halo of {halo}")
    counts = [-(-length // step) for length, step in zip(shape, size, strict=True)]
    for index in product(*map(range, counts)):
        axes = [_one_axis(*each) for each in zip(index, shape, size, halo, strict=True)]
        own, seen, inner = zip(*axes, strict=True)
        yield Block(index, own, seen, inner)


def _one_axis(number: int, length: int, size: int, halo: int) -> tuple[slice, slice, slice]:
    start, stop = number * size, min((number + 1) * size, length)
    first = max(0, start - halo)
    seen = slice(first, min(stop + halo, length))
    return slice(start, stop), seen, slice(start - first, stop - first)


def work_through(
    function: Answer,
    source: Source,
    sink: Sink,
    *,
    folder: Path,
    identity: str,
    size: Sequence[int],
    halo: Sequence[int],
    factor: Sequence[int] | None = None,
    progress: Progress,
    workers: int = 1,
    scheduler: str | None = None,
    kind: Kind = "processes",
) -> None:
    """Apply a function to every block of an array that is not done, and write the results.

    At the ends of the array the halo is clipped, so that the function meets the ends as it would
    in the whole array. If it reaches no farther than the halo, the result is that of the whole.
    Blocks are read and written by this process alone.

    Parameters
    ----------
    function
        Gives for what is seen of a block, an array, one that is `factor` times as long along each
        axis.
    source
        What to work through.
    sink
        Where the results go. If it has a method ``flush``, that is called before a block counts
        as done.
    folder
        Keeps which blocks are done. It may be removed once all are.
    identity
        Text that determines the results, such as the recipe, the model and the state of the
        source.
    size, halo
        Of the blocks; see `divide`.
    factor
        How many times as long as the source the sink is along each axis; 1 by default.
    progress
        Called with the number of finished blocks and of all.
    workers, scheduler, kind
        Who does it; see `colonnade.core.work.parallel.outcomes`.

    Raises
    ------
    FileError
        If the folder keeps the record of other work.
    ModelError
        If an answer has another shape than it should.
    """
    factor = tuple(factor or [1] * len(source.shape))
    blocks = list(divide(source.shape, size, halo))
    if sink.shape != tuple(np.multiply(source.shape, factor)):
        raise ValueError(f"a sink of {sink.shape} does not fit {source.shape} times {factor}")
    division = f"{source.shape} {tuple(size)} {tuple(halo)} {factor}"
    record = _continued(Record(folder, f"{identity}\n{division}"))
    missing = [block for block in blocks if not record.has(block.name)]
    done = len(blocks) - len(missing)
    progress(done, len(blocks))
    items = ((block, np.asarray(source[block.seen])) for block in missing)
    answer = partial(_answer, function, factor)
    for outcome in outcomes(answer, items, workers=workers, scheduler=scheduler, kind=kind):
        block, _ = outcome.item
        sink[_scaled(block.own, factor)] = outcome.value()
        if hasattr(sink, "flush"):
            sink.flush()
        record.put(block.name)
        done += 1
        progress(done, len(blocks))


def _continued(record: Record) -> Record:
    if record.is_of_another:
        raise FileError(
            f"{record.folder} keeps what is done of other work, or of blocks of another size; "
            "remove it to begin anew, or choose another folder"
        )
    return record


def _answer(
    function: Answer, factor: tuple[int, ...], item: tuple[Block, NDArray[Any]]
) -> NDArray[Any]:
    block, seen = item
    answer = np.asarray(function(seen))
    expected = tuple(int(n) for n in np.multiply(seen.shape, factor))
    if answer.shape != expected:
        raise ModelError(
            f"a block of {seen.shape} was answered by {answer.shape} and not by {expected}; "
            "use a model of another factor"
        )
    return answer[_scaled(block.inner, factor)]


def _scaled(slices: Slices, factor: Sequence[int]) -> Slices:
    pairs = zip(slices, factor, strict=True)
    return tuple(slice(each.start * times, each.stop * times) for each, times in pairs)

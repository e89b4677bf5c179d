"""Fill a library from a source: in this process, in several, or on a cluster."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from colonnade.core.data.library import Entry, Library
from colonnade.core.data.source import Source
from colonnade.core.work.parallel import run
from colonnade.core.work.progress import Progress
from colonnade.core.work.temporary import remove_left

Labelled = TypeVar("Labelled")

SHARES = 64
"""A library is made in about so many shares, as far as they are large enough."""

LARGEST_SHARE = 16
"""Images of a share, at most."""


def fill_library(
    folder: Path,
    source: Source[Labelled],
    entry_of: Callable[[Labelled], Entry],
    count: int,
    progress: Progress,
    *,
    workers: int = 1,
    scheduler: str | None = None,
) -> None:
    """Write the images of a source that a library does not have yet.

    The images do not depend on how many processes make them; to the last bit, they may depend on
    the kind of processor.

    Parameters
    ----------
    folder
        Of a library that was created for so many images.
    source
        Gives the images.
    entry_of
        Gives what the library keeps of an image; a function of a module.
    count
        Number of images.
    progress
        Called with the number of finished images and of all.
    workers
        How many processes work; with one it is this one.
    scheduler
        Address of a Dask scheduler, such as ``tcp://host:8786``, whose workers are to do it
        instead. They must see the folder under the same path.
    """
    remove_left(folder, inside=True)
    library = Library(folder)
    missing = [index for index in range(count) if not library.has(index)]
    size = min(max(1, len(missing) // SHARES), LARGEST_SHARE)
    shares = [missing[start : start + size] for start in range(0, len(missing), size)]
    done = count - len(missing)
    progress(done, count)
    write = partial(_write_share, source, entry_of, folder.absolute())
    for written in run(write, shares, workers=workers, scheduler=scheduler):
        done += written
        progress(done, count)
    remove_left(folder, inside=True)  # of processes that died meanwhile


def _write_share(
    source: Source[Labelled],
    entry_of: Callable[[Labelled], Entry],
    folder: Path,
    indices: Sequence[int],
) -> int:
    library = Library(folder)
    for index in indices:
        # A worker that died, or another run, may have made it.
        if not library.has(index):
            library.put(index, entry_of(source(index)))
    return len(indices)

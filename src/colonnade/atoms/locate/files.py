"""Many files, one after the other: a bad one is reported and the rest go on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.locate import Options, Result, calibrated, joined, locate_frame
from colonnade.atoms.locate.overlay import draw_overlay, sentence
from colonnade.core.errors import ColonnadeError
from colonnade.core.files.batch import output_names
from colonnade.core.files.open import read_frames
from colonnade.core.learn.model import Model
from colonnade.core.work.writing import make_folder


@dataclass(frozen=True, eq=False)
class Job:
    """What a person asked for, the same for every file.

    Parameters
    ----------
    model
        Finds the columns.
    options
        How they are to be found.
    pixel_size
        Replaces that of the files, if there is one [nm].
    signal
        Which image, in files with several.
    frame
        Which frame of stacks; all of them if None.
    """

    model: Model
    options: Options
    pixel_size: float | None
    signal: str | None
    frame: int | None

    def locate(self, path: Path) -> Iterator[Result]:
        """Find the columns of each frame of a file."""
        for image in read_frames(path, signal=self.signal, frame=self.frame):
            yield locate_frame(calibrated(image, self.pixel_size), self.model, self.options)


def locate_files(
    paths: Sequence[Path],
    out: Path,
    job: Job,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> dict[Path, ColonnadeError]:
    """Find the columns of every file, and write a table and a picture for each.

    Parameters
    ----------
    paths
        The files.
    out
        Folder for the results.
    job
        What is asked for.
    say
        Called with each sentence for the person.
    progress
        Called with the number of finished files and of all.

    Returns
    -------
    failed
        The files that could not be done, and why.
    """
    make_folder(out)
    failed: dict[Path, ColonnadeError] = {}
    for done, (path, name) in enumerate(zip(paths, output_names(paths), strict=True)):
        progress(done, len(paths))
        try:
            _write(job.locate(path), out / name, say)
        except ColonnadeError as error:
            failed[path] = error
    progress(len(paths), len(paths))
    return failed


def _write(found: Iterable[Result], target: Path, say: Callable[[str], None]) -> None:
    """Write the table of all frames and the picture of the first; only one image is in memory."""
    table, picture = (target.with_name(f"{target.name}.columns.{kind}") for kind in ("csv", "png"))
    parts: list[Columns] = []
    notes: dict[str, None] = {}
    for one in found:
        if not parts:
            draw_overlay(one.image, one.columns, picture)
        say(sentence(one.columns, one.image.name))
        parts.append(one.columns)
        notes |= dict.fromkeys(one.notes)
    joined(parts).to_csv(table)
    for note in notes:
        say(f"  note: {note}")
    say(f"  table   {table}")
    say(f"  picture {picture}")

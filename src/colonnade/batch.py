"""Many files, one after the other: a bad one is reported and the rest go on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate import Located, Wish, calibrated, joined, locate_frame
from colonnade.atoms.overlay import draw_overlay, sentence
from colonnade.core.errors import ColonnadeError, FileError
from colonnade.core.files import read_frames
from colonnade.core.formats import SUFFIXES
from colonnade.core.model import Model
from colonnade.core.writing import make_folder


def sample() -> Path:
    """The image that the package carries."""
    return Path(str(files("colonnade") / "sample" / "sample.tif"))


def expand(images: Sequence[Path]) -> list[Path]:
    """Files that were named, those that a folder holds, and those that a pattern fits.

    Raises
    ------
    FileError
        If a folder holds no image or a pattern fits no file.
    """
    found: list[Path] = []
    for image in images:
        if image.is_dir() and image.suffix.lower() not in SUFFIXES:
            inside = sorted(p for p in image.iterdir() if _is_image(p))
            if not inside:
                raise FileError(f"the folder {image} holds no image that can be read")
            found += inside
        elif not image.exists() and any(letter in str(image) for letter in "*?["):
            fitting = sorted(Path(image.anchor).glob(str(image.relative_to(image.anchor))))
            if not fitting:
                raise FileError(f"no file fits {image}")
            found += fitting
        else:
            found.append(image)
    return list(dict.fromkeys(found)) if images else [sample()]


def _is_image(path: Path) -> bool:
    # An .emi is read through its .ser, which stands beside it; our own pictures are results.
    suffix = path.suffix.lower()
    ours = path.name.startswith(".") or path.name.endswith(".columns.png")
    return suffix in SUFFIXES and suffix != ".emi" and not ours


@dataclass(frozen=True, eq=False)
class Job:
    """What a person asked for, the same for every file.

    Parameters
    ----------
    model
        Finds the columns.
    wish
        How they are to be found.
    pixel_size
        Replaces that of the files, if there is one [nm].
    signal
        Which image, in files with several.
    frame
        Which frame of stacks; all of them if None.
    """

    model: Model
    wish: Wish
    pixel_size: float | None
    signal: str | None
    frame: int | None

    def locate(self, path: Path) -> Iterator[Located]:
        """Find the columns of each frame of a file."""
        for image in read_frames(path, signal=self.signal, frame=self.frame):
            yield locate_frame(calibrated(image, self.pixel_size), self.model, self.wish)


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


def output_names(paths: Sequence[Path]) -> list[str]:
    """A name for the results of each file: its stem, or all of its name where stems repeat."""
    stems = [path.stem for path in paths]
    names = [path.name if stems.count(path.stem) > 1 else path.stem for path in paths]
    return [
        "-".join((*path.parts[-3:-1], path.name)) if names.count(name) > 1 else name
        for path, name in zip(paths, names, strict=True)
    ]


def _write(found: Iterable[Located], target: Path, say: Callable[[str], None]) -> None:
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

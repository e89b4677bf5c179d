"""Many files, one after the other: a bad one is reported and the rest go on."""

from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from colonnade.atoms.detect import Refinement
from colonnade.atoms.locate import Located, calibrated, joined, locate_frame
from colonnade.atoms.overlay import draw_overlay, sentence
from colonnade.core.errors import ColonnadeError, FileError
from colonnade.core.files import read_frames
from colonnade.core.formats import SUFFIXES
from colonnade.core.model import Model


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
    # An .emi is read through its .ser, which stands beside it.
    suffix = path.suffix.lower()
    return not path.name.startswith(".") and suffix in SUFFIXES and suffix != ".emi"


def locate_files(
    paths: Sequence[Path],
    out: Path,
    *,
    pixel_size: float | None,
    model: Model,
    refine: Refinement,
    signal: str | None,
    frame: int | None,
    say: Callable[[str], None],
) -> dict[Path, ColonnadeError]:
    """Find the columns of every file, and write a table and a picture for each.

    Returns
    -------
    failed
        The files that could not be done, and why.
    """
    out.mkdir(parents=True, exist_ok=True)
    failed: dict[Path, ColonnadeError] = {}
    for path, stem in zip(paths, output_names(paths), strict=True):
        try:
            frames = read_frames(path, signal=signal, frame=frame)
            found = [locate_frame(calibrated(one, pixel_size), model, refine) for one in frames]
            _write(found, out / stem, say)
        except ColonnadeError as error:
            failed[path] = error
    return failed


def output_names(paths: Sequence[Path]) -> list[str]:
    """A name for the results of each file: its stem, or all of its name where stems repeat."""
    stems = [path.stem for path in paths]
    names = [path.name if stems.count(path.stem) > 1 else path.stem for path in paths]
    return [
        "-".join((*path.parts[-3:-1], path.name)) if names.count(name) > 1 else name
        for path, name in zip(paths, names, strict=True)
    ]


def _write(found: Sequence[Located], target: Path, say: Callable[[str], None]) -> None:
    columns = joined(found)
    table, picture = (target.with_name(f"{target.name}.columns.{kind}") for kind in ("csv", "png"))
    columns.to_csv(table)
    draw_overlay(found[0].image, found[0].columns, picture)
    for one in found:
        say(sentence(one.columns, one.image.name))
    for note in dict.fromkeys(note for one in found for note in one.notes):
        say(f"  note: {note}")
    say(f"  table   {table}")
    say(f"  picture {picture}")

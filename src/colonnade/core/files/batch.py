"""Which files a command is to work on, and what to call what it makes of them."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from colonnade.core.errors import FileError
from colonnade.core.files.formats import SUFFIXES


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


def output_names(paths: Sequence[Path]) -> list[str]:
    """A name for the results of each file: its stem, or all of its name where stems repeat."""
    stems = [path.stem for path in paths]
    names = [path.name if stems.count(path.stem) > 1 else path.stem for path in paths]
    return [
        "-".join((*path.parts[-3:-1], path.name)) if names.count(name) > 1 else name
        for path, name in zip(paths, names, strict=True)
    ]

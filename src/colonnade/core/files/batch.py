"""Which files a command is to work on, and what to call what it makes of them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from colonnade.core.errors import FileError
from colonnade.core.files.failures import read_failures
from colonnade.core.files.formats import SUFFIXES

FOLDERS = 3
"""Names take in at most so many of the folders that a file lies in."""


_MAPS = (
    "strain|gpa|grains|distortion|sublattices|polarisation|tilts|neighbours|bonds|spacings|counts"
    "|vacancies|displacements|planes|particles|pores"
)

OURS = re.compile(
    rf"(\.(columns|{_MAPS})\.png|\.[xz][248](\.trust)?(\.tif|\.png|\.ome\.zarr)"
    r"|\.average\.tif"
    r"|\.denoised(\.tif|\.png|\.ome\.zarr)"
    r"|\.(wbp|sirt|tv|network)(\.error)?(\.mrc|\.png|\.ome\.zarr))$"
)
"""Endings of the images that are results, and no input unless they are named."""


def sample(name: str = "sample.tif") -> Path:
    """An image or a series that the package carries."""
    return Path(str(files("colonnade") / "sample" / name))


def _never(folder: Path) -> bool:
    """Say that no folder is an input of its own."""
    return False


def inputs(
    images: Sequence[Path],
    default: Path | None = None,
    is_one: Callable[[Path], bool] = _never,
) -> dict[Path, str]:
    """Files that a command is to work on, and what to call the results of each.

    Parameters
    ----------
    images
        Files, folders and patterns; or a list of what failed in an earlier batch, whose results
        keep their names.
    default
        What to work on if there is none of these; by default the sample of a micrograph.
    is_one
        Says of a folder whether it is one input itself, such as a series of single views.

    Raises
    ------
    FileError
        If a folder holds no image, a pattern fits no file, or a list is none.
    """
    lists = [image for image in images if image.suffix.lower() == ".csv"]
    if len(lists) > 1:
        raise FileError("results of two lists may share names; give one list at a time")
    listed = read_failures(lists[0]) if lists else {}
    named = [image for image in images if image not in lists]
    found = expand(named, is_one) if named else [] if lists else [default or sample()]
    others = [path for path in found if path.absolute() not in listed]
    return listed | dict(zip(others, output_names(others, listed.values()), strict=True))


def expand(images: Sequence[Path], is_one: Callable[[Path], bool] = _never) -> list[Path]:
    """Files that were named, those that a folder holds, and those that a pattern fits.

    Parameters
    ----------
    images
        What was named.
    is_one
        Says of a folder whether it is one input itself.

    Raises
    ------
    FileError
        If a folder holds no image or a pattern fits no file.
    """
    found: list[Path] = []
    for image in images:
        if image.is_dir() and image.suffix.lower() not in SUFFIXES and not is_one(image):
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
    return list(dict.fromkeys(found))


def _is_image(path: Path) -> bool:
    # An .emi is read through its .ser, which stands beside it.
    suffix = path.suffix.lower()
    ours = path.name.startswith(".") or OURS.search(path.name) is not None
    return suffix in SUFFIXES and suffix != ".emi" and not ours


def output_names(paths: Sequence[Path], taken: Collection[str] = ()) -> list[str]:
    """Name the results of each file, so that no two files share a name on any disk.

    A name is the stem of its file. Where stems repeat, or are nothing but dots, it is the whole
    name of the file, then with the folder it lies in before it, and so on; last, a digest of the
    path tells them apart.

    Parameters
    ----------
    paths
        The files, each of them once.
    taken
        Names that none of them may have.
    """
    names = [path.stem if path.stem.strip(".") else path.name for path in paths]
    for level in range(FOLDERS + 2):
        counts = Counter(map(_as_on_disk, (*names, *taken)))
        repeated = [i for i, name in enumerate(names) if counts[_as_on_disk(name)] > 1]
        for index in repeated:
            names[index] = _longer_name(paths[index], level)
    return names


def _as_on_disk(name: str) -> str:
    """Give what two names have in common that a disk may take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _longer_name(path: Path, level: int) -> str:
    if level > FOLDERS:
        return f"{path.name}-{sha256(str(path).encode(errors='surrogatepass')).hexdigest()[:16]}"
    folders = [part for part in path.parent.parts if part not in (path.anchor, "..")]
    return "-".join((*folders[len(folders) - min(level, len(folders)) :], path.name))

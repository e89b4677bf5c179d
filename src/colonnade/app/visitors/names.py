"""What uploaded files are called on the disk: a name from a visitor is never a path."""

import re
import unicodedata
from collections.abc import Collection

_LONGEST_BYTES = 120
"""Of a name; results add endings to it, and disks take 255."""

_LONGEST_SUFFIX_BYTES = 12

_OF_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_PLAIN = "-_.,+=()@#%&' µ°"
_PATTERNS = str.maketrans("[]{}", "()()")


def clean_name(name: str) -> str:
    """Make a name that every disk takes, as near to what the visitor calls a file as can be.

    Letters and digits of all scripts stay; what stands before a slash goes, as some programs send
    whole paths, and whatever else could mean something to a disk or a shell becomes ``_``.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1].strip().translate(_PATTERNS)
    stem, dot, suffix = last.rpartition(".") if "." in last else (last, "", "")
    ending = dot + _shorten(_plain(suffix).strip(), _LONGEST_SUFFIX_BYTES).rstrip()
    stem = _shorten(_plain(stem).lstrip(" .-"), _LONGEST_BYTES - len(ending.encode()) - 1)
    stem = stem.rstrip(" .")
    return f"{'_' if not stem or _OF_DEVICES.fullmatch(stem) else ''}{stem}{ending}"


def _plain(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in _PLAIN else "_" for letter in text)


def _shorten(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def unique_name(name: str, taken: Collection[str]) -> str:
    """Number a name that another file has on any disk: ``image.tif``, ``image-2.tif``."""
    stem, dot, suffix = name.rpartition(".")
    others = {_as_on_disk(other) for other in taken}
    candidate, number = name, 1
    while _as_on_disk(candidate) in others:
        number += 1
        candidate = f"{stem}-{number}{dot}{suffix}"
    return candidate


def _as_on_disk(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())

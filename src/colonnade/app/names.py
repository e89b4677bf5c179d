"""What uploaded files are called on the disk: a name from a visitor is never a path."""

import re
import unicodedata
from collections.abc import Collection

_LONGEST_BYTES = 120
"""Of a name; results add endings to it, and disks take 255."""

_OF_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_PLAIN = "-_.,+=()[]{}@#%&' µ°"
_PATTERNS = str.maketrans("[]{}", "()()")


def clean_name(name: str) -> str:
    """Make a name that every disk takes, as near to what the visitor calls a file as can be.

    Letters and digits of all scripts stay; what stands before a slash goes, as some programs send
    whole paths, and whatever else could mean something to a disk or a shell becomes ``_``.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1].translate(_PATTERNS)
    plain = "".join(letter if letter.isalnum() or letter in _PLAIN else "_" for letter in last)
    shown = plain.strip(" .").lstrip("-")
    stem, dot, suffix = shown.rpartition(".")
    if not dot:
        stem, suffix = shown, ""
    if not stem or _OF_DEVICES.fullmatch(shown):
        stem = f"_{stem}"
    suffix = f"{dot}{_shorten(suffix, 12)}"
    return f"{_shorten(stem, _LONGEST_BYTES - len(suffix.encode()))}{suffix}"


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

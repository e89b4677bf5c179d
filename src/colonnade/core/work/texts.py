"""Read small text files of which nothing is known: a pipe, or gigabytes under a short name."""

import errno
from pathlib import Path

LARGEST = 1 << 28
"""A larger text is no table, recipe or list that a person or a program of ours wrote [bytes]."""


def read_text(
    path: Path, encoding: str = "utf-8", *, largest: int = LARGEST, errors: str = "strict"
) -> str:
    """Read a text, unless it is too large to be one; line ends stay as they are.

    Parameters
    ----------
    path
        The file.
    encoding, errors
        As for `bytes.decode`.
    largest
        Most that it may have [bytes].

    Raises
    ------
    OSError
        If it cannot be opened, is no file but a pipe or a device, which may have no end, or has
        more than `largest` bytes.
    UnicodeDecodeError
        If it has another encoding.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.ENODEV, "it is a pipe or a device, and not a file")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, f"it has more than {largest >> 20} MiB")
    return content.decode(encoding, errors)

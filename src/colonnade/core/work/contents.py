"""Write the whole content of a file at once, in a folder that is made if it is not there."""

from pathlib import Path

from colonnade.core.work.writing import atomic, make_folder


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    make_folder(path.parent)
    with atomic(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 with Unix line ends, whole or not at all.

    Bytes in the name of a file that are no text are written out, as JSON does.
    """
    write_bytes(path, text.encode(errors="backslashreplace"))

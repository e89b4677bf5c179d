"""Write the whole content of a file at once, in a folder that is made if it is not there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from colonnade.core.work.writing import atomic, make_folder


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    make_folder(path.parent)
    with atomic(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 with Unix line ends, whole or not at all."""
    write_bytes(path, text.encode())


def plain(value: Any) -> Any:
    """Give what a microscope wrote down as JSON can hold it."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return str(value)

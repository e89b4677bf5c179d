"""Metadata of any kind as JSON can hold them."""

from collections.abc import Mapping, Sequence
from typing import Any


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

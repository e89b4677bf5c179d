"""Read the fields of a card, each checked to be what it must be."""

from collections.abc import Collection
from math import inf, isfinite
from typing import Any

from colonnade.core.errors import ModelError

LARGEST_INTEGER = 2**53
"""Every integer up to this is a float as well."""

MOST_ITEMS = 1024
"""No list without a limit of its own is longer."""


class Fields:
    """The fields of a card as a file holds them.

    Every method takes the name of a field and refuses a value of another type or out of range.

    Parameters
    ----------
    content
        What was parsed from the file.
    where
        The file or the model that it comes from, for messages.
    within
        Name of the field that holds these fields, for messages.
    """

    def __init__(self, content: object, where: str, within: str = "") -> None:
        self.where, self.within = where, within
        if not isinstance(content, dict):
            raise self._damaged(within or "it", "a table", content)
        self.content: dict[str, Any] = content

    def allow(self, names: Collection[str]) -> None:
        """Refuse fields of other names."""
        unknown = [name for name in self.content if name not in names]
        if unknown:
            raise ModelError(
                f"the card of {self.where} is damaged: it has an unknown field {unknown[0]!r}"
            )

    def text(self, name: str) -> str:
        """Text without control characters, which could act on a terminal."""
        return self._text(name, self._value(name))

    def integer(self, name: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        value = self._value(name)
        if type(value) is not int or not least <= value <= most:
            raise self._damaged(self._full(name), f"a whole number from {least} to {most}", value)
        return value

    def number(self, name: str, low: float = -inf, high: float = inf) -> float:
        """A finite number from `low` to `high`."""
        return self._number(name, self._value(name), low, high)

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        """So many finite numbers."""
        values = self._value(name)
        if not isinstance(values, list | tuple) or len(values) != count:
            raise self._damaged(self._full(name), f"a list of {count} numbers", values)
        return tuple(self._number(name, value) for value in values)

    def some_numbers(self, name: str) -> tuple[float, ...]:
        """Finite numbers, however many."""
        return tuple(self._number(name, value) for value in self._list(name, MOST_ITEMS))

    def texts(self, name: str) -> tuple[str, ...]:
        """Words or sentences, however many."""
        return tuple(self._text(name, value) for value in self._list(name, MOST_ITEMS))

    def rows(self, name: str, most: int) -> tuple[tuple[float, ...], ...]:
        """At most so many rows of finite numbers, all as long as the first."""
        rows = self._list(name, most)
        for row in rows:
            if not isinstance(row, list | tuple) or len(row) != len(rows[0]):
                raise self._damaged(self._full(name), "rows of numbers of one length", row)
        return tuple(tuple(self._number(name, value) for value in row) for row in rows)

    def positive(self, name: str) -> float:
        """A finite number above 0."""
        value = self.number(name)
        if value <= 0:
            raise self._damaged(self._full(name), "above 0", value)
        return value

    def interval(self, name: str) -> tuple[float, float]:
        """Two finite numbers, the second not smaller than the first."""
        first, second = self.numbers(name, 2)
        if first > second:
            raise self._damaged(self._full(name), "a lower and a higher number", [first, second])
        return first, second

    def table(self, name: str) -> "Fields":
        """Fields within a field."""
        return Fields(self._value(name), self.where, name)

    def _value(self, name: str) -> Any:
        if name not in self.content:
            raise ModelError(f"the card of {self.where} is damaged: {self._full(name)} is missing")
        return self.content[name]

    def _list(self, name: str, most: int) -> list[Any] | tuple[Any, ...]:
        value = self._value(name)
        if not isinstance(value, list | tuple) or len(value) > most:
            raise self._damaged(self._full(name), f"a list of at most {most}", value)
        return value

    def _text(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or not all(c.isprintable() or c in "\n\t" for c in value):
            raise self._damaged(self._full(name), "text without control characters", value)
        return value

    def _number(self, name: str, value: Any, low: float = -inf, high: float = inf) -> float:
        # An integer of any length would not become a float.
        small = type(value) is int and abs(value) <= LARGEST_INTEGER
        if (
            not (small or isinstance(value, float))
            or not isfinite(value)
            or not low <= value <= high
        ):
            limits = "" if low == -inf and high == inf else f" from {low:g} to {high:g}"
            raise self._damaged(self._full(name), f"a finite number{limits}", value)
        return float(value)

    def _full(self, name: str) -> str:
        return f"{self.within}.{name}" if self.within else name

    def _damaged(self, name: str, right: str, value: object) -> ModelError:
        shown = repr(value)[:60]
        return ModelError(
            f"the card of {self.where} is damaged: {name} must be {right}, not {shown}"
        )

"""Bring a model file of an older card format to the present one."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import FORMAT, Card, format_of, parsed
from colonnade.core.learn.fields import Fields
from colonnade.core.learn.model import check_content, read_content
from colonnade.core.learn.onnx_file import OnnxFile, inspect, with_metadata
from colonnade.core.work.writing import atomic

OLDER = "2"
"""The format that can be brought to the present one.

Its card has the fields of the wing among the others, and says nothing of channels, range and
factor: all its models take one normalised image and answer at its own size.
"""


class WingPart(Protocol):
    """What a card says of its wing, checked."""

    @property
    def summary(self) -> str:
        """What the model is for, in words."""


class WingCard(Protocol):
    """The part of a card that is of one wing."""

    def of(self, card: Card) -> WingPart:
        """Read it from a card, and refuse one that is damaged or of another wing."""

    def completed(self, part: dict[str, Any]) -> dict[str, Any]:
        """Add what cards of the older format did not say."""


def upgrade(source: Path, target: Path, wing_card: Callable[[str], WingCard]) -> None:
    """Write a model with a card of the present format; its network stays the same, to the bit.

    Parameters
    ----------
    source
        A model file of format 2.
    target
        The file to write; it may be the same.
    wing_card
        Gives the part of a card of a wing, by its name. A card whose part is wrong is refused
        before anything is written.
    """
    content, where = read_content(source), str(source)
    seen = inspect(content, where)
    version = format_of(seen.metadata, where)
    if version == FORMAT:
        raise ModelError(f"{source} is of model format {FORMAT} already; it needs no upgrade")
    if version != OLDER:
        raise ModelError(
            f"{source} has model format {version}, and only format {OLDER} can be converted; "
            "train the model again"
        )
    older = Fields(parsed(seen.metadata, where), where).content
    arranged = _arranged(older, seen, where)
    wing = wing_card(str(arranged["wing"]))
    card = Card(**arranged | {"part": wing.completed(arranged["part"])})
    upgraded = with_metadata(content, card.to_metadata())
    wing.of(check_content(upgraded, where))
    with atomic(target) as temporary:
        temporary.write_bytes(upgraded)


def _arranged(older: dict[str, Any], seen: OnnxFile, where: str) -> dict[str, Any]:
    """Fields of the present card: what all wings share, and the rest as the part of the wing."""
    common = [field.name for field in dataclasses.fields(Card)]
    added = {
        "input_channels": _channels(seen.inputs, where),
        "output_channels": _channels(seen.outputs, where),
        "input_range": None,
        "factor": 1,
    }
    shared = {name: value for name, value in older.items() if name in common}
    missing = set(common) - shared.keys() - added.keys() - {"part"}
    if missing:
        raise ModelError(f"the card of {where} is damaged: {min(missing)} is missing")
    part = {name: value for name, value in older.items() if name not in common}
    return shared | added | {"part": part}


def _channels(shapes: tuple[tuple[int | None, ...], ...], where: str) -> int:
    if len(shapes) != 1 or len(shapes[0]) < 2 or shapes[0][1] is None:
        raise ModelError(
            f"{where} does not say how many channels its network has; export it again"
        )
    return shapes[0][1]

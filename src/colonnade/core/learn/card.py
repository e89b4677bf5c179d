"""The card of a model: what all wings say about a model, and the part of its wing."""

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from colonnade.core.errors import ModelError
from colonnade.core.learn.fields import Fields

FORMAT = "3"
"""Version of the card; a file of another version is refused."""

FORMAT_KEY, CARD_KEY = "colonnade_format", "colonnade_card"
"""Metadata entries of a model file."""

MOST_CHANNELS, LARGEST_FACTOR = 4096, 64
"""No model has more channels, or enlarges more along an axis."""

LARGEST_STRIDE, LARGEST_HALO = 1024, 16384
"""No model needs larger ones [px]."""

HASH_DIGITS = 64
"""Hexadecimal digits of a SHA-256."""


@dataclass(frozen=True)
class Card:
    """What a model file says about itself.

    Parameters
    ----------
    name
        What the model is called.
    wing
        Which part of Colonnade it serves, such as ``"atoms"``.
    recipe
        The training recipe, as TOML.
    data_hash
        SHA-256 of what determines the training data.
    input_channels, output_channels
        How many images it takes and how many maps it gives.
    input_range
        Lowest and highest value of its input; None where its input has no limits, as after a
        normalisation.
    factor
        Its maps have so many times as many pixels as its input along each axis.
    stride
        Its input must be a multiple of this many pixels along each axis.
    halo
        No pixel further away than this has an influence on its answer [px]; a multiple of the
        stride.
    scores
        What it reached on images that served for nothing else, by name.
    training
        How long it was trained, in words.
    failures
        Where it is known to go wrong, in words.
    part
        What its wing has to know, by name; the wing checks it.
    licence
        Of the weights.
    """

    name: str
    wing: str
    recipe: str
    data_hash: str
    input_channels: int
    output_channels: int
    input_range: tuple[float, float] | None
    factor: int
    stride: int
    halo: int
    scores: dict[str, float]
    training: str
    failures: str
    part: dict[str, Any] = field(default_factory=dict)
    licence: str = "GPL-3.0-or-later"

    def to_metadata(self) -> dict[str, str]:
        """Give the entries that a model file keeps."""
        return {FORMAT_KEY: FORMAT, CARD_KEY: json.dumps(dataclasses.asdict(self))}

    @classmethod
    def from_metadata(cls, metadata: dict[str, str], where: str) -> "Card":
        """Read the entries of a model file, and refuse what is not ours.

        Parameters
        ----------
        metadata
            Entries by key.
        where
            The file, for messages.
        """
        version = format_of(metadata, where)
        if version != FORMAT:
            advice = "install a matching version or train the model again"
            if version == "2":
                advice = f"convert it: colonnade models upgrade {where}"
            raise ModelError(
                f"{where} has model format {version}, and this Colonnade reads format {FORMAT}; "
                f"{advice}"
            )
        return _checked(Fields(parsed(metadata, where), where))


def format_of(metadata: dict[str, str], where: str) -> str:
    """Version of the card of a model file; a file without one is refused."""
    if FORMAT_KEY not in metadata:
        raise ModelError(f"{where} is an ONNX file but not a Colonnade model: it has no card")
    version = metadata[FORMAT_KEY]
    return version if version.isalnum() else repr(version[:20])


def parsed(metadata: dict[str, str], where: str) -> object:
    """What the card of a model file holds, not checked."""
    try:
        return json.loads(metadata.get(CARD_KEY, ""))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"the card of {where} is damaged: it is not JSON") from error


def _checked(fields: Fields) -> Card:
    fields.allow([one.name for one in dataclasses.fields(Card)])
    scores = fields.table("scores")
    card = Card(
        name=fields.text("name"),
        wing=fields.text("wing"),
        recipe=fields.text("recipe"),
        data_hash=fields.text("data_hash"),
        input_channels=fields.integer("input_channels", 1, MOST_CHANNELS),
        output_channels=fields.integer("output_channels", 1, MOST_CHANNELS),
        input_range=_input_range(fields),
        factor=fields.integer("factor", 1, LARGEST_FACTOR),
        stride=fields.integer("stride", 1, LARGEST_STRIDE),
        halo=fields.integer("halo", 0, LARGEST_HALO),
        scores={name: scores.number(name) for name in scores.content},
        training=fields.text("training"),
        failures=fields.text("failures"),
        part=fields.table("part").content,
        licence=fields.text("licence"),
    )
    _check_together(card, fields.where)
    return card


def _input_range(fields: Fields) -> tuple[float, float] | None:
    unlimited = fields.content.get("input_range", ()) is None
    return None if unlimited else fields.interval("input_range")


def _check_together(card: Card, where: str) -> None:
    """Refuse what each field alone does not show."""
    wrong = {
        "its halo is no multiple of its stride": card.halo % card.stride != 0,
        "its name is not printable in one line": not card.name or not card.name.isprintable(),
        "its wing is not a word": not card.wing.isidentifier(),
        "its data_hash is no SHA-256": len(card.data_hash) != HASH_DIGITS
        or not set(card.data_hash) <= set("0123456789abcdef"),
    }
    for reason, holds in wrong.items():
        if holds:
            raise ModelError(f"the card of {where} is damaged: {reason}")

"""The commands that a page offers, and the command line of a job.

Names, types, choices and meanings of options are read off the command line itself. What cannot
be read there stands here: which wing offers a command, what it works on, and which options a page
may set. None of these may name a file, as the files of a page are those that it has sent.
"""

import re
import shlex
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args

from cyclopts import Argument, CycloptsError

from colonnade.atoms.maps.kinds import KINDS
from colonnade.cli import app
from colonnade.cli.map import parse_cell, parse_region
from colonnade.core.errors import ColonnadeError
from colonnade.core.files.units import parse_length
from colonnade.core.learn.card import Card
from colonnade.core.learn.model import read_card, shipped
from colonnade.sem.card import WING as SEM
from colonnade.tomo.card import DENOISES, RECONSTRUCTS, TomoCard
from colonnade.tomo.card import WING as TOMO
from colonnade.tomo.reconstruct.angles import named_angles
from colonnade.tomo.reconstruct.named import parse_axis
from colonnade.wings import wing_card

ATOMS = "atoms"

Takes = Literal["image", "series", "table"]
"""What a command works on: images, tilt series, or the tables of columns of earlier jobs."""

Kind = Literal["text", "number", "integer", "switch", "choice"]
"""What an option may be."""

LONGEST_TEXT = 200
"""No option is longer [characters]."""

MOST_VIEWS = 10_000
"""No series has more angles."""


@dataclass(frozen=True)
class Option:
    """An option of a command.

    Parameters
    ----------
    name
        What the command calls it.
    flag
        How it is typed; nothing where its value is typed alone.
    kind
        What it may be.
    choices
        Everything that it may be, of a choice.
    default
        What it is if nobody says anything.
    meaning
        What the help of the command says of it.
    words
        What the help calls each of the choices; itself, where it says nothing.
    """

    name: str
    flag: str
    kind: Kind
    choices: tuple[str, ...] | None
    default: str | float | bool | None
    meaning: str
    words: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Verb:
    """A command as a wing offers it.

    Parameters
    ----------
    name
        Of the command.
    wing
        Whose it is.
    summary
        What it does, in a sentence.
    takes
        What it works on.
    options
        What a page may set.
    """

    name: str
    wing: str
    summary: str
    takes: Takes
    options: tuple[Option, ...]


@dataclass(frozen=True)
class _Offer:
    """Which options of a command a wing offers, and which choices the command line leaves open."""

    name: str
    wing: str
    takes: Takes
    options: str
    kinds: tuple[str, ...] = ()


_REGIONS = ("particles", "pores")

_OFFERS = (
    _Offer(
        "locate",
        ATOMS,
        "image",
        "pixel_size model detect refine threshold signal frame average",
    ),
    _Offer(
        "map",
        ATOMS,
        "table",
        "kind reference cell sublattice cage crystal undistort pixel_size",
        tuple(KINDS),
    ),
    _Offer("upscale", SEM, "image", "factor along model pixel_size signal frame report"),
    _Offer("denoise", SEM, "image", "model pixel_size signal frame"),
    _Offer("map", SEM, "image", "kind pixel_size", _REGIONS),
    _Offer(
        "reconstruct",
        TOMO,
        "series",
        "method model angles axis align weight iterations depth binning bright_field pixel_size "
        "signal report",
    ),
    _Offer("denoise", TOMO, "series", "model pixel_size signal frame"),
    _Offer("map", TOMO, "image", "kind angles pixel_size", _REGIONS),
)


@cache
def verbs() -> tuple[Verb, ...]:
    """All commands that a page offers."""
    return tuple(map(_verb, _OFFERS))


def find_verb(name: str, wing: str | None = None) -> Verb:
    """Find a command, as a wing offers it or else as the first does that has it.

    Raises
    ------
    ColonnadeError
        If there is none.
    """
    for verb in verbs():
        if verb.name == name and wing in (None, verb.wing):
            return verb
    raise ColonnadeError(f"there is no {name} for {wing or 'a page'}")


def arguments(verb: Verb, inputs: Sequence[str], options: Mapping[str, Any]) -> list[str]:
    """Give what follows the name of the program on the command line of a job.

    Parameters
    ----------
    verb
        The command.
    inputs
        Names of the files.
    options
        What was set; an option that is None, or as it is by default, is left out.

    Raises
    ------
    ColonnadeError
        If there is no such option, or it cannot be that.
    """
    known = {option.name: option for option in verb.options}
    if unknown := [name for name in options if name not in known]:
        raise ColonnadeError(f"{verb.name} has no option {unknown[0]} on this page")
    alone, flags = [], []
    for name, option in known.items():
        value = options.get(name)
        if not option.flag:
            alone += [_text(option, value)]
        elif value is not None and value != option.default:
            flags += _typed(option, value)
    tokens = [verb.name, *alone, *(_as_file(name) for name in inputs), *flags]
    try:
        app.parse_args(tokens, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise ColonnadeError(str(error)) from error
    return tokens


def command_line(tokens: Sequence[str]) -> str:
    """Write the command as a person types it."""
    return shlex.join(["colonnade", *tokens])


def _typed(option: Option, value: Any) -> list[str]:
    if option.kind == "switch":
        if not isinstance(value, bool):
            raise ColonnadeError(f"{option.flag} is on or off, and not {value}")
        return [option.flag]
    text = _text(option, value)
    # What begins with a hyphen would be taken for another option.
    return [f"{option.flag}={text}"] if text.startswith("-") else [option.flag, text]


def _text(option: Option, value: Any) -> str:
    """Check the value of an option, and write it down."""
    what = option.flag or option.name
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ColonnadeError(f"{what} must be set, as {option.kind}")
    text = str(value)
    if not text or len(text) > LONGEST_TEXT or any(map(_is_of_no_line, text)):
        raise ColonnadeError(f"{what} must be a short text of one line")
    if option.choices is not None and text not in option.choices:
        raise ColonnadeError(f"{what} is one of {', '.join(option.choices)}, and not {text}")
    if option.kind == "integer" and not isinstance(value, int) and not text.isdecimal():
        raise ColonnadeError(f"{what} is a whole number, and not {text}")
    if option.kind == "text" and option.name in _READ:
        _READ[option.name](text)
    return text


def _is_of_no_line(letter: str) -> bool:
    """Whether it controls something, ends a line, or is half a letter."""
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")


def _as_file(name: str) -> str:
    return f"./{name}" if name.startswith("-") else name


def _read_angles(text: str) -> None:
    number = r"\s*[-+]?(\d+\.?\d*|\.\d+)\s*"
    if not re.fullmatch(f"{number}:{number}:{number}", text, re.ASCII):
        raise ColonnadeError(
            f"{text} are no angles; write FIRST:LAST:STEP in degrees, such as -60:60:2, or add "
            "the file of angles that belongs to the series"
        )
    first, last, step = map(float, text.split(":"))
    if abs(last - first) > MOST_VIEWS * abs(step) > 0:
        raise ColonnadeError(f"{text} are more than {MOST_VIEWS} angles; take larger steps")
    named_angles(text)


def _read_crystal(text: str) -> None:
    if re.search(r"[/\\]|\.cif\b", text, re.IGNORECASE):
        raise ColonnadeError(f'{text} is no name of a crystal; write SrTiO3 or "Si [110]"')


_READ: dict[str, Callable[[str], object]] = {
    "pixel_size": parse_length,
    "axis": parse_axis,
    "reference": parse_region,
    "cell": parse_cell,
    "angles": _read_angles,
    "crystal": _read_crystal,
}
"""How a command reads the text of its options, to refuse what it would refuse."""


def _verb(offer: _Offer) -> Verb:
    command = app[offer.name]
    found = {
        argument.field_info.name: argument
        for argument in command.assemble_argument_collection(parse_docstring=True)
    }
    options = tuple(_option(name, found[name], offer) for name in offer.options.split())
    summary = command.help.partition("\n")[0]
    return Verb(offer.name, offer.wing, summary, offer.takes, options)


def _option(name: str, argument: Argument, offer: _Offer) -> Option:
    field = argument.field_info
    is_alone = field.default is field.empty
    choices = _choices(name, argument, offer)
    meaning = " ".join((argument.parameter.help or "").split())
    return Option(
        name,
        "" if is_alone else str(argument.name),
        _kind(argument.hint) if choices is None else "choice",
        choices,
        None if is_alone else field.default,
        meaning,
        None if choices is None else tuple(_called(choice, meaning) for choice in choices),
    )


def _called(choice: str, meaning: str) -> str:
    """What a help calls a choice that has "tv, total variation, …; or wbp, …"."""
    for clause in meaning.rstrip(".").split("; "):
        code, _, words = clause.removeprefix("or ").partition(", ")
        if code == choice and words:
            return f"{words.partition(', ')[0]} ({choice})"
    return choice


def _choices(name: str, argument: Argument, offer: _Offer) -> tuple[str, ...] | None:
    if name == "kind":
        return offer.kinds
    if name == "model":
        return models_for(offer.name)
    return argument.get_choices()


def _kind(hint: Any) -> Kind:
    named = [each for each in get_args(hint) or (hint,) if each is not NoneType]
    kinds: dict[Any, Kind] = {bool: "switch", int: "integer", float: "number"}
    return kinds.get(named[0], "text")


@cache
def models() -> dict[str, Card]:
    """Cards of the models that the package carries, by their names."""
    return {name: read_card(name) for name in shipped()}


def summary(card: Card) -> str:
    """What a model is for, in words."""
    return str(wing_card(card.wing).of(card).summary)


_MODELS: dict[str, Callable[[Card], bool]] = {
    "locate": lambda card: card.wing == ATOMS,
    "upscale": lambda card: card.wing == SEM,
    "denoise": lambda card: card.wing == TOMO and TomoCard.of(card).does == DENOISES,
    "reconstruct": lambda card: card.wing == TOMO and TomoCard.of(card).does == RECONSTRUCTS,
}


def models_for(command: str) -> tuple[str, ...]:
    """Names of the models that a command can use."""
    return tuple(name for name, card in models().items() if _MODELS[command](card))

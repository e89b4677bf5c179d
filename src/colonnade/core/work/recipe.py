"""Recipes: frozen dataclasses that read and write TOML, and refuse what they do not know."""

import ast
import dataclasses
import inspect
import json
import tomllib
import types
import typing
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from colonnade.core.errors import RecipeError
from colonnade.core.work.texts import read_text

R = TypeVar("R")
"""A frozen dataclass whose fields are scalars, tuples of scalars, or other such dataclasses."""

VERSION = 1

LARGEST = 1 << 20
"""A larger file is no recipe; to read what is in it could take minutes [bytes]."""

LARGEST_NUMBER = 1e15
"""No number of a recipe is larger, so that its square and its cube are numbers too."""

_NOT_TOML = (ValueError, RecursionError)
"""What the parser raises; the second of tables in tables without end."""

_MOST_SHOWN = 40
"""So many letters of a version are shown, which may be anything."""


def load(kind: type[R], path: Path) -> R:
    """Read a recipe file.

    Raises
    ------
    RecipeError
        If the file is not TOML, has a key that `kind` does not know, or a value of another type.
    """
    try:
        text = read_text(path, largest=LARGEST)
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"the recipe {path} cannot be read: {error}") from error
    return loads(kind, text, str(path))


def loads(kind: type[R], text: str, where: str) -> R:
    """Read a recipe from text, such as a model's card holds; see `load`.

    Parameters
    ----------
    kind
        The dataclass.
    text
        TOML.
    where
        Where it comes from, for messages.
    """
    try:
        content = tomllib.loads(text)
    except _NOT_TOML as error:
        raise RecipeError(f"the recipe {where} is not TOML: {error}") from error
    version = content.pop("version", None)
    if version != VERSION:
        given = str(version)[:_MOST_SHOWN]
        raise RecipeError(f"{where} has recipe version {given}; this Colonnade reads {VERSION}")
    return from_dict(kind, content)


def kind_of(path: Path) -> str:
    """Give the key ``kind`` of a recipe file, which tells recipes for unlike things apart.

    It is empty in a recipe for what is usual, and in one that `load` is going to refuse.
    """
    try:
        return str(tomllib.loads(read_text(path, largest=LARGEST)).get("kind", ""))
    except (OSError, *_NOT_TOML):
        return ""


def named_recipe(name: str, wing: str) -> Path:
    """Find a recipe: a file, or one that the package carries.

    Parameters
    ----------
    name
        The file, or the name of a recipe.
    wing
        The wing whose recipes have names.

    Raises
    ------
    RecipeError
        If there is neither.
    """
    if Path(name).is_file():
        return Path(name)
    carried = {path.stem: path for path in sorted(_recipes(wing).glob("*.toml"))}
    if name not in carried:
        raise RecipeError(
            f"there is no file {name}, nor a recipe of that name; there are: {', '.join(carried)}"
        )
    return carried[name]


def _recipes(wing: str) -> Path:
    """Give the folder of a wing's recipes: part of the package, or beside it in a checkout."""
    package = Path(str(files("colonnade")))
    carried = package / "recipes" / wing
    return carried if carried.is_dir() else package.parents[1] / "recipes" / wing


def dumps(recipe: Any) -> str:
    """Write a recipe as TOML, with its format version."""
    return "\n".join([f"version = {VERSION}", *_lines(to_dict(recipe), ())]) + "\n"


def to_dict(recipe: Any) -> dict[str, Any]:
    """Turn a recipe into plain dicts, lists and scalars."""
    return {
        field.name: _plain(getattr(recipe, field.name)) for field in dataclasses.fields(recipe)
    }


def from_dict(kind: type[R], content: dict[str, Any], where: str = "") -> R:
    """Build a recipe from plain values; fields that are not given keep their defaults."""
    hints = typing.get_type_hints(kind)
    unknown = [where + key for key in content if key not in hints]
    if unknown:
        known = ", ".join(sorted(hints))
        raise RecipeError(f"the recipe has an unknown key {unknown[0]!r}; it may have: {known}")
    values = {key: _typed(hints[key], value, f"{where}{key}") for key, value in content.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise RecipeError(f"the recipe is incomplete: {error}") from error


def field_meanings(recipe: Any, prefix: str = "") -> dict[str, str]:
    """Read what the fields of a recipe mean from the text below each of them.

    A field to which a class gives another default means what it means in the class above.
    """
    found: dict[str, str] = {}
    for kind in reversed(recipe.__mro__[:-1]):
        body = ast.parse(inspect.getsource(kind)).body[0]
        assert isinstance(body, ast.ClassDef)
        for item, text in zip(body.body, body.body[1:], strict=False):
            match item, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str(meaning))):
                    found[prefix + name] = " ".join(meaning.split())
    for name, kind in typing.get_type_hints(recipe).items():
        if dataclasses.is_dataclass(kind):
            found |= field_meanings(kind, f"{prefix}{name}.")
    return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return to_dict(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _typed(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise RecipeError(f"{where} must be a table, not {value!r}")
        return from_dict(typing.cast("type[Any]", hint), value, f"{where}.")
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        if value not in arguments:
            raise RecipeError(f"{where} must be one of {arguments}, not {value!r}")
        return value
    if origin is tuple:
        return _typed_tuple(arguments, value, where)
    if origin is types.UnionType or origin is typing.Union:
        raise TypeError(f"recipes have no unions: {where}")
    if hint is float and type(value) is int:
        return _typed(hint, float(max(-(10**300), min(value, 10**300))), where)
    if type(value) is not hint:
        raise RecipeError(f"{where} must be of type {hint.__name__}, not {value!r}")
    if hint is float and not abs(value) <= LARGEST_NUMBER:
        raise RecipeError(f"{where} must be a number of at most {LARGEST_NUMBER:g}, not {value!r}")
    return value


def _typed_tuple(arguments: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise RecipeError(f"{where} must be a list, not {value!r}")
    if arguments[-1] is Ellipsis:
        arguments = (arguments[0],) * len(value)
    if len(arguments) != len(value):
        raise RecipeError(f"{where} must have {len(arguments)} values, not {len(value)}")
    return tuple(_typed(hint, item, where) for hint, item in zip(arguments, value, strict=True))


def _lines(content: dict[str, Any], table: tuple[str, ...]) -> list[str]:
    scalars = {key: value for key, value in content.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in content.items() if isinstance(value, dict)}
    lines = ["", f"[{'.'.join(table)}]"] if table and (scalars or not tables) else []
    lines += [f"{key} = {_toml(value)}" for key, value in scalars.items()]
    for key, value in tables.items():
        lines += _lines(value, (*table, key))
    return lines


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON escapes as TOML does, but leaves the delete character as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value)

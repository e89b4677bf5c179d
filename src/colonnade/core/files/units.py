"""Lengths as people type them and units as microscopes write them.

Every length in Colonnade is in nm; this is where other spellings become nm.
"""

import math
import re
import unicodedata
from typing import Literal

from colonnade.core.errors import ColonnadeError

Dimension = Literal["length", "reciprocal", "angle", "energy", "time"]
"""What a unit measures; an axis of a reciprocal length or an angle is one of diffraction."""

# Spellings are compared after NFKC and case folding, so that both micro signs are one Greek mu
# and both Angstrom signs, and the two-letter form with a combining ring, are one å. On a Japanese
# Windows DigitalMicrograph writes μ in bytes that others read as ƒÊ.
_LENGTHS = {
    1e-3: "pm picometer picometers picometre picometres",
    0.1: "å a angstrom angstroms ångström ångströms ångstrom",
    1.0: "nm nanometer nanometers nanometre nanometres",
    1e3: "μm um ƒêm micron microns micrometer micrometers micrometre micrometres",
    1e6: "mm millimeter millimeters millimetre millimetres",
    1e7: "cm centimeter centimeters centimetre centimetres",
    2.54e7: "in inch inches",
    1e9: "m meter meters metre metres",
}
_NM = {name: factor for factor, names in _LENGTHS.items() for name in names.split()}

_OTHERS: dict[Dimension, str] = {
    "angle": "rad mrad μrad urad radian radians milliradian milliradians ° deg degree degrees",
    "energy": "ev kev mev electronvolt electronvolts",
    "time": "s sec second seconds ms millisecond milliseconds μs us ns min minute minutes",
}
_DIMENSIONS: dict[str, Dimension] = {
    name: dimension for dimension, names in _OTHERS.items() for name in names.split()
}

_DEGREES = {
    **dict.fromkeys(("°", "deg", "degree", "degrees"), 1.0),
    **dict.fromkeys(("rad", "radian", "radians"), math.degrees(1)),
    **dict.fromkeys(("mrad", "milliradian", "milliradians"), math.degrees(1e-3)),
}

_RECIPROCAL = re.compile(
    r"(?:(?:1|cycles?|rad)/|per)\(?(?P<under>[^()]+)\)?"
    r"|(?P<base>.+?)(?:\^|\*\*)?[({]?-1(?:\.0)?[)}]?"
)
_PIXELS = ("px", "pixel", "pixels")
_LENGTH = re.compile(r"(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?P<unit>.*)")
_HOW = "write a number and its unit, for example 9.8pm, 0.098Å or 0.0098nm"


def parse_length(text: str) -> float:
    """Read a length that carries its unit.

    Parameters
    ----------
    text
        For example ``"9.8pm"``, ``"0.098 Å"``, ``"0.0098nm"`` or ``"0.1 um"``.

    Returns
    -------
    float
        The length [nm].

    Raises
    ------
    ColonnadeError
        If there is no unit, the unit is not a length, or the number is not positive.

    Examples
    --------
    >>> round(parse_length("9.8pm"), 6)
    0.0098
    """
    parts = _LENGTH.fullmatch(_folded(text))
    if parts is None:
        raise ColonnadeError(f"'{text}' is not a length: {_HOW}")
    if not parts["unit"]:
        raise ColonnadeError(f"'{text}' has no unit: {_HOW}")
    factor = _NM.get(parts["unit"])
    if factor is None:
        raise ColonnadeError(f"'{text}' has a unit that is not a length: {_HOW}")
    length = float(parts["number"]) * factor
    if not 0 < length < math.inf:
        raise ColonnadeError(f"'{text}' is not a positive length: {_HOW}")
    return length


def to_nm(scale: float, unit: str | None) -> float | None:
    """Turn the step of a file's axis into nm.

    Parameters
    ----------
    scale
        The step from one sample to the next, in `unit`.
    unit
        The unit as the file spells it.

    Returns
    -------
    float or None
        The step [nm], or None if the unit is not a length or the step is not positive.
    """
    factor = _NM.get(_folded(unit or ""))
    if factor is None or not 0 < scale * factor < math.inf:
        return None
    return float(scale * factor)


def to_degrees(angle: float, unit: str | None) -> float | None:
    """Turn an angle of a file into degrees.

    Parameters
    ----------
    angle
        The angle, in `unit`.
    unit
        The unit as the file spells it.

    Returns
    -------
    float or None
        The angle [degrees], or None if the unit is not an angle or the angle is not finite.
    """
    factor = _DEGREES.get(_folded(unit or ""))
    if factor is None or not math.isfinite(angle):
        return None
    return float(angle * factor)


def dimension(unit: str | None) -> Dimension | None:
    """Say what a unit measures, or None if it is missing, ``px`` or not known.

    Examples
    --------
    >>> dimension("nm^-1"), dimension("keV"), dimension("<undefined>")
    ('reciprocal', 'energy', None)
    """
    name = _folded(unit or "")
    if name in _NM:
        return "length"
    if name in _DIMENSIONS:
        return _DIMENSIONS[name]
    parts = _RECIPROCAL.fullmatch(name)
    under = parts and (parts["under"] or parts["base"])
    if under in _NM or under in _PIXELS:
        return "reciprocal"
    return None


def _folded(text: str) -> str:
    """Reduce spellings to one: the Berkeley layout writes ``[n_m]`` for nm."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\N{MINUS SIGN}", "-")
    return re.sub(r"[\s_]+", "", folded).removeprefix("[").removesuffix("]")

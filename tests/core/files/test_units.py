"""Lengths and units in every spelling."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import ColonnadeError
from colonnade.core.files.units import dimension, parse_length, to_degrees, to_nm


@pytest.mark.parametrize(
    ("text", "nm"),
    [
        ("9.8pm", 0.0098),
        ("0.098Å", 0.0098),
        ("0.098\N{ANGSTROM SIGN}", 0.0098),
        ("0.098A\N{COMBINING RING ABOVE}", 0.0098),
        ("0.098 A", 0.0098),
        ("0.098 angstrom", 0.0098),
        ("0.0098nm", 0.0098),
        (" 0.0098  NM ", 0.0098),
        ("9.8e-3nm", 0.0098),
        (".1 um", 100),
        ("0.1\N{MICRO SIGN}m", 100),
        ("0.1\N{GREEK SMALL LETTER MU}m", 100),
        ("0.1\u0192\u00cam", 100),  # as a Japanese Windows writes it and others read it
        ("2 microns", 2000),
        ("1mm", 1e6),
        ("1cm", 1e7),
        ("5e-9 m", 5),
        ("+3 nanometres", 3),
    ],
)
def test_a_length_is_read_with_its_unit(text: str, nm: float) -> None:
    assert parse_length(text) == pytest.approx(nm, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0.0098", "no unit"),
        ("1e-3", "no unit"),
        ("", "not a length"),
        ("nm", "not a length"),
        ("0,098 nm", "not a length"),
        ("nan nm", "not a length"),
        ("inf nm", "not a length"),
        ("0 nm", "not a positive length"),
        ("-1nm", "not a positive length"),
        ("\N{MINUS SIGN}1nm", "not a positive length"),
        ("1e999nm", "not a positive length"),
        ("3 px", "not a length"),
        ("3 1/nm", "not a length"),
        ("3 mrad", "not a length"),
        ("3nmm", "not a length"),
    ],
)
def test_what_is_no_length_is_refused_with_an_example(text: str, why: str) -> None:
    with pytest.raises(ColonnadeError, match=why) as error:
        parse_length(text)
    assert "9.8pm" in str(error.value)
    assert repr(text)[1:-1] in str(error.value)


@given(
    st.floats(1e-6, 1e6),
    st.sampled_from([("pm", 1e-3), ("Å", 0.1), ("nm", 1.0), ("µm", 1e3), ("mm", 1e6)]),
)
def test_a_written_length_is_read_back(number: float, unit: tuple[str, float]) -> None:
    name, factor = unit
    assert math.isclose(parse_length(f"{number!r}{name}"), number * factor, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("scale", "unit", "nm"),
    [
        (2.0, "nm", 2.0),
        (2.0, "nanometer", 2.0),
        (2.0, "Nanometers", 2.0),
        (2.0, "Å", 0.2),
        (2.0, "A", 0.2),
        (2.0, "Angstrom", 0.2),
        (2.0, "pm", 0.002),
        (2.0, "µm", 2000),
        (2.0, "micron", 2000),
        (2.0, "micrometer", 2000),
        (2.0, "mm", 2e6),
        (2.0, "cm", 2e7),
        (2.0, "inch", 5.08e7),
        (2e-9, "m", 2.0),
        (2e-9, "meters", 2.0),
        (2.0, "n_m", 2.0),
        (2.0, "[n_m]", 2.0),
        (2.0, "[µ_m]", 2000),
    ],
)
def test_the_units_of_files_become_nm(scale: float, unit: str, nm: float) -> None:
    assert to_nm(scale, unit) == pytest.approx(nm, rel=1e-12)


@pytest.mark.parametrize("unit", ["", None, "px", "pixel", "<undefined>", "1/nm", "s", "furlong"])
def test_what_is_no_unit_of_length_has_no_nm(unit: str | None) -> None:
    assert to_nm(1.0, unit) is None


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf, -math.inf])
def test_a_step_that_is_not_positive_has_no_nm(scale: float) -> None:
    assert to_nm(scale, "nm") is None


@pytest.mark.parametrize(
    ("unit", "meaning"),
    [
        *((unit, "length") for unit in ("nm", "Å", "micron", "m")),
        *((unit, "reciprocal") for unit in ("1/nm", "1 / nm", "nm^-1", "nm-1", "nm⁻¹", "1/Å")),
        *((unit, "reciprocal") for unit in ("A^-1", "1/(nm)", "nm**-1", "1/m", "1/µm")),
        *((unit, "reciprocal") for unit in ("[n_m^-1]", "[1/n_m]", "nm^{-1}", "cycles/nm")),
        *((unit, "reciprocal") for unit in ("rad/nm", "per nm", "1/px", "px^-1", "cycles/pixel")),
        *((unit, "angle") for unit in ("mrad", "rad", "deg", "°", "Degrees", "[m_r_a_d]")),
        *((unit, "energy") for unit in ("eV", "keV", "electron_volt", "[e_V]")),
        *((unit, "time") for unit in ("s", "sec", "ms", "µs")),
        *(
            (unit, None)
            for unit in ("", None, "px", "<undefined>", "1/s", "counts", "-1", "1/", "1nm")
        ),
    ],
)
def test_a_unit_says_what_it_measures(unit: str | None, meaning: str | None) -> None:
    assert dimension(unit) == meaning


@pytest.mark.parametrize(
    ("angle", "unit", "degrees"),
    [
        (2.0, "deg", 2.0),
        (-60.0, "°", -60.0),
        (math.pi, "rad", 180.0),
        (1000 * math.pi / 2, "mrad", 90.0),
        (0.0, "[d_e_g]", 0.0),
        (2.0, "nm", None),
        (2.0, "", None),
        (2.0, None, None),
        (math.nan, "deg", None),
        (math.inf, "deg", None),
    ],
)
def test_the_angles_of_files_become_degrees(
    angle: float, unit: str | None, degrees: float | None
) -> None:
    assert to_degrees(angle, unit) == pytest.approx(degrees)

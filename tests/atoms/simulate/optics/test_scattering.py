"""Signals of columns: what any law must hold to, and what multislice images show."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.simulate.optics.scattering import (
    atom_signal,
    column_signal,
    diffuse_signal,
    peak_blur,
)

ATOMS = st.integers(1, 98)
SPACING = st.floats(0.2, 1.0)
THICKNESS = st.floats(0.01, 200)
EXPONENTS = st.floats(1.4, 2.0)


def strength(numbers: tuple[int, ...], period: float, exponent: float = 1.85) -> np.ndarray:
    """Sum of powers of the atomic numbers for each nm."""
    return np.array([sum(float(number) ** exponent for number in numbers) / period])


@given(ATOMS, SPACING, THICKNESS, THICKNESS, EXPONENTS)
def test_thicker_columns_scatter_more(number, spacing, first, second, exponent):
    column = strength((number,), spacing, exponent)
    thin, thick = sorted((first, second))
    # Where it is saturated, it is the same but for rounding.
    less = column_signal(column, np.array([thin]), exponent) * (1 - 1e-12)
    assert less <= column_signal(column, np.array([thick]), exponent)
    assert peak_blur(column, np.array([thin])) <= peak_blur(column, np.array([thick]))


@given(ATOMS, SPACING, THICKNESS)
def test_no_column_scatters_more_than_focusing_allows(number, spacing, thickness):
    column = strength((number,), spacing)
    single = column_signal(column, np.array([1e-4])) / 1e-4
    signal = column_signal(column, np.array([thickness]))
    assert 0 < signal <= 3.5 * single * thickness


@given(ATOMS, SPACING)
def test_thin_columns_are_linear(number, spacing):
    column = strength((number,), spacing)
    once, twice = column_signal(np.repeat(column, 2), np.array([0.01, 0.02]))
    assert twice == pytest.approx(2 * once, rel=0.02)
    assert once == pytest.approx(0.01 * atom_signal(column)[0], rel=0.02)


@given(SPACING, THICKNESS, EXPONENTS)
def test_zirconium_is_the_same_for_every_exponent(spacing, thickness, exponent):
    length = np.array([thickness])
    expected = column_signal(strength((40,), spacing), length)
    column = strength((40,), spacing, exponent)
    assert column_signal(column, length, exponent) == pytest.approx(expected)


@given(ATOMS, SPACING, THICKNESS)
def test_diffuse_background_grows_with_thickness(number, spacing, thickness):
    density = 10 * strength((number,), spacing)
    thin, thick = diffuse_signal(density, np.array([thickness, 1.1 * thickness]))
    assert 0 < thin < thick


def test_no_atoms_scatter_nothing():
    nothing = np.zeros(1)
    assert column_signal(nothing, np.array([10.0])) == 0
    assert peak_blur(nothing, np.array([10.0])) == 0.005
    assert diffuse_signal(nothing, np.array([10.0])) == 0
    assert column_signal(strength((79,), 0.4), nothing) == 0


# Frozen-phonon multislice by abTEM 1.0.11, by benchmarks/atoms/multislice_images.py: atoms
# of one repeat, repeat [nm], thickness [nm], signal [1e-6 nm²], widening beyond single atoms [nm].
MEASURED = [
    ((74,), 0.471, 0.471, 90.8, 0.0040),
    ((16, 16), 0.471, 0.471, 10.9, 0.0022),
    ((78,), 0.2775, 1.11, 512, 0.0108),
    ((78,), 0.2775, 4.99, 3148, 0.0302),
    ((78,), 0.2775, 9.99, 3529, 0.0330),
    ((79,), 0.4078, 2.04, 843, 0.0116),
    ((79,), 0.4078, 4.89, 1936, 0.0236),
    ((79,), 0.4078, 19.98, 2549, 0.0305),
    ((58,), 0.5411, 2.16, 410, 0.0100),
    ((58,), 0.5411, 20.02, 1569, 0.0215),
    ((38,), 0.3905, 1.95, 234, 0.0063),
    ((38,), 0.3905, 10.15, 955, 0.0192),
    ((38,), 0.3905, 39.83, 1517, 0.0225),
    ((22, 8), 0.3905, 5.08, 285, 0.0147),
    ((22, 8), 0.3905, 19.92, 576, 0.0140),
    ((33,), 0.3997, 9.99, 714, 0.0204),
    ((31,), 0.3997, 19.99, 813, 0.0136),
    ((14,), 0.3840, 4.99, 77.5, 0.0183),
    ((14,), 0.3840, 39.94, 301, 0.0172),
    ((12, 8), 0.4212, 2.11, 35.2, 0.0051),
    ((12, 8), 0.4212, 19.80, 245, 0.0169),
]


@pytest.mark.parametrize(("numbers", "period", "thickness", "signal", "widening"), MEASURED)
def test_signals_agree_with_multislice(numbers, period, thickness, signal, widening):
    column, length = strength(numbers, period), np.array([thickness])
    assert column_signal(column, length) == pytest.approx(signal * 1e-6, rel=0.25)
    expected = np.hypot(0.005, widening)
    assert peak_blur(column, length) == pytest.approx(expected, abs=0.008)


def test_ratios_of_columns_agree_with_multislice():
    strontium, titanium = strength((38,), 0.3905), strength((22, 8), 0.3905)
    for thickness, ratio in ((1.95, 2.52), (5.08, 2.44), (10.15, 2.31), (19.92, 2.05)):
        length = np.array([thickness])
        found = column_signal(strontium, length) / column_signal(titanium, length)
        assert found == pytest.approx(ratio, rel=0.12)


def test_platinum_wedge_agrees_with_multislice():
    # Signals of columns of 1 to 12 atoms side by side, relative to their mean.
    measured = np.array([102, 229, 393, 579, 875, 937, 1250, 1393, 1631, 1802, 1841, 2092])
    atoms = np.arange(1, 13)
    signal = column_signal(np.repeat(strength((78,), 0.27747), 12), 0.27747 * atoms)
    ratio = signal / measured
    np.testing.assert_allclose(ratio, ratio.mean(), rtol=0.15)


# Sum of Z**1.85 for each volume, thickness [nm], and the constant behind the columns.
BACKGROUNDS = [
    ("Au [100]", 4 * 79**1.85 / 0.4078**3, 19.98, 0.0956),
    ("SrTiO3 [100]", (38**1.85 + 22**1.85 + 3 * 8**1.85) / 0.3905**3, 19.92, 0.0121),
    ("SrTiO3 [100]", (38**1.85 + 22**1.85 + 3 * 8**1.85) / 0.3905**3, 39.83, 0.0270),
    ("Si [110]", 8 * 14**1.85 / 0.5431**3, 19.97, 0.0035),
    ("MgO [100]", 4 * (12**1.85 + 8**1.85) / 0.4212**3, 19.80, 0.00326),
]


@pytest.mark.parametrize(("name", "density", "thickness", "background"), BACKGROUNDS)
def test_backgrounds_agree_with_multislice(name, density, thickness, background):
    found = diffuse_signal(np.array(density), np.array([thickness]))
    assert found == pytest.approx(background, rel=0.3), name

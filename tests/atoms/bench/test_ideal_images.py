"""Ideal images: their noise is of electrons alone, and their CRLB follows the dose."""

from dataclasses import replace

import numpy as np
import pytest

from colonnade.atoms.bench.degradation_series import GOOD_PIXEL_NM, PERFECT_SCAN, perfect
from colonnade.atoms.bench.ideal_images import draw_ideal_image, draw_noise_free_image
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.microscope import Imaging
from colonnade.core.instrument.detector import Detector
from colonnade.core.instrument.postprocess import Export
from colonnade.core.work.draws import NEVER, Draws

pytest.importorskip("ase")

SIDE = 160
COUNTS = 400.0
"""Expected in the brightest pixel [e⁻]."""

RECIPE = Simulation(
    size=(SIDE, SIDE - 24),
    specimen=perfect("SrTiO3 [100]", 8.0),
    imaging=Imaging(
        pixel_size=(GOOD_PIXEL_NM, GOOD_PIXEL_NM),
        bright_field=0.0,
        dose=(1e-3, 1e15),
        counts=(COUNTS, COUNTS),
    ),
    background=Background(level=NEVER, clouds=NEVER),
    scan=PERFECT_SCAN,
    detector=Detector(
        read_noise=NEVER,
        streaks=NEVER,
        offset=NEVER,
        averaged=0,
        dropouts=0,
        saturation=0,
        bits=(0,),
    ),
    export=Export(interpolated=0, binned=0, smoothed=0, wiener=0, exported=0),
)


def draws(seed: int = 1) -> Draws:
    return Draws(np.random.default_rng(seed))


def test_the_noise_is_that_of_electrons() -> None:
    made = draw_ideal_image(RECIPE, np.random.default_rng(1))
    assert made.expected.max() == pytest.approx(COUNTS)
    assert (made.image == np.round(made.image)).all()
    excess = (made.image - made.expected) / np.sqrt(made.expected)
    assert excess.mean() == pytest.approx(0, abs=0.03)
    assert excess.var() == pytest.approx(1, abs=0.05)


def test_the_truth_is_within_the_field_and_has_a_crlb_for_every_column() -> None:
    made = draw_ideal_image(RECIPE, np.random.default_rng(2))
    assert made.crlb.shape == (len(made.columns), 2)
    assert (made.columns.positions > -0.5).all()
    assert (made.columns.positions < np.array(made.image.shape) - 0.5).all()
    assert made.columns.pixel_size == pytest.approx((GOOD_PIXEL_NM, GOOD_PIXEL_NM))
    bright = made.columns.labels["detectable"] > 0
    assert bright.any()
    # A column of so many electrons is known to a small part of a pixel.
    assert (made.crlb[bright] > 0).all()
    assert np.median(made.crlb[bright]) < 0.5


def test_four_times_the_electrons_halve_the_crlb() -> None:
    clean = draw_noise_free_image(RECIPE, draws())
    (few, wide), (many, narrow) = (clean.columns(electrons) for electrons in (1e4, 4e4))
    np.testing.assert_allclose(wide, 2 * narrow, rtol=1e-6)
    np.testing.assert_array_equal(few.positions, many.positions)
    np.testing.assert_allclose(4 * few.intensity, many.intensity)


def test_a_background_makes_the_crlb_larger_and_leaves_the_columns() -> None:
    clean = draw_noise_free_image(RECIPE, draws())
    exposure = replace(clean.exposure, total=clean.exposure.total + clean.exposure.total.max())
    pale = replace(clean, view=replace(clean.view, exposure=exposure))
    (columns, sharp), (same, blurred) = (one.columns(1e4) for one in (clean, pale))
    np.testing.assert_array_equal(columns.positions, same.positions)
    finite = np.isfinite(sharp)
    assert (blurred[finite] > sharp[finite]).all()


def test_columns_outside_the_field_are_bounded_too_but_not_given() -> None:
    clean = draw_noise_free_image(RECIPE, draws())
    columns, crlb = clean.columns(1e4)
    assert len(clean.view.positions) > len(columns) == len(crlb) == clean.view.inside.sum()
    np.testing.assert_array_equal(columns.positions, clean.view.positions[clean.view.inside])

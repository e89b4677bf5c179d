"""Dark columns are taken for dark and bright ones for bright, though gaps look like columns."""

import numpy as np
import pytest
from drawn_lattices import assert_found, lattice, quietly, recorded
from numpy.typing import NDArray

import colonnade
from colonnade import ColonnadeWarning, Model
from colonnade.atoms.locate.find.trials import Trials
from colonnade.atoms.locate.polarity import choose_scale

Array = NDArray[np.float64]


def test_dark_columns_are_those_of_the_inverted_image(model: Model) -> None:
    expected, positions = lattice()
    bright = recorded(expected)
    dark = 1000 - bright
    with pytest.warns(ColonnadeWarning, match="the columns are dark"):
        found = colonnade.locate(dark, pixel_size=0.02, model=model)
    upright = quietly(bright, model, 0.02)
    assert_found(upright, positions, 0.3)
    np.testing.assert_allclose(found.positions, upright.positions, atol=2e-2)
    np.testing.assert_allclose(found.intensity, -upright.intensity, rtol=2e-2)
    np.testing.assert_allclose(found.width, upright.width, rtol=1e-2)
    np.testing.assert_allclose(found.labels["snr"], upright.labels["snr"], rtol=1e-2)
    assert (upright.intensity > 0).all()


def test_bright_columns_are_not_called_dark(model: Model) -> None:
    """Not even where they are so close that the gaps between them stand alone."""
    for spacing, width in ((13.0, 2.3), (8.0, 2.0), (7.0, 1.8)):
        expected, _ = lattice(spacing, width, count=14)
        assert not choose_scale(Trials(recorded(expected), model), (0.02, 0.02)).dark

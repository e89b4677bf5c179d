"""The shifts of frames, by the names that files use."""

import numpy as np
import pytest

from colonnade.core.images.series.drift import Drift

DRIFT = Drift(np.array([[0.0, 0.0], [1.5, -2.0]]), np.array([[0.1, 0.2], [0.1, 0.3]]))


def test_the_table_has_pixels_and_nm_of_unequal_pixels():
    last = {name: values[1] for name, values in DRIFT.table((0.02, 0.05)).items()}
    assert last == pytest.approx(
        {
            "dy_px": 1.5,
            "dx_px": -2.0,
            "sigma_dy_px": 0.1,
            "sigma_dx_px": 0.3,
            "dy_nm": 0.03,
            "dx_nm": -0.1,
            "sigma_dy_nm": 0.002,
            "sigma_dx_nm": 0.015,
        }
    )


def test_without_a_calibration_there_is_no_nm():
    assert not [name for name in DRIFT.table(None) if name.endswith("nm")]


def test_another_frame_may_be_the_first():
    assert DRIFT.from_frame(1).shifts == pytest.approx(np.array([[-1.5, 2.0], [0.0, 0.0]]))

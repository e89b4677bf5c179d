"""The table of a drift."""

import csv

import numpy as np
import pytest

from colonnade.core.images.series.drift import Drift

DRIFT = Drift(np.array([[0.0, 0.0], [1.5, -2.0]]), np.array([[0.1, 0.2], [np.nan, 0.3]]))


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_has_pixels_and_nm_of_unequal_pixels(tmp_path):
    DRIFT.to_csv(tmp_path / "drift.csv", [3, 7], (0.02, 0.05))
    first, second = rows(tmp_path / "drift.csv")
    assert first["frame"] == "3"
    assert float(second["dy_nm"]) == pytest.approx(0.03)
    assert float(second["dx_nm"]) == pytest.approx(-0.1)
    assert float(second["sigma_dx_nm"]) == pytest.approx(0.015)
    assert second["sigma_dy_px"] == ""


def test_without_a_calibration_there_is_no_nm(tmp_path):
    DRIFT.to_csv(tmp_path / "drift.csv", [0, 1])
    assert list(rows(tmp_path / "drift.csv")[0]) == [
        "frame",
        "dy_px",
        "dx_px",
        "sigma_dy_px",
        "sigma_dx_px",
    ]


def test_another_frame_may_be_the_first():
    assert DRIFT.from_frame(1).shifts == pytest.approx(np.array([[-1.5, 2.0], [0.0, 0.0]]))

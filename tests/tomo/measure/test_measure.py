"""Particles and pores of volumes, and what a missing wedge leaves open of them."""

import json

import numpy as np
import pytest

from colonnade.core.errors import ImageError
from colonnade.core.files.write import write_mrc
from colonnade.core.images.volume import Volume
from colonnade.core.measures.wedge import Wedge
from colonnade.tomo.measure.files import is_tomogram, job
from colonnade.tomo.measure.measure import measure
from colonnade.tomo.measure.wedge import elongation

ANGLES = tuple(np.arange(-60.0, 61.0, 2.0))


def ball(radius=11.0, size=(48, 50, 52)):
    z, y, x = np.indices(size)
    away = np.sqrt((z - 24) ** 2 + (y - 25) ** 2 + (x - 26) ** 2)
    noise = np.random.default_rng(0).normal(0, 0.02, size)
    return (np.clip(radius + 0.5 - away, 0, 1) + noise).astype(np.float32)


def test_the_open_share_of_a_ball_is_that_of_the_missing_wedge():
    found = measure(Volume(ball()), angles=ANGLES)
    # Normals are open whose direction about y is: as many as directions that were not measured.
    expected = Wedge.of(ANGLES).missing
    assert found.columns["surface_open"][0] == pytest.approx(expected, abs=0.03)
    assert found.open_share == pytest.approx(expected, abs=0.03)


def test_a_plate_across_the_beam_is_open_and_one_along_it_is_not():
    across, along = (np.zeros((48, 48, 48), np.float32) for _ in range(2))
    across[20:28, 8:40, 8:40] = 1
    along[8:40, 8:40, 20:28] = 1
    open_across, open_along = (
        measure(Volume(one), angles=ANGLES).columns["surface_open"][0] for one in (across, along)
    )
    assert open_across > 0.55
    assert open_along < 0.3


def test_a_wedge_makes_volumes_and_heights_less_sure_but_not_widths():
    open_, known = measure(Volume(ball()), angles=ANGLES), measure(Volume(ball()))
    for name in ("in_plane_low_px", "in_plane_high_px", "along_z_high_px"):
        assert open_.columns[name] == pytest.approx(known.columns[name])
    assert open_.columns["along_z_low_px"][0] < 0.7 * known.columns["along_z_low_px"][0]
    assert np.ptp(open_.regions.diameters) > np.ptp(known.regions.diameters)


@pytest.mark.parametrize(("steepest", "longer"), [(60.0, 1.55), (70.0, 1.31), (90.0, 1.0)])
def test_the_elongation_is_the_published_one(steepest, longer):
    assert elongation(Wedge(-steepest, steepest)) == pytest.approx(longer, abs=0.01)


def test_pores_are_those_of_the_specimen_and_not_the_vacuum_around_it():
    solid = ball(20.0)
    z, y, x = np.indices(solid.shape)
    void = np.clip(6.5 - np.sqrt((z - 24) ** 2 + (y - 25) ** 2 + (x - 26) ** 2), 0, 1)
    found = measure(Volume((solid - void).astype(np.float32)), "pores", angles=ANGLES)
    assert found.regions.number.value == 1
    assert found.regions.shapes.diameter[0] == pytest.approx(12, abs=0.5)
    # A ball of radius 20, of which the flat ends of the field cut nothing.
    assert found.regions.fraction.value == pytest.approx((6 / 20) ** 3, rel=0.12)


def test_files_find_their_tilts_and_errors(tmp_path):
    path = tmp_path / "needle.network.mrc"
    write_mrc(path, ball(), (2.0, 2.0, 2.0))
    assert not is_tomogram(path)
    (tmp_path / "needle.network.json").write_text(json.dumps({"angles_deg": list(ANGLES)}))
    write_mrc(tmp_path / "needle.network.error.mrc", np.full((48, 50, 52), 0.1, np.float32))
    assert is_tomogram(path)
    found = job("particles", None, None).measure(path, "needle.network")
    assert found.trusted
    assert found.is_calibrated
    assert found.median_diameter.value == pytest.approx(44, rel=0.02)
    assert found.to_json()["surface_open"] == pytest.approx(Wedge.of(ANGLES).missing, abs=0.03)


def test_tilts_that_nobody_says_are_asked_for(tmp_path):
    write_mrc(tmp_path / "some.mrc", ball())
    with pytest.raises(ImageError, match="--angles"):
        job("particles", None, None).measure(tmp_path / "some.mrc", "some")

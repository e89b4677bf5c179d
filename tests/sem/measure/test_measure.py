"""Particles and pores of micrographs, with and without their trust."""

import csv
import json

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import ImageError
from colonnade.core.files.write import write_tiff
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.regions.files import measure_files
from colonnade.core.work.progress import silent
from colonnade.sem.measure.files import job, trust_of
from colonnade.sem.measure.measure import Trust, measure

RADIUS = 11.0


def scene(seed=0, noise=12.0):
    """Nine discs of a known size on a ground, with noise."""
    y, x = np.indices((200, 240))
    shown = np.zeros(y.shape)
    for down in (40, 100, 160):
        for across in (40, 120, 200):
            shown += np.clip(RADIUS + 0.5 - np.hypot(y - down, x - across), 0, 1)
    image = 50 + 120 * gaussian_filter(shown, 1.0)
    return (image + np.random.default_rng(seed).normal(0, noise, image.shape)).astype(np.float32)


@pytest.mark.parametrize("noise", [0.5, 12.0, 40.0])
def test_noisy_discs_are_counted_and_have_their_size(noise):
    found = measure(Micrograph(scene(noise=noise), (2.0, 2.0), "discs"))
    assert found.regions.number.value == 9
    assert found.median_diameter.low < 4 * RADIUS < found.median_diameter.high
    assert found.median_diameter.value == pytest.approx(4 * RADIUS, rel=0.04)
    true = 9 * np.pi * RADIUS**2 / (200 * 240)
    assert found.regions.fraction.low < true < found.regions.fraction.high
    assert "9 particles measured" in found.sentence
    assert "nm" in found.sentence


def test_pores_are_what_is_dark():
    bright, dark = measure(scene()), measure(200 - scene(), "pores")
    assert dark.regions.shapes.diameter == pytest.approx(bright.regions.shapes.diameter, rel=1e-3)
    assert "9 pores measured" in dark.sentence


def test_more_noise_makes_wider_intervals():
    widths = []
    for noise in (3.0, 40.0):
        low, high = measure(scene(noise=noise)).regions.diameters
        widths.append(float(np.mean(high - low)))
    assert widths[1] > 1.2 * widths[0]


def test_noise_alone_is_doubted():
    image = np.random.default_rng(0).normal(100, 10, (200, 200)).astype(np.float32)
    assert "not of two classes" in measure(image).sentence


def test_a_trust_map_of_another_image_is_refused():
    with pytest.raises(ImageError, match="belong together"):
        measure(scene(), trust=Trust(np.ones((10, 10)), (1, 4, 4)))


def test_files_find_their_trust_and_say_what_is_a_guess(tmp_path):
    image, width = scene(noise=0.5), np.full((200, 240), 10, np.float32)
    width[:70, :80] = 500  # the first disc lies here
    path = tmp_path / "tin.x4.tif"
    write_tiff(path, image, (5.0, 5.0))
    write_tiff(tmp_path / "tin.x4.trust.tif", width)
    assert trust_of(path) == tmp_path / "tin.x4.trust.tif"
    said = []
    assert not measure_files(
        {path: "tin.x4"}, tmp_path, job("particles", None), said.append, silent
    )
    assert "8 particles measured" in said[0]
    assert "1 more is a guess" in said[0]
    with (tmp_path / "tin.x4.particles.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["measured"] for row in rows].count("no") == 1
    (guess,) = (row for row in rows if row["measured"] == "no")
    assert float(guess["y_px"]) == pytest.approx(40, abs=0.2)
    assert float(guess["y_nm"]) == pytest.approx(200, abs=1)
    numbers = json.loads((tmp_path / "tin.x4.particles.json").read_text())
    assert numbers["count"]["value"] == 8
    assert numbers["interval_of_pixels_known"]
    assert (tmp_path / "tin.x4.particles.png").stat().st_size > 10_000
    again = []
    measure_files({path: "tin.x4"}, tmp_path, job("particles", None), again.append, silent)
    assert again[-1] == "already done: 1 of 1 files"


def test_a_stack_is_measured_as_a_volume():
    z, y, x = np.indices((40, 130, 130))
    ball = np.clip(14.5 - np.sqrt((z - 20) ** 2 + (y - 60) ** 2 + (x - 64) ** 2), 0, 1)
    noise = np.random.default_rng(1).normal(0, 8, ball.shape)
    found = measure((40 + 100 * ball + noise).astype(np.float32))
    assert found.ndim == 3
    assert found.regions.number.value == 1
    assert found.regions.shapes.diameter[0] == pytest.approx(28, rel=0.03)
    assert "volume fraction" in found.sentence

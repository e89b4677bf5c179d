"""The simulated test set: what varies along an axis is what the axis says and nothing else."""

from pathlib import Path

import numpy as np
import pytest

from colonnade.core.bench.case import Case
from colonnade.sem.bench import cases
from colonnade.sem.bench.case import TestImage as Image
from colonnade.sem.bench.test_images import (
    BLUR,
    DOSES,
    NOISE,
    PARTICLES,
    draw_test_image,
)
from colonnade.sem.simulate.instrument import GOOD

FIBRES = 6
"""Number of an image of fibres, which are drawn fast."""


def drawn(axis: str, value: float, number: int = FIBRES, series: str = "x4") -> Image:
    return draw_test_image(Case(series, axis, value, number))


def test_no_two_images_share_a_name_and_a_quick_run_has_a_part_of_them() -> None:
    every, few = (cases.list_cases(quick, None) for quick in (False, True))
    names = {case.name for case in every}
    assert len(names) == len(every)
    assert {case.name for case in few} < names
    assert len(few) < len(every) / 10


def test_an_image_is_always_the_same() -> None:
    first, second = (drawn("noise", NOISE.steps[2]) for _ in range(2))
    np.testing.assert_array_equal(first.pair.low, second.pair.low)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_noise_is_what_the_dose_gives_on_the_same_scene(step: int) -> None:
    clean, noisy = drawn("noise", NOISE.steps[0]), drawn("noise", NOISE.steps[step])
    scale = DOSES[step] / DOSES[1]
    np.testing.assert_allclose(noisy.pair.high, scale * clean.pair.high, rtol=1e-4)
    expected = scale * clean.pair.low
    ratio = (noisy.pair.low - expected).var() / expected.mean()
    # Electrons, and a detector whose variance is a share of theirs.
    assert ratio == pytest.approx(1 + GOOD.detector[0] ** 2, rel=0.1)
    assert NOISE.steps[step] == pytest.approx(100 / np.sqrt(DOSES[step]), rel=5e-3)


def test_blur_is_that_of_the_probe_on_the_same_scene() -> None:
    sharp, soft = (drawn("blur", BLUR.steps[place]) for place in (0, -1))
    np.testing.assert_allclose(sharp.pair.high, soft.pair.high, rtol=1e-4)
    assert soft.blur == pytest.approx(4 * 0.8)
    gradients = [np.abs(np.diff(one.pair.low, axis=1)).mean() for one in (sharp, soft)]
    assert gradients[1] < 0.9 * gradients[0]


@pytest.mark.parametrize("factor", [4, 8])
def test_particles_are_bright_where_they_are_said_to_be(factor: int) -> None:
    made = drawn("particle size", 12, 0, f"x{factor}")
    assert made.pair.factor == factor
    assert len(made.particles) > 20
    y, x, diameter = made.particles.T
    assert set(diameter) == {12.0}
    middle = made.pair.high[np.rint(y).astype(int), np.rint(x).astype(int)]
    assert middle.min() > 2 * np.median(made.pair.high)
    # Halfway to the edge a particle is bright on either side, so that its place is not off.
    for shift in (-4, 4):
        beside = made.pair.high[np.rint(y + shift).astype(int), np.rint(x).astype(int)]
        assert beside.min() > 1.5 * np.median(made.pair.high)
    apart = np.hypot(y[:, None] - y, x[:, None] - x)[np.triu_indices(len(y), 1)]
    assert apart.min() > 2 * 12


def test_images_are_kept_in_files_that_others_can_read(tmp_path: Path) -> None:
    case = Case("x4", PARTICLES.name, 16, 1)
    test_set = cases.TestSet((case,), None, 1)
    test_set.prepare(tmp_path, lambda done, total: None)
    kept, made = cases.read_image(tmp_path, case), draw_test_image(case)
    np.testing.assert_array_equal(kept.pair.low, made.pair.low)
    np.testing.assert_array_equal(kept.pair.high, made.pair.high)
    np.testing.assert_array_equal(kept.particles, made.particles)
    assert (kept.blur, kept.pair.factor) == (made.blur, 4)
    assert (tmp_path / "images" / "x4, particle size 16, 1.tif").exists()

"""Classical peers: each step does what it is named for, and the truth chooses the best of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.signal import lfilter

from colonnade.core.arrays import Single
from colonnade.core.bench.methods import MethodError
from colonnade.core.measures.noise import NoiseModel, measure_noise
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.adapters.oracles import denoised, sharpened
from colonnade.sem.bench.case import MethodInput, Privilege
from colonnade.sem.bench.classical import oracle
from colonnade.sem.bench.classical.denoisers import (
    DENOISERS,
    Denoiser,
    denoise,
    restore,
    stabilise,
)
from colonnade.sem.bench.classical.oracle import best_denoised, best_of_both, best_sharpened
from colonnade.sem.bench.classical.sharpening import (
    FILTERS,
    Blur,
    Chooser,
    Unsharp,
    Wiener,
    sharpen,
)

WITHOUT_BM3D = tuple(name for name in DENOISERS if name != "bm3d")


def discs(side: int, seed: int = 1) -> np.ndarray:
    """Bright discs on a dark ground, with grey levels of electrons: 20 and 60."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    image = np.full((side, side), 20.0)
    for centre, radius in zip(rng.uniform(0, side, (30, 2)), rng.uniform(4, 20, 30), strict=True):
        image[np.hypot(y - centre[0], x - centre[1]) < radius] = 60
    return image


def coarse(truth: np.ndarray, factor: int, blur: float) -> np.ndarray:
    height, width = truth.shape
    blocks = (height // factor, factor, width // factor, factor)
    return gaussian_filter(truth, blur).reshape(blocks).mean((1, 3)).astype(np.float32)


def error(image: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean((image - truth) ** 2))


def load(name: str) -> None:
    for module in DENOISERS[name].peers:
        pytest.importorskip(module)


@pytest.mark.parametrize("name", DENOISERS)
def test_every_denoiser_takes_noise_off_at_its_middle_strength(name: str) -> None:
    load(name)
    truth = discs(48)
    noisy = np.random.default_rng(2).poisson(truth).astype(np.float32)
    noise = NoiseModel(1.0, 0.0, 0.1, float(truth.mean()), (0.0,))
    strengths = DENOISERS[name].strengths
    left = error(denoise(noisy, DENOISERS[name], strengths[len(strengths) // 2], noise), truth)
    assert left < 0.7 * error(noisy, truth)


@pytest.mark.parametrize("name", DENOISERS)
def test_grey_scale_and_offset_do_not_matter(name: str) -> None:
    """Of an image with another black level and gain, whose noise model says so."""
    load(name)
    noisy = np.random.default_rng(3).poisson(discs(32)).astype(np.float32)
    strength = DENOISERS[name].strengths[3]
    here = NoiseModel(1.0, 0.0, 0.1, 30.0, (0.2,))
    there = NoiseModel(4.0, -400.0, 1.6, 480.0, (0.2,))
    first = denoise(noisy, DENOISERS[name], strength, here)
    second = denoise(4 * noisy + 100, DENOISERS[name], strength, there)
    assert second == pytest.approx(4 * first + 100, abs=0.3)


def test_bm3d_that_knows_the_colour_beats_one_that_does_not() -> None:
    load("bm3d")
    truth = discs(48)
    white = np.random.default_rng(4).standard_normal((48, 98))
    noise = 8 * lfilter([np.sqrt(0.75)], [1, -0.5], white, axis=1)[:, 50:]
    colour = tuple(0.5**lag for lag in range(1, 7))
    known, unknown = (
        denoise(truth + noise, DENOISERS["bm3d"], 1.0, NoiseModel(0.0, 64.0, 1.0, 64.0, one))
        for one in (colour, (0.0,))
    )
    assert error(known, truth) < 0.8 * error(unknown, truth)


@given(st.floats(0.5, 20), st.floats(-50, 50), st.floats(2, 500))
def test_the_stabilised_scale_has_unit_noise_and_leads_back(
    gain: float, black: float, electrons: float
) -> None:
    noise = NoiseModel(gain, -gain * black, 0.0, gain**2 * electrons, ())
    counts = np.random.default_rng(5).poisson(electrons, 100_000)
    values = stabilise(gain * counts + black, noise)
    assert values.var() == pytest.approx(1, abs=0.08)
    mean = float(restore(np.array(values.mean()), noise))
    assert mean - black == pytest.approx(gain * electrons, rel=0.02)


def test_a_filter_undoes_a_blur_of_waves_exactly() -> None:
    """A wave of the cosine transform comes back with its amplitude, whatever its frequency."""
    row = np.cos(np.pi * 30 * (np.arange(128) + 0.5) / 128)
    wave = 10 + np.outer(np.ones(64), row)
    blur = Blur(1.5, 4)
    left = float(blur.transfer(np.zeros(1), np.array([30 / 256]))[0, 0])
    assert left == pytest.approx(
        np.exp(-2 * np.pi**2 * 1.5**2 * (30 / 256) ** 2)
        * np.sin(4 * np.pi * 30 / 256)
        / (4 * np.sin(np.pi * 30 / 256))
    )
    blurred = 10 + left * (wave - 10)
    assert sharpen(blurred, Wiener(1e-9, 0), blur) == pytest.approx(wave, abs=1e-4)
    assert gaussian_filter(wave, 1.5, mode="reflect") == pytest.approx(
        10 + np.exp(-2 * np.pi**2 * 1.5**2 * (30 / 256) ** 2) * (wave - 10), abs=1e-3
    )


def test_every_filter_keeps_the_mean() -> None:
    image = discs(64)
    for chosen in FILTERS:
        assert sharpen(image, chosen, Blur(2, 2)).mean() == pytest.approx(image.mean(), rel=1e-5)


def test_the_chooser_knows_the_error_of_a_filter_without_applying_it() -> None:
    truth = discs(128)
    blur = Blur(1.5, 4)
    image = enlarge(coarse(truth, 4, 1.5), 4) + 3
    chooser = Chooser(truth, blur)
    expected, best = chooser.best(image)
    assert error(sharpen(image, best, blur), truth) == pytest.approx(expected, rel=0.01)
    every = [error(sharpen(image, one, blur), truth) for one in FILTERS]
    assert expected == pytest.approx(min(every), rel=0.01)
    assert isinstance(best, Wiener | Unsharp)


def test_sharpening_is_worth_most_where_there_is_no_noise() -> None:
    truth = discs(128)
    low = coarse(truth, 4, 1.5)
    names = ("gaussian",)
    plain, sharp = (
        best_denoised(low, truth, names),
        best_sharpened(low, truth, 1.5, names),
    )
    assert error(plain.image, truth) == pytest.approx(plain.error, rel=1e-4)
    assert error(sharp.image, truth) == pytest.approx(sharp.error, rel=0.01)
    # A known blur is all that stands between them: most of a decibel.
    assert 10 * np.log10(plain.error / sharp.error) > 0.8
    assert "wiener" in sharp.how


def test_more_choices_are_never_worse() -> None:
    for name in WITHOUT_BM3D:
        load(name)
    truth = discs(96)
    low = np.random.default_rng(6).poisson(coarse(truth, 2, 1)).astype(np.float32)
    noise = measure_noise(low)
    errors = [
        best_denoised(low, truth, WITHOUT_BM3D[:count], noise).error
        for count in range(len(WITHOUT_BM3D) + 1)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[1] < errors[0]
    assert best_sharpened(low, truth, 1, WITHOUT_BM3D[:1], noise).error <= errors[1]


def test_both_are_found_together_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = discs(64)
    low = np.random.default_rng(6).poisson(coarse(truth, 2, 1)).astype(np.float32)
    tried: list[float] = []

    def counted(image: Single, denoiser: Denoiser, strength: float, noise: NoiseModel) -> Single:
        tried.append(strength)
        return denoise(image, denoiser, strength, noise)

    monkeypatch.setattr(oracle, "denoise", counted)
    plain, sharp = best_of_both(low, truth, 1.0, ("gaussian",))
    assert len(tried) == len(set(tried))
    assert plain.how == best_denoised(low, truth, ("gaussian",)).how
    assert sharp.how == best_sharpened(low, truth, 1.0, ("gaussian",)).how


def test_an_image_without_noise_is_left_as_it_is() -> None:
    for name in ("gaussian", "tv"):
        load(name)
    truth = np.full((64, 64), 5.0)
    best = best_denoised(truth[::2, ::2].astype(np.float32), truth, ("gaussian", "tv"))
    assert best.error == 0
    assert best.how.startswith("as it is")


def test_methods_are_made_by_name_and_say_what_they_are_told() -> None:
    truth = discs(64).astype(np.float32)
    given_image = MethodInput(coarse(truth, 2, 1.0), 2, "discs", Privilege(truth, 1.0))
    for make in (denoised, sharpened):
        method = make("gaussian")
        assert method.SEES_TRUTH
        assert method.run(given_image).image.shape == (64, 64)
    with pytest.raises(MethodError, match="no denoiser 'median'"):
        denoised("median")

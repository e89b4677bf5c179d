"""Columns of an average are those of the specimen, with errors that are true."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_lattices import recorded
from scipy.spatial import cKDTree

from colonnade import Model, locate
from colonnade.atoms.locate.films.average import Averaged, locate_average
from colonnade.core.errors import ImageError
from colonnade.core.images.micrograph import Micrograph

SIDE, SPACING, WIDTH, FRAMES = 104, 13.0, 2.3, 16
DRIFT = np.stack([0.4 * np.arange(FRAMES), -0.7 * np.arange(FRAMES)], axis=1)
ALONG = SPACING / 2 + SPACING * np.arange(-2, 10)


@pytest.fixture(scope="module")
def frames() -> list[Micrograph]:
    """Film a faint lattice that drifts, and whose rows jitter by half a pixel."""
    rng = np.random.default_rng(1)
    film = []
    for number, (down, right) in enumerate(DRIFT):
        jitter = rng.normal(0, 0.5, SIDE)
        rows, places = np.arange(SIDE)[:, None], np.arange(SIDE) - jitter[:, None] - right
        y = np.exp(-0.5 * ((rows - ALONG - down) / WIDTH) ** 2).sum(1)
        x = np.exp(-0.5 * ((places[..., None] - ALONG) / WIDTH) ** 2).sum(2)
        film.append(Micrograph(recorded(2 + 6 * y[:, None] * x, number), (0.02, 0.02)))
    return film


@pytest.fixture(scope="module")
def found(frames: list[Micrograph], model: Model) -> Averaged:
    return locate_average(frames, model)


def errors(found: Averaged) -> np.ndarray:
    """Errors of the columns of the average, but for what all have in common [px]."""
    columns = found.result.columns
    sites = np.stack(np.meshgrid(ALONG, ALONG, indexing="ij"), -1).reshape(-1, 2)
    sites = sites + np.mean(DRIFT - found.average.drift.shifts, axis=0)
    distance, nearest = cKDTree(sites).query(columns.positions)
    assert distance.max() < 1
    error = columns.positions - sites[nearest]
    return error - np.median(error, axis=0)


def test_all_columns_are_found_to_their_errors(found: Averaged) -> None:
    columns = found.result.columns
    height, width = found.average.pixels.shape
    assert len(columns) == pytest.approx(height * width / SPACING**2, rel=0.12)
    sigma = np.stack([columns.sigma_y, columns.sigma_x], axis=1)
    inner = columns.positions.min(1) > 4
    off = np.abs(errors(found)[inner] / sigma[inner])
    assert np.median(sigma[inner]) < 0.2
    assert np.mean(off < 1) == pytest.approx(0.68, abs=0.15)
    assert np.mean(off < 2) > 0.88


def test_the_drift_and_the_jitter_are_those_of_the_film(found: Averaged) -> None:
    drift = found.average.drift.from_frame(0).shifts
    assert drift - DRIFT == pytest.approx(np.zeros_like(DRIFT), abs=0.3)
    assert found.average.jitter == pytest.approx([0, 0.5], abs=0.15)
    (note,) = (one for one in found.result.notes if "averaged" in one)
    assert note.startswith("16 frames were averaged; a drift of ")


def test_an_average_has_the_calibration_of_the_film_or_a_given_one(
    found: Averaged, frames: list[Micrograph], model: Model
) -> None:
    assert found.result.image.pixel_size == (0.02, 0.02)
    other = locate_average(frames[:3], model, pixel_size=0.03)
    assert other.result.columns.pixel_size == (0.03, 0.03)


def test_one_frame_is_no_film(frames: list[Micrograph], model: Model) -> None:
    with pytest.raises(ImageError, match="an average needs several"):
        locate_average(frames, model, numbers=[2])


def test_a_frame_of_vast_grey_levels_is_followed_but_not_averaged(
    frames: list[Micrograph], model: Model
) -> None:
    vast = [replace(one) for one in frames[:4]]
    vast[1] = replace(vast[1], pixels=1e30 * vast[1].pixels)
    with pytest.raises(ImageError, match="too vast to be calculated with"):
        locate_average(vast, model)
    columns = locate(np.stack([one.pixels for one in vast]), pixel_size=0.02, model=model)
    usual = locate(np.stack([one.pixels for one in frames[:4]]), pixel_size=0.02, model=model)
    moved, still = (
        np.array([one.labels["y_aligned_px"][one.labels["frame"] == 1].mean() for one in both])
        for both in ([columns], [usual])
    )
    assert moved == pytest.approx(still, abs=0.2)

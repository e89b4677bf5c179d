"""What methods make of views whose volume is known."""

from dataclasses import replace

import numpy as np
import pytest

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.tv import (
    TotalVariation,
    TvSettings,
    divergence,
    gradient,
)
from colonnade.tomo.reconstruct.wbp import weighted_back_projection
from colonnade.tomo.reconstruct.weight import (
    WeightSearch,
    choose_weight,
    errors_above,
    left_out,
)

SIDE = 48
TILTS = tuple(np.arange(-60.0, 61.0, 3.0))


def solids(side: int = SIDE) -> Single:
    """Two slices of a few shapes of even grey, from a grid four times as fine."""
    z, x = (np.indices((4 * side, 4 * side)) + 0.5) / (2 * side) - 1
    first = 1.0 * (np.hypot(z, x) < 0.6) - 0.6 * (np.hypot(z - 0.2, x + 0.15) < 0.2)
    second = 0.7 * ((np.abs(z + x) < 0.5) & (np.abs(z - x) < 0.7)) + 0.3 * (np.hypot(z, x) < 0.3)
    fine = np.stack([first, second])
    return np.asarray(fine.reshape(2, side, 4, side, 4).mean((2, 4)), np.float32)


def views(truth: Single, tilts: tuple[float, ...], noise: float = 0.0) -> Single:
    """Project with tilts a little off, so that the same matrix does not give the truth away."""
    exact = Projector(tuple(tilt + 0.02 for tilt in tilts), SIDE, SIDE).project(truth)
    rng = np.random.default_rng(1)
    return np.asarray(exact + noise * rng.standard_normal(exact.shape), np.float32)


def objective(projector: Projector, sinograms: Single, slices: Single, weight: float) -> Array:
    """What each of the slices costs."""
    residual = np.square(projector.project(slices) - sinograms, dtype=np.float64).sum((1, 2))
    steep = np.sqrt(np.square(gradient(slices), dtype=np.float64).sum(0)).sum((1, 2))
    return np.asarray(residual / 2 + weight * steep)


def decibels(found: Single, truth: Single) -> Array:
    error = np.square(found - truth, dtype=np.float64).mean((1, 2))
    return np.asarray(10 * np.log10(truth.max((1, 2)) ** 2 / error))


def test_all_tilts_back_projected_give_the_grey_level() -> None:
    truth = solids()
    tilts = tuple(np.arange(-90.0, 90.0, 1.5))
    found = weighted_back_projection(Projector(tilts, SIDE, SIDE), views(truth, tilts))
    assert found[0, 10:14, 22:26].mean() == pytest.approx(truth[0, 10:14, 22:26].mean(), rel=0.05)
    assert decibels(found, truth).min() > 22


def test_sirt_stops_at_the_noise_and_shows_nothing_negative() -> None:
    truth, noise = solids(), 3.0
    projector, sinograms = Projector(TILTS, SIDE, SIDE), views(truth, TILTS, noise)
    stopped = sirt(projector, sinograms, Sirt(200), np.full(2, noise))
    left = np.sqrt(np.mean((projector.project(stopped) - sinograms) ** 2, (1, 2)))
    assert left == pytest.approx([noise, noise], rel=0.03)
    assert stopped.min() >= 0
    too_far = sirt(projector, sinograms, Sirt(200))
    assert (decibels(stopped, truth) > decibels(too_far, truth) + 2).all()


def test_divergence_is_the_transpose_of_the_gradient() -> None:
    rng = np.random.default_rng(0)
    slices = rng.standard_normal((2, 7, 9)).astype(np.float32)
    differences = rng.standard_normal((2, 2, 7, 9)).astype(np.float32)
    assert np.vdot(gradient(slices), differences) == pytest.approx(
        np.vdot(slices, divergence(differences)), abs=1e-4
    )


def test_total_variation_converges_whatever_its_stiffness() -> None:
    projector, sinograms = Projector(TILTS, SIDE, SIDE), views(solids(), TILTS, 0.8)
    start, weight = sirt(projector, sinograms, Sirt(20)), 4.0
    costs, found = [], []
    for stiffness in (3.0, 12.0):
        settings = TvSettings(iterations=400, stiffness=stiffness, tolerance=1e-5)
        found.append(TotalVariation(projector, settings)(sinograms, weight, start))
        costs.append(objective(projector, sinograms, found[-1], weight).sum())
    assert costs[0] == pytest.approx(costs[1], rel=1e-3)
    assert np.abs(found[0] - found[1]).mean() < 5e-3
    usual = TotalVariation(projector)(sinograms, weight, start)
    assert objective(projector, sinograms, usual, weight).sum() < 1.003 * min(costs)


def primal_dual(projector: Projector, sinograms: Single, weight: float, iterations: int) -> Single:
    """The slices of least total variation by another method: that of Chambolle and Pock."""
    slices: Single = np.ones((len(sinograms), projector.depth, projector.width), np.float32)
    for _ in range(20):
        slices = projector.back_project(projector.project(slices))
        norm = np.float32(np.linalg.norm(slices))
        slices /= norm
    scale, step = np.sqrt(norm / 8), 1 / np.sqrt(2 * norm)
    slices = ahead = np.zeros_like(slices)
    views, steep = np.zeros_like(sinograms), gradient(slices)
    for _ in range(iterations):
        views = (views + step * (projector.project(ahead) - sinograms)) / (1 + step)
        steep = steep + step * scale * gradient(ahead)
        steep /= np.maximum(1, np.sqrt(np.square(steep).sum(0)) * scale / np.float32(weight))
        down = projector.back_project(views) + scale * divergence(steep)
        after = np.maximum(slices - step * down, 0)
        slices, ahead = after, 2 * after - slices
    return slices


@pytest.mark.parametrize(("weight", "noise"), [(0.05, 0.0), (0.5, 0.0), (4.0, 0.8)])
def test_another_method_finds_no_slices_with_less(weight: float, noise: float) -> None:
    projector, sinograms = Projector(TILTS, SIDE, SIDE), views(solids(), TILTS, noise)
    usual = TotalVariation(projector)(sinograms, weight, sirt(projector, sinograms, Sirt(20)))
    other = primal_dual(projector, sinograms, weight, 1000)
    cost, least = (
        objective(projector, sinograms, found, weight).sum() for found in (usual, other)
    )
    assert cost < 1.003 * least


def test_slices_fit_views_without_noise() -> None:
    truth = solids()
    projector, sinograms = Projector(TILTS, SIDE, SIDE), views(truth, TILTS)
    found = TotalVariation(projector)(sinograms, 0.01, sirt(projector, sinograms, Sirt(20)))
    assert np.std(projector.project(found) - sinograms) < 1e-4 * sinograms.max()
    assert decibels(found, truth).min() > 30


def test_total_variation_is_far_ahead_of_sirt_and_its_weight_is_found() -> None:
    truth, noise = solids(), 0.8
    projector, sinograms = Projector(TILTS, SIDE, SIDE), views(truth, TILTS, noise)
    start = sirt(projector, sinograms, Sirt(20))
    best_sirt = max(
        decibels(sirt(projector, sinograms, Sirt(count)), truth).mean() for count in (20, 40, 80)
    )
    solve = TotalVariation(projector)
    reached = {
        w: decibels(solve(sinograms, w * noise, start), truth).mean() for w in (2, 4, 8, 16)
    }
    weight = choose_weight(projector, sinograms, noise, WeightSearch(), TvSettings())
    chosen = decibels(solve(sinograms, weight, start), truth).mean()
    assert chosen > max(reached.values()) - 0.6
    assert chosen > best_sirt + 3


def test_a_misfit_is_told_in_the_error_of_its_difference() -> None:
    least = np.array([1.0, 3.0, 2.0, 4.0])
    more = least + np.array([0.1, 0.3, 0.1, 0.3])
    assert errors_above(more, least) == pytest.approx(0.2 / (0.2 / np.sqrt(3) / 2))
    assert errors_above(least, least) == 0


def test_no_larger_weight_predicts_left_out_views_as_well() -> None:
    projector, sinograms = Projector(TILTS, SIDE, SIDE), views(solids(), TILTS, 0.8)
    search = WeightSearch()
    cautious = choose_weight(projector, sinograms, 0.8, replace(search, errors=0.1), TvSettings())
    usual = choose_weight(projector, sinograms, 0.8, search, TvSettings())
    bold = choose_weight(projector, sinograms, 0.8, replace(search, errors=3.0), TvSettings())
    assert cautious < usual < bold < 10 * cautious


def test_of_few_views_none_is_left_out() -> None:
    projector = Projector(TILTS[::6], SIDE, SIDE)
    with pytest.raises(ImageError, match="7 views are too few"):
        choose_weight(projector, views(solids(), TILTS[::6]), 1.0, WeightSearch(), TvSettings())


def test_views_left_out_are_spread_and_none_is_the_first_or_last() -> None:
    angles = np.random.default_rng(2).permutation(np.arange(-60.0, 61.0, 4.0))
    left = angles[left_out(tuple(angles), 6)]
    assert len(left) == 5
    assert np.diff(np.sort(left)).tolist() == [24.0] * 4
    assert abs(left).max() < 60


@pytest.mark.parametrize("method", ["wbp", "sirt", "tv"])
def test_slices_are_reconstructed_alike_alone_and_together(method: str) -> None:
    sinograms = views(solids(), TILTS, 0.8)
    plan = replace(Plan(TILTS, SIDE, SIDE, noise=0.8, weight=4.0), method=method)
    plan = replace(plan, tv=TvSettings(iterations=30, tolerance=0.0))
    together, alone = plan.reconstruct(sinograms), plan.reconstruct(sinograms[1:])
    assert np.abs(together.slices[1] - alone.slices[0]).max() < 0.02
    assert together.residual.shape == (2, len(TILTS))

"""Slices by a network: what it may change, in which units, and what is written."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from test_methods import SIDE, TILTS, solids, views

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.core.learn.onnx_export import Named, export
from colonnade.tomo.card import DENOISES, RECONSTRUCTS, WING, TomoCard
from colonnade.tomo.reconstruct.evidence import CHANNELS
from colonnade.tomo.reconstruct.network import MAPS, Begun, Restorer
from colonnade.tomo.reconstruct.plan import START, Plan
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.reconstruct import Options, reconstruct
from colonnade.tomo.reconstruct.sirt import sirt
from colonnade.tomo.reconstruct.tv import TotalVariation
from colonnade.tomo.tilts import TiltSeries
from colonnade.tomo.train.reconstructor.network import Restorer as Network
from colonnade.tomo.train.reconstructor.network import RestorerRecipe

NOISE = 2.0
SHAPE = RestorerRecipe(widths=(4, 4), blocks=(1, 1), interval_width=4)
PART = TomoCard(RECONSTRUCTS, ("solids",), (0.1, 9.0), (60.0, 60.0), "tv", 2, 1.0, 1.5)


def save(path: Path, part: TomoCard, noise: float = 0.0, surer: float = 0.0) -> Path:
    """A network that changes nothing, or something at random, as a model file."""
    torch.manual_seed(1)
    network = Network(SHAPE, CHANNELS)
    with torch.no_grad():
        network.correction.weight.normal_(0, noise or 1e-12)
        network.interval[-1].bias -= surer
    card = Card(
        name="tiny",
        wing=WING,
        recipe="",
        data_hash="0" * 64,
        input_channels=CHANNELS,
        output_channels=MAPS,
        input_range=None,
        factor=1,
        stride=SHAPE.stride,
        halo=SHAPE.halo,
        scores={},
        training="",
        failures="",
        part=part.to_part(),
    )
    export(Named(network.eval()), card, path)
    return path


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that changes nothing."""
    return save(tmp_path_factory.mktemp("model") / "still.onnx", replace(PART, agrees=0.0))


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that makes things up."""
    return save(tmp_path_factory.mktemp("model") / "wild.onnx", PART, 0.3)


@pytest.fixture(scope="module")
def solve() -> TotalVariation:
    return TotalVariation(Projector(TILTS, SIDE, SIDE))


def begun(solve: TotalVariation, times: float = 1.0) -> Begun:
    sinograms = views(solids(), TILTS, NOISE)
    coarse = sirt(solve.projector, sinograms, START)
    fine = solve(sinograms, 10 * NOISE, coarse)
    level = np.float32(times)
    return Begun(
        sinograms * level, fine * level, coarse * level, NOISE * times, 10 * NOISE * times, times
    )


def test_what_a_network_leaves_as_it_is_stays_total_variation(
    still: Path, solve: TotalVariation
) -> None:
    given = begun(solve)
    found = Restorer.load(still)(solve, given)
    np.testing.assert_allclose(found.slices, given.total_variation, atol=1e-6)
    assert found.half_width.shape == found.slices.shape
    assert found.half_width.min() > 0


def test_units_do_not_matter(wild: Path, solve: TotalVariation) -> None:
    """Grey levels a thousand times as high give slices and intervals a thousand times as high."""
    restorer = Restorer.load(wild)
    one, other = (restorer(solve, begun(solve, times)) for times in (1.0, 1000.0))
    np.testing.assert_allclose(other.slices / 1000, one.slices, atol=2e-3)
    np.testing.assert_allclose(other.half_width / 1000, one.half_width, rtol=1e-3)


def test_what_a_network_makes_up_does_not_outvote_the_views(
    wild: Path, solve: TotalVariation
) -> None:
    given = begun(solve)
    restorer = Restorer.load(wild)
    alone = replace(restorer, part=replace(restorer.part, agrees=0.0))
    left = [
        float(np.sqrt(np.square(solve.projector.project(slices) - given.sinograms).mean()) / NOISE)
        for slices in (alone(solve, given).slices, restorer(solve, given).slices)
    ]
    assert left[0] > 1.5
    assert left[1] < 0.75 * left[0]


def test_a_slice_that_views_contradict_is_left_to_total_variation(
    solve: TotalVariation, tmp_path: Path
) -> None:
    """Views almost without noise know better than a network that is sure of what it makes up."""
    sure = save(tmp_path / "sure.onnx", PART, 0.3, surer=6.0)
    exact = views(solids(), TILTS)
    coarse = sirt(solve.projector, exact, START)
    fine = solve(exact, 0.5, coarse)
    found = Restorer.load(sure)(solve, Begun(exact, fine, coarse, 0.3, 0.5, 1.0))
    np.testing.assert_array_equal(found.slices, fine)
    assert found.half_width.max() > 0.1


def test_blocks_of_slices_do_not_matter(wild: Path) -> None:
    sinograms = views(solids(), TILTS, NOISE)
    plan = Plan(TILTS, SIDE, SIDE, method="network", noise=NOISE, weight=20.0, model=wild)
    whole = plan.reconstruct(sinograms).volumes
    parts = [plan.reconstruct(sinograms[one : one + 1]).volumes for one in range(2)]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=0.02)


def test_a_volume_comes_with_its_errors(wild: Path) -> None:
    series = TiltSeries(views(solids(), TILTS, NOISE).transpose(1, 0, 2), TILTS)
    noise = np.full(len(TILTS), NOISE)
    made = reconstruct(series, Options("network", weight=10.0, model=wild), noise=noise)
    assert made.errors is not None
    assert made.errors.shape == made.volume.shape == (SIDE, 2, SIDE)
    assert made.assessment.method == "network"
    assert reconstruct(series, Options("tv", weight=10.0), noise=noise).errors is None


def test_what_was_not_learned_is_doubted(wild: Path) -> None:
    restorer = Restorer.load(wild)
    assert not list(restorer.doubts(TILTS, 5.0))
    assert [said.split(",")[0] for said in restorer.doubts((-30.0, 30.0), 20.0)] == [
        "tilts go up to 30 degrees",
        "the views are noisier than those that tiny learned from; compare with total variation",
    ]


def test_a_model_for_another_end_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "other.onnx", replace(PART, does=DENOISES))
    with pytest.raises(ModelError, match="denoises, and one that reconstructs is wanted"):
        Restorer.load(path)

"""ASTRA projects as our matrix does, and stands where that stands."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from colonnade.core.arrays import Single
from colonnade.core.errors import ColonnadeError, MissingExtraError
from colonnade.tomo.reconstruct import astra_projector
from colonnade.tomo.reconstruct.astra_projector import AstraProjector
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.reconstruct import Options
from colonnade.tomo.reconstruct.sirt import Sirt, sirt
from colonnade.tomo.reconstruct.tv import TotalVariation

TILTS = tuple(np.arange(-66.0, 67.0, 6.0))
DEPTH, WIDTH, PIXELS, OFFSET = 40, 56, 48, 3.3


@pytest.fixture
def toolbox() -> None:
    pytest.importorskip("astra", reason="ASTRA is not installed", exc_type=ImportError)


def solids() -> Single:
    """A ring beside a bar, and a bar that is tilted."""
    z, x = np.indices((DEPTH, WIDTH)) - np.array([DEPTH - 1, WIDTH - 1])[:, None, None] / 2
    ring = (np.hypot(z + 3, x + 8) < 9) & (np.hypot(z + 3, x + 8) > 4)
    bar = (abs(z - 4) < 5) & (abs(x - 12) < 3)
    tilted = (abs(z + x) < 6) & (abs(z - x) < 14)
    return np.stack([1.0 * ring + 0.6 * bar, 0.8 * tilted]).astype(np.float32)


def pair(kernel: str, offset: float = OFFSET) -> tuple[AstraProjector, Projector]:
    geometry: Any = (TILTS, DEPTH, WIDTH, offset, PIXELS)
    return AstraProjector(*geometry, kernel=kernel), Projector(*geometry)


# A GPU samples rays by linear interpolation, as "linear" does; "strip" is what our matrix holds.
KERNELS = [("strip", 1e-4), ("linear", 0.05)]


@pytest.mark.usefixtures("toolbox")
@pytest.mark.parametrize(("kernel", "close"), KERNELS)
def test_it_projects_and_projects_back_as_the_matrix_does(kernel: str, close: float) -> None:
    other, ours = pair(kernel)
    seen, expected = other.project(solids()), ours.project(solids())
    assert np.std(seen - expected) < close * np.std(expected)
    back, expected = other.back_project(expected), ours.back_project(expected)
    assert np.std(back - expected) < close * np.std(expected)


@pytest.mark.usefixtures("toolbox")
@pytest.mark.parametrize("kernel", ["strip", "linear"])
def test_back_projection_is_the_transpose(kernel: str) -> None:
    other, _ = pair(kernel)
    rng = np.random.default_rng(2)
    slices = rng.random((2, DEPTH, WIDTH), np.float32)
    sinograms = rng.random((2, len(TILTS), PIXELS), np.float32)
    there = np.vdot(other.project(slices), sinograms)
    assert there == pytest.approx(np.vdot(slices, other.back_project(sinograms)), rel=1e-4)


@pytest.mark.usefixtures("toolbox")
@pytest.mark.parametrize(("kernel", "close"), KERNELS)
def test_iterations_come_to_the_same_slices(kernel: str, close: float) -> None:
    projectors = pair(kernel, 0.0)
    sinograms = projectors[1].project(solids())
    noisy = sinograms + np.random.default_rng(3).normal(0, 0.5, sinograms.shape)
    noisy = noisy.astype(np.float32)
    found, expected = (sirt(projector, noisy, Sirt(30)) for projector in projectors)
    assert np.std(found - expected) < close * np.std(expected)
    smooth, expected = (
        TotalVariation(projector)(noisy, 3.0, sirt(projector, noisy, Sirt(20)))
        for projector in projectors
    )
    assert np.std(smooth - expected) < close * np.std(expected)


@pytest.mark.usefixtures("toolbox")
def test_some_of_the_views_are_projected_the_same_way() -> None:
    other, ours = pair("strip")
    fewer = replace(other, angles=TILTS[::3])
    np.testing.assert_allclose(
        fewer.project(solids()), ours.project(solids())[:, ::3], rtol=0, atol=1e-3
    )


def test_a_plan_for_a_gpu_projects_there_alone() -> None:
    plan = Plan(TILTS, DEPTH, PIXELS, margin=4, device="cuda")
    assert plan.projector == AstraProjector(TILTS, DEPTH, WIDTH, detector=PIXELS)
    assert plan.total_variation.projector is plan.projector
    on_cpu = replace(plan, device="cpu").projector
    assert not isinstance(on_cpu, AstraProjector)


def test_without_the_toolbox_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "astra", None)
    with pytest.raises(MissingExtraError, match=r"--device cuda needs .*colonnade\[astra\]"):
        Options(device="cuda")


def test_without_a_gpu_nothing_is_done_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    without = SimpleNamespace(use_cuda=lambda: False)
    monkeypatch.setattr(astra_projector, "import_module", lambda name: without)
    for begin in (lambda: Options(device="cuda"), lambda: pair("cuda")[0].project(solids())):
        with pytest.raises(ColonnadeError, match="no GPU of NVIDIA here; leave out --device cuda"):
            begin()

"""Methods that the benchmark knows: what they give, and what they say when they cannot."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colonnade.core.bench.case import Case
from colonnade.core.bench.methods import (
    MethodError,
    MissingPeerError,
    UnsuitableImageError,
    installed_methods,
)
from colonnade.core.errors import ModelError
from colonnade.core.files.write import write_mrc
from colonnade.core.images.volume import Volume
from colonnade.tomo.bench import case
from colonnade.tomo.bench.adapters import (
    by_astra,
    by_quantem,
    by_skimage,
    by_svmbir,
    by_tomviz,
    oracles,
    ours,
    volumes,
)
from colonnade.tomo.bench.case import MethodInput, Reconstructed
from colonnade.tomo.bench.measure import measure
from colonnade.tomo.bench.test_series import NAMES, NOISE, draw_test_series
from colonnade.tomo.reconstruct.reconstruct import Options, reconstruct


@cache
def particle(step: int = 1) -> case.TestSeries:
    """Give a lopsided specimen, so that nothing that is turned or mirrored comes near it."""
    return draw_test_series(
        Case("48px 60deg", NOISE.name, NOISE.steps[step], NAMES.index("faceted"))
    )


def decibels(method: Any, step: int = 1) -> float:
    test = particle(step)
    return measure(test, method.run(test.input)).psnr


def test_the_methods_of_the_wing_are_installed() -> None:
    wanted = {"network", "tv", "sirt", "wbp", "tv-oracle", "sirt-oracle", "volumes"}
    assert wanted <= set(installed_methods("tomo"))


# Ours


def test_ours_reconstructs_as_the_command_does_but_prepares_nothing() -> None:
    test = particle(2)
    given = np.asarray(test.series.views).copy()
    for make in (ours.wbp, ours.sirt):
        found = make("").run(test.input)
        assert found.volume.shape == test.truth.shape
        assert found.half_width is None
    np.testing.assert_array_equal(test.series.views, given)
    assert 0.9 < measure(test, found).residual < 1.1


def test_total_variation_is_above_sirt_and_sirt_above_weighted_back_projection() -> None:
    reached = [decibels(make("")) for make in (ours.wbp, ours.sirt, ours.tv)]
    assert reached == sorted(reached)


def test_a_network_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(ModelError, match="nowhere"):
        ours.network("nowhere.onnx")


def test_what_a_method_says_of_its_errors_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    test = particle()
    errors = Volume(np.full(test.truth.shape, 0.2, np.float32), (None, None, None), "series")
    monkeypatch.setattr(ours, "reconstruct", Told(errors))
    found = ours.Ours(Options("tv")).run(test.input)
    np.testing.assert_array_equal(found.half_width, errors.voxels)


@dataclass
class Told:
    """Reconstructs as ever, and says how far off each voxel may be."""

    errors: Volume

    def __call__(self, series: Any, options: Options, **known: Any) -> Any:
        found = reconstruct(series, replace(options, method="wbp"), **known)
        return replace(found, errors=self.errors)


@pytest.mark.parametrize("make", [ours.wbp, oracles.sirt, oracles.tv, by_astra.make])
def test_methods_without_a_choice_take_no_argument(make: Callable[[str], object]) -> None:
    with pytest.raises(MethodError, match=r"takes nothing after its name; leave '3'"):
        make("3")


# Told by the truth


def test_who_is_told_the_truth_is_no_worse_than_who_is_not() -> None:
    assert decibels(oracles.sirt("")) >= decibels(ours.sirt("")) - 1e-3
    # The ladder of weights has gaps.
    assert decibels(oracles.tv("")) >= decibels(ours.tv("")) - 0.5


def test_without_a_truth_there_is_no_oracle() -> None:
    given = particle().input
    unknown = MethodInput(given.series, given.noise, given.depth, given.name)
    with pytest.raises(UnsuitableImageError, match="nobody knows"):
        oracles.sirt("").run(unknown)


# Volumes made elsewhere


def test_volumes_made_elsewhere_are_read_by_their_names(tmp_path: Path) -> None:
    test = particle()
    write_mrc(tmp_path / f"{test.case.name}.mrc", test.truth)
    found = volumes.make(str(tmp_path)).run(test.input)
    np.testing.assert_array_equal(found.volume, test.truth)


def test_volumes_of_another_size_or_name_are_refused(tmp_path: Path) -> None:
    test = particle()
    method = volumes.make(str(tmp_path))
    with pytest.raises(MethodError, match="no volume called"):
        method.run(test.input)
    write_mrc(tmp_path / f"{test.case.name}.mrc", test.truth[:-1])
    with pytest.raises(MethodError, match=r"has \(47, 3, 48\) voxels, where \(48, 3, 48\)"):
        volumes.make(str(tmp_path)).run(test.input)


@pytest.mark.parametrize("argument", ["", "nowhere"])
def test_volumes_need_a_folder(argument: str) -> None:
    with pytest.raises(MethodError, match="volumes:FOLDER"):
        volumes.make(argument)


# Peers, where they are installed

PEERS = {
    "astra": by_astra.make,
    "svmbir": by_svmbir.make,
    "tomviz_kernels": by_tomviz.make,
    "skimage.transform": by_skimage.make,
    "quantem.tomography.tomography": by_quantem.make,
}


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.filterwarnings("ignore")
def test_a_peer_reconstructs_the_specimen_the_right_way_round(name: str) -> None:
    pytest.importorskip(name, exc_type=ImportError)
    test = particle()
    found = PEERS[name]("").run(test.input)
    assert found.volume.shape == test.truth.shape
    reached = measure(test, found).psnr
    assert reached > decibels(ours.wbp("")) + 3
    for turned in (found.volume[::-1], found.volume[:, :, ::-1]):
        assert measure(test, Reconstructed(turned)).psnr < reached - 3


@pytest.mark.parametrize("name", PEERS)
def test_without_a_peer_one_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingPeerError, match=r"'colonnade\[(tomography-peers|quantem)\]'"):
        PEERS[name]("")


@pytest.mark.parametrize(
    "make", [by_svmbir.make, by_tomviz.make, by_skimage.make, by_quantem.make]
)
def test_what_is_no_number_is_refused(make: Callable[[str], object]) -> None:
    with pytest.raises(MethodError, match="'many' is no"):
        make("many")


def test_a_script_of_tomviz_finds_the_names_that_it_wants(tmp_path: Path) -> None:
    script = tmp_path / by_tomviz.SCRIPT
    script.write_text(
        "import tomviz.operators\n"
        "class ReconTVOperator(tomviz.operators.CompletableOperator):\n"
        "    def transform(self, dataset, Niter):\n"
        "        assert not (self.canceled or self.completed)\n"
        "        self.progress.message = 'begun'\n"
        "        child = dataset.create_child_dataset()\n"
        "        views = dataset.active_scalars[:, :, :1]\n"
        "        child.active_scalars = Niter * views.repeat(views.shape[1], 2)\n"
        "        return {'reconstruction': child}\n"
    )
    before = set(sys.modules)
    method = by_tomviz.Tomviz(by_tomviz._operator(script), 2)
    assert "tomviz" not in set(sys.modules) - before
    test = particle()
    volume = method.run(test.input).volume
    first = np.asarray(test.series.views)[0]
    np.testing.assert_array_equal(volume[:, :, 5], 2 * first.T)
    with pytest.raises(MethodError, match="no ReconTVOperator"):
        by_tomviz._operator(tmp_path / "other.py")

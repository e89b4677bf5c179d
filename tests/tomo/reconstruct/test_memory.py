"""What a process needs is known before slices are reconstructed."""

import numpy as np
import pytest

from colonnade.core.errors import TooLargeError
from colonnade.tomo.reconstruct.memory import Footprint, need_of, slices_together
from colonnade.tomo.reconstruct.plan import Plan
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.reconstruct import Options, Work
from colonnade.tomo.tilts import TiltSeries

ANGLES = tuple(np.linspace(-60, 60, 31))


def test_the_matrix_and_its_transpose_take_what_is_said_of_each_voxel_and_view() -> None:
    projector = Projector(ANGLES, 64, 64)
    held = sum(
        part.nbytes
        for matrix in (projector.matrix, projector.transposed)
        for part in (matrix.data, matrix.indices, matrix.indptr)
    )
    said = Footprint().entry * 64 * 64 * len(ANGLES)
    assert 0.85 * said < held < said


def test_slices_of_several_sizes_are_reconstructed_together_as_far_as_a_block_holds_them() -> None:
    sides = (64, 256, 512, 1024, 4096)
    assert [slices_together(Plan(ANGLES, n, n)) for n in sides] == [32, 32, 21, 5, 1]


def test_more_views_a_margin_and_a_network_need_more() -> None:
    plain = Plan(ANGLES, 256, 256, method="wbp")
    others = [
        Plan(2 * ANGLES, 256, 256, method="wbp"),
        Plan(ANGLES, 256, 256, method="wbp", margin=64),
        Plan(ANGLES, 256, 256, method="tv"),
    ]
    assert all(need_of(other).process > need_of(plain).process for other in others)
    network = need_of(Plan(ANGLES, 256, 256, method="network"))
    assert network.process > need_of(others[-1]).process
    assert network.handing_out > need_of(plain).handing_out


def test_a_series_that_needs_too_much_is_refused_before_its_weight_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("colonnade.tomo.reconstruct.reconstruct.choose_weight", None)
    views = np.random.default_rng(0).poisson(9, (31, 16, 24)).astype(np.float32)
    series = TiltSeries(views, ANGLES)
    memory = need_of(Plan(ANGLES, 24, 24)).process - 1
    with pytest.raises(TooLargeError, match="give it more with --memory"):
        Work.of(series, Options(memory=memory), np.ones(31))

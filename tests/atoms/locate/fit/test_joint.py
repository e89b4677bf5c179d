"""Steps of a joint fit stay within their limits, and a shape of no volume is refused."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from colonnade.atoms.locate.fit import measured
from colonnade.atoms.locate.fit.joint import ALL, HEIGHT, IN_PLACE, Free, JointFit
from colonnade.atoms.locate.fit.measured import SHAPE_REFUSED, fit_columns
from colonnade.atoms.locate.fit.normal import Change
from colonnade.atoms.locate.fit.peaks import Peaks
from colonnade.atoms.locate.fit.refine import fit_together
from colonnade.atoms.locate.fit.settings import FIT_DEFAULTS, FitSettings
from colonnade.atoms.locate.fit.shape import MODES, Shape
from colonnade.atoms.locate.fit.windows import Background

SIDE, WIDTH = 60, 2.0


def lattice() -> np.ndarray:
    along = np.arange(9.0, SIDE, 11)
    return np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)


def image(positions: np.ndarray, width: float = WIDTH) -> np.ndarray:
    y, x = (np.exp(-0.5 * ((np.arange(SIDE)[:, None] - at) / width) ** 2) for at in positions.T)
    return np.random.default_rng(0).poisson(20 + 300 * y @ x.T).astype(np.float32)


def started(settings: FitSettings = FIT_DEFAULTS, off: float = 0.0) -> tuple[JointFit, Peaks]:
    """Gaussians near the columns of an image."""
    positions = lattice()
    background = Background((SIDE, SIDE), 30.0)
    fit = JointFit(image(positions), background, WIDTH, settings)
    count = len(positions)
    nodes = np.full(background.shape, 20, np.float32)
    width = np.full(count, WIDTH)
    found = np.full_like(positions, np.nan)
    return fit, Peaks(
        positions + off, np.full(count, 300.0), width, nodes, Shape.gaussian(), found
    )


@pytest.mark.parametrize(
    ("free", "same"), [(IN_PLACE, ["positions"]), (HEIGHT, ["positions", "width"]), (ALL, [])]
)
def test_what_is_not_free_does_not_change(free: Free, same: list[str]) -> None:
    fit, peaks = started(off=0.3)
    changed = fit.improved(peaks, fit.view(peaks), 0.01, free)
    for name in ("positions", "height", "width"):
        kept = np.array_equal(getattr(changed, name), getattr(peaks, name))
        assert kept == (name in same), name


def test_a_step_moves_columns_by_no_more_than_it_may() -> None:
    limited = replace(FIT_DEFAULTS, joint=replace(FIT_DEFAULTS.joint, largest_move=0.05))
    fit, peaks = started(limited, off=1.0)
    changed = fit.improved(peaks, fit.view(peaks), 0.01)
    moved = np.abs(changed.positions - peaks.positions)
    assert moved.max() == pytest.approx(0.05 * WIDTH)


def test_steps_lead_to_the_columns() -> None:
    fit, peaks = started(off=0.8)
    for _ in range(4):
        peaks = fit.improved(peaks, fit.view(peaks), 0.01)
    assert np.abs(peaks.positions - lattice()).max() < 0.15
    assert not fit.shape_refused


def bad_shape() -> np.ndarray:
    """Change of the modes after which a peak has a pit around it deeper than itself."""
    second = Shape.gaussian().coefficients.copy()
    modes = np.zeros(len(MODES))
    for number, mode in enumerate(MODES):
        if Shape(second + mode.reshape(second.shape)).volume < Shape(second).volume - 1:
            modes[number] = 10.0
        elif Shape(second + mode.reshape(second.shape)).volume > Shape(second).volume + 1:
            modes[number] = -10.0
    return modes


def test_a_shape_of_no_volume_is_refused_and_the_gaussian_taken() -> None:
    fit, peaks = started()
    count = len(peaks)
    nodes = np.zeros_like(peaks.nodes)
    common = np.append(bad_shape(), 0.0)
    assert Shape(Shape.gaussian().coefficients + (bad_shape() @ MODES).reshape(7, 7)).volume < 0
    changed = fit._applied(peaks, Change(np.zeros((count, 4), np.float32), nodes, common))
    assert fit.shape_refused
    np.testing.assert_array_equal(changed.shape.coefficients, Shape.gaussian().coefficients)


@pytest.mark.parametrize("refused", [False, True])
def test_a_refused_shape_is_said_in_a_note(refused: bool) -> None:
    def fitted(*args: object, **options: object) -> object:
        found = fit_together(*args, **options)  # type: ignore[arg-type]
        found.fit.shape_refused = refused
        return found

    with patch.object(measured, "fit_together", fitted):
        notes = fit_columns(image(lattice()), lattice(), moving=True).notes
    assert notes == ((SHAPE_REFUSED,) if refused else ())


def test_widths_are_held_more_loosely_where_they_differ() -> None:
    """The spread of the widths is measured, within its limits."""
    rng = np.random.default_rng(3)
    positions = lattice()
    widths = WIDTH * np.exp(rng.normal(0, 0.15, len(positions)))
    y, x = (np.exp(-0.5 * ((np.arange(SIDE)[:, None] - at) / widths) ** 2) for at in positions.T)
    unlike = rng.poisson(20 + 3000 * y @ x.T).astype(np.float32)
    joint = FIT_DEFAULTS.joint
    spreads = [
        fit_together(one, positions, WIDTH, moving=True).fit.width_spread
        for one in (image(positions), unlike)
    ]
    assert joint.smallest_width_spread <= spreads[0] < spreads[1] <= joint.largest_width_spread

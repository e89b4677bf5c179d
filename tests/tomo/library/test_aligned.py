"""Series are given as they would be without what beam and background did to them."""

import numpy as np

from colonnade.tomo.bench.measure import projected
from colonnade.tomo.library.aligned import prepared
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, PhantomShares
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.simulate.series import SeriesSimulation, simulate
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.simulate.tilting import Tilts

ONLY_PARTICLES = Phantoms(
    shares=PhantomShares(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
)

FAULTY = SeriesSimulation(
    size=(48, 24, 48),
    phantoms=ONLY_PARTICLES,
    tilts=Tilts(reach=(60.0,), step=(10.0,), irregular=0.0),
    stage=Stage(misaligned=0.0),
    recording=Recording(
        clean=1.0, backed=1.0, background=(0.2, 0.2), drifting=1.0, drift=(0.1, 0.1), speckled=0.0
    ),
)


def test_beam_and_background_are_taken_off() -> None:
    made = simulate(FAULTY, np.random.default_rng(3))
    truth = projected(made.truth, made.series.angles).transpose(1, 0, 2)

    def off(shown: np.ndarray) -> float:
        return float(np.linalg.norm(shown - truth) / np.linalg.norm(truth))

    assert off(np.asarray(made.series.views)) > 0.2
    assert off(np.asarray(prepared(made).views[:, :, :])) < 0.05

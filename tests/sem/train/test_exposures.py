"""Several pairs of a specimen differ in all but the specimen, and lie apart."""

import numpy as np

from colonnade.core.data.turns import AT_HAND
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.train.exposures import Exposures

SIMULATION = Simulation(factor=2, size=(32, 32))
EXPOSURES = Exposures(SIMULATION, seed=3, count=2)

OF_THE_INSTRUMENT = ("instrument", "faint", "contrast")
"""What the names begin with of all that is drawn anew for each pair."""


def specimen(index: int) -> dict[str, object]:
    drawn = EXPOSURES(index).drawn
    return {name: value for name, value in drawn.items() if not name.startswith(OF_THE_INSTRUMENT)}


def test_pairs_of_one_specimen_lie_apart() -> None:
    assert specimen(0) == specimen(AT_HAND)
    assert specimen(0) != specimen(1)
    assert specimen(0) != specimen(2 * AT_HAND)


def test_pairs_of_one_specimen_have_instruments_of_their_own() -> None:
    first, second = EXPOSURES(5), EXPOSURES(5 + AT_HAND)
    assert first.drawn["instrument.dose"] != second.drawn["instrument.dose"]
    assert not np.array_equal(first.low, second.low)


def test_a_number_gives_the_same_pair_whatever_came_before() -> None:
    before = EXPOSURES(7)
    EXPOSURES(3 * AT_HAND)
    again = EXPOSURES(7)
    np.testing.assert_array_equal(before.low, again.low)
    np.testing.assert_array_equal(before.high, again.high)

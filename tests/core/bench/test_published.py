"""Published values come from JSON by series, axis and method."""

import numpy as np
from toy_wing import STUDY

from colonnade.core.bench.published import PublishedCutoff


def test_cutoffs_and_curves_are_each_read_where_they_are_known() -> None:
    offset, gain = STUDY.published
    assert (offset.method, offset.series, offset.axis) == ("Ohm", "volts", "offset")
    assert offset.cutoff == PublishedCutoff(2.5, beyond=False)
    assert len(offset.values) == 0
    assert gain.cutoff is None
    np.testing.assert_array_equal(gain.values, [1, 0.5])
    np.testing.assert_array_equal(gain.scores["error"], [2, 1])


def test_they_are_found_by_series_and_axis() -> None:
    assert STUDY.published_on("volts", "offset") == {"Ohm": STUDY.published[0]}
    assert STUDY.published_on("oddities", "offset") == {}

"""Correlated noise has the correlation that was asked for, and its variance stays."""

import numpy as np
import pytest

from colonnade.core.instrument.correlated import Colour, coloured


@pytest.mark.parametrize("colour", ["lagging", "short"])
@pytest.mark.parametrize("correlation", [0.1, 0.3, 0.6])
def test_noise_is_correlated_along_rows_alone_and_keeps_its_variance(
    colour: Colour, correlation: float
) -> None:
    white = np.random.default_rng(0).standard_normal((400, 400), dtype=np.float32)
    noise = coloured(white, colour, correlation)
    assert float(noise.var()) == pytest.approx(1, rel=0.03)
    across = float((noise[:, 1:] * noise[:, :-1]).mean())
    down = float((noise[1:] * noise[:-1]).mean())
    assert across == pytest.approx(correlation, abs=0.015)
    assert abs(down) < 0.015
    second = float((noise[:, 2:] * noise[:, :-2]).mean())
    side = (1 - np.sqrt(1 - 2 * correlation**2)) / (2 * correlation)
    expected = correlation**2 if colour == "lagging" else side**2 / (1 + 2 * side**2)
    assert second == pytest.approx(expected, abs=0.015)
    # The first columns are like the others.
    assert float(noise[:, :4].var()) == pytest.approx(1, rel=0.1)

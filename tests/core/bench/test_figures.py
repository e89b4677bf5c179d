"""Figures of a benchmark: methods look different, polygons and scales are where they should be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from toy_wing import STUDY

from colonnade.core.bench import curve_plots, radar
from colonnade.core.bench.case import Axis
from colonnade.core.bench.published import PublishedCutoff
from colonnade.core.bench.results import Results
from colonnade.core.bench.study import Limit
from colonnade.core.bench.style import (
    COLOURS,
    LONGEST_NAME,
    MARKERS,
    look,
    number,
    published_on,
    published_style,
    short_name,
)


def axes() -> Axes:
    return Figure().add_axes((0, 0, 1, 1))


def test_many_methods_all_look_different() -> None:
    every = len(COLOURS) * len(MARKERS)
    assert len({look(index) for index in range(every)}) == every == 110


def test_a_long_name_is_cut_where_it_tells_least() -> None:
    name = "ours:/a/long/way/to/the/models/second.onnx"
    assert len(short_name(name)) == LONGEST_NAME
    assert short_name(name).endswith("models/second.onnx")
    assert short_name("ours") == "ours"


def test_numbers_have_three_digits_and_a_true_minus() -> None:
    assert [number(value) for value in (0.98765, -2.0, 1234.5, 0.0)] == [
        *("0.988", "\u22122", "1.23e+03", "0")
    ]


def test_published_methods_differ_in_their_dashes() -> None:
    two = (*STUDY.published, replace(STUDY.published[0], method="Ampere"))
    results = Results(replace(STUDY, published=two), Path(), "", 0, 0, (), ())
    assert published_on(results, "volts") == ["Ohm", "Ampere"]
    assert published_on(results, "oddities") == []
    dashes = [published_style(results, method)["ls"] for method in ("Ohm", "Ampere")]
    assert dashes[0] != dashes[1]


def test_a_polygon_reaches_as_far_as_the_cutoffs_and_is_open_where_nothing_fails() -> None:
    facts = [Axis(name, "", (10.0, 0.0), "") for name in "abcd"]
    angles = np.pi / 2 - 2 * np.pi * np.arange(4) / 4
    cutoffs = [
        PublishedCutoff(0.0, beyond=True),
        PublishedCutoff(5.0, beyond=False),
        None,
        PublishedCutoff(10.0, beyond=False),
    ]
    panel = axes()
    radar._draw_polygon(panel, angles, (facts, cutoffs), {"color": "k", "zorder": 1})
    outline, failed, passed = (line.get_xydata() for line in panel.lines)
    np.testing.assert_allclose(
        outline[[0, 1, 3, 4]], [[0, 1], [0.5, 0], [0, 0], [0, 1]], atol=1e-9
    )
    np.testing.assert_allclose(passed, [[0, 1]], atol=1e-9)
    np.testing.assert_allclose(failed[[0, 2]], [[0.5, 0], [0, 0]], atol=1e-9)
    assert panel.lines[2].get_markerfacecolor() == "white"


@pytest.mark.parametrize(("lowest", "low"), [(0.001, 0.1), (1.0, 0.7), (50.0, 3.0)])
def test_a_logarithmic_scale_begins_below_what_there_is_within_bounds(
    lowest: float, low: float
) -> None:
    limit = Limit("rms", "RMS", "pm", 30.0, upper=True, span=(0.1, 100.0), logarithmic=True)
    panel = axes()
    panel.plot([1, 2, 3], [lowest, 60.0, np.nan])
    curve_plots._set_score_axis(panel, limit)
    assert panel.get_ylim() == pytest.approx((low, 100.0))
    ticks = [label.get_text() for label in panel.get_yticklabels()]
    assert ticks[-3:] == ["10", "30", "100"]
    assert all(low <= float(text) <= 100 for text in ticks)


def test_a_linear_scale_is_the_span() -> None:
    panel = axes()
    panel.plot([1, 2], [0.2, 0.9])
    curve_plots._set_score_axis(panel, Limit("r", "r", "", 0.9, upper=False, span=(0, 1.02)))
    assert panel.get_ylim() == (0, 1.02)

"""Charts put points where their numbers are, and say what they show."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from colonnade.core.figures.charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Curve,
    draw_chart,
)

UP = Curve("up <", np.array([0.0, 5.0, 10.0]), np.array([0.0, np.nan, 4.0]))


def drawn(*curves: Curve, band: tuple[float, float] | None = None) -> ET.Element:
    return ET.fromstring(draw_chart("a < b", ("x & more", "y"), curves, band))


def points(figure: ET.Element) -> np.ndarray:
    (line,) = figure.iter("polyline")
    return np.array([pair.split(",") for pair in line.attrib["points"].split()], float)


def test_a_chart_says_what_it_shows() -> None:
    figure = drawn(UP)
    assert figure.findtext("figcaption") == "a < b"
    (picture,) = figure.iter("svg")
    assert (picture.attrib["role"], picture.attrib["aria-label"]) == ("img", "a < b")
    texts = [text.text for text in picture.iter("text")]
    assert {"x & more", "y", "0", "10", "4"} <= set(texts)


def test_points_are_where_their_numbers_are_and_gaps_are_left_out() -> None:
    found = points(drawn(UP))
    assert len(found) == 2
    assert found[0] == pytest.approx([LEFT, HEIGHT - BOTTOM], abs=0.05)
    assert found[1, 0] == pytest.approx(WIDTH - RIGHT, abs=0.05)
    assert found[1, 1] == pytest.approx(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) / 1.05, abs=0.05)


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e6, 1e6)))
def test_no_point_lies_outside(values: np.ndarray) -> None:
    found = points(drawn(Curve("a", np.arange(len(values), dtype=float), values)))
    assert found[:, 0].min() >= LEFT - 0.05
    assert found[:, 0].max() <= WIDTH - RIGHT + 0.05
    assert found[:, 1].min() >= TOP - 0.05
    assert found[:, 1].max() <= HEIGHT - BOTTOM + 0.05


def test_several_curves_have_a_key_and_shapes_of_their_own() -> None:
    dots = [Curve(name, UP.x, UP.x, joined=False) for name in ("one", "two", "three")]
    figure = drawn(*dots)
    (key,) = (each for each in figure.iter("div") if each.attrib["class"] == "key")
    assert [span[-1].tail for span in key] == ["one", "two", "three"]
    shapes = {path.attrib["d"].split("z")[0].lstrip("M0123456789. -") for path in
              figure.iter("path") if path.attrib["class"].startswith("c")}  # fmt: skip
    assert len(shapes) == 3
    assert not list(drawn(UP).iter("div"))


def test_a_band_lies_between_its_numbers() -> None:
    figure = drawn(UP, band=(1.0, 3.0))
    (band,) = figure.iter("rect")
    unit = (HEIGHT - TOP - BOTTOM) / (4 * 1.05)
    assert float(band.attrib["height"]) == pytest.approx(2 * unit, abs=0.1)
    assert float(band.attrib["y"]) == pytest.approx(HEIGHT - BOTTOM - 3 * unit, abs=0.1)

"""How quantities are spread: what is drawn is what was counted."""

import re
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.figures.distributions import (
    BINS,
    MOST_BARS,
    Quantity,
    drawn_sections,
    percent,
    section,
)


def shown(name: str, values: list[float] | list[str], note: str = "") -> str:
    return section("Heading", [Quantity(name, values, note)])


def heights(html: str) -> dict[int, float]:
    """Of the bars of a histogram that are not empty, by their number from the left."""
    bars = re.findall(r"M(\d+) 100v-([\d.]+)h9", html)
    return {int(left) // 10: float(height) for left, height in bars}


def rows(html: str) -> dict[str, str]:
    return dict(re.findall(r"<span>(.*?)</span><b>(.*?)</b></li>", html))


@given(st.lists(st.floats(-1e6, 1e6), min_size=40, max_size=200, unique=True))
def test_a_histogram_counts_every_value_once(values: list[float]) -> None:
    if np.ptp(values) < 1e-3:
        return
    bars = np.array(list(heights(shown("dose", values)).values()))
    assert bars.max() == 100
    # Heights are shares of the highest bar, to a tenth of a per cent of it.
    highest = np.arange(1, len(values) + 1)[:, None]
    counts = np.round(bars * highest / 100)
    fits = (np.abs(100 * counts / highest - bars) < 0.051).all(axis=1)
    assert len(values) in counts.sum(axis=1)[fits]


def test_a_logarithmic_axis_is_for_what_leans_to_one_side_over_a_wide_range() -> None:
    decades = np.geomspace(1, 1e6, 61).tolist()
    assert "<small>log</small>" in shown("dose", decades)
    assert sorted(heights(shown("dose", decades))) == list(range(BINS))
    assert "<small>log" not in shown("jitter", np.linspace(0.01, 1, 61).tolist())
    assert "<small>log" not in shown("narrow", np.geomspace(1, 4, 61).tolist())
    assert "<small>log" not in shown("signed", (np.geomspace(1, 1e6, 61) - 2).tolist())


def test_the_ends_and_the_median_are_written_below() -> None:
    html = shown("size", [float(value) for value in range(1, 42)])
    assert re.findall(r"<(?:span|b)>([^<]*)</", html.partition("</svg>")[2])[:3] == [
        "1",
        "21",
        "41",
    ]
    assert "<title>size: 1 to 41, median 21</title>" in html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.012345, "0.0123"),
        (99.96, "100"),
        (123456.0, "1.2\u202f·\u202f10⁵"),
        (54321.0, "54,300"),
        (-0.0002, "-2\u202f·\u202f10⁻⁴"),
        ("200.0", "200"),
        ("Si [110]", "Si [110]"),
    ],
)
def test_numbers_have_the_digits_that_a_reader_wants(value: float | str, text: str) -> None:
    assert f"The same in all: a {text}." in section("H", [Quantity("a", [value, value])])


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.153, "15 %"),
        (0.0123, "1.2 %"),
        (0.994, "99 %"),
        (0.996, "99.6 %"),
        (1, "100 %"),
    ],
)
def test_shares_are_in_per_cent(share: float, text: str) -> None:
    assert percent(share) == text


def test_choices_are_counted_the_most_frequent_first_and_the_rest_together() -> None:
    names = [f"X{i}" for i in range(45)] + ["Si"] * 3 + ["<Au>"] * 2
    counts = rows(shown("crystal", names))
    assert list(counts)[:2] == ["Si", "&lt;Au&gt;"]
    assert len(counts) == MOST_BARS + 1
    assert counts["7 others"] == "7"
    assert sum(map(int, counts.values())) == len(names)


def test_few_numbers_are_choices_in_their_order() -> None:
    assert rows(shown("frames", [16.0] * 5 + [4.0] * 3 + [8.0] * 2)) == {
        "4": "3",
        "8": "2",
        "16": "5",
    }


def test_what_happens_or_not_is_a_share() -> None:
    quantities = [Quantity("drift", [1.0, 0, 0, 0]), Quantity("hum", [1.0, 1, 0, 0])]
    html = section("Scan", quantities)
    assert rows(html) == {"drift": "25 %", "hum": "50 %"}
    assert 'style="--share:25.0%"' in html


def test_a_usual_value_is_left_out_and_that_is_said() -> None:
    html = shown("smoothing", [0.0] * 30 + np.linspace(1, 2, 30).tolist())
    assert "0 in 50 % of them, which are left out." in html
    assert "smoothing: 1 to 2, median 1.5" in html


def test_a_quantity_that_nothing_has_takes_no_room() -> None:
    assert section("A", [Quantity("b", [])]) == "<section><h2>A</h2></section>"


def test_names_and_notes_are_no_html() -> None:
    html = shown("<a>", [1.0, 2, 3, 4], "b < c")
    assert "<a>" not in html
    assert "b &lt; c" in html


@dataclass(frozen=True)
class Beam:
    """A part of a recipe."""

    dose: float = 1.0
    """Electrons per area [1/nm²]."""
    energy: float = 5.0
    """Of the electrons [keV]."""


@dataclass(frozen=True)
class Scene:
    """A recipe of some other wing."""

    beam: Beam = field(default_factory=Beam)
    depth: float = 1.0
    """How deep it is [nm]."""


def test_sections_follow_the_recipe_of_any_wing() -> None:
    drawn = {
        "unknown": ["a", "b", "b"],
        "beam.energy": [1.0, 2.0, 2.0],
        "beam.dose": [1.0, 3.0],
        "depth": [2.0, 2.0, 2.0],
    }
    html = list(drawn_sections(drawn, 3, Scene, {"beam": "Beam", "": "Scene"}))
    assert [re.findall("<h2>(.*?)</h2>", one) for one in html] == [["Beam"], ["Scene"]]
    assert re.findall("<h3>(.*?)</h3><p>(.*?)</p>", html[0]) == [
        ("dose", "Electrons per area [1/nm²]. In 67 % of the images."),
        ("energy", "Of the electrons [keV]."),
    ]
    assert "The same in all: depth 2." in html[1]


def test_what_the_recipe_does_not_name_is_in_the_order_of_the_alphabet() -> None:
    """Whichever image had it first."""
    drawn = {name: ["a", "b", "b", "b"] for name in ("zone", "crystal", "depth")}
    html = "".join(drawn_sections(drawn, 4, Scene, {"": "Scene"}))
    assert re.findall("<h3>(.*?)</h3>", html) == ["depth", "crystal", "zone"]


def test_what_no_heading_names_comes_under_its_own_name() -> None:
    html = list(drawn_sections({"lens.tilt": [1.0, 1.0]}, 2, Scene, {"beam": "Beam"}))
    assert html == ["<section><h2>lens</h2><p>The same in all: tilt 1.</p></section>"]

"""Cut-offs lie where arithmetic says, and intervals hold what redrawn images would give."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_wing import ERROR_LIMIT, SPREAD, STUDY, Corrected, Item, Reading, list_cases, offset_of

from colonnade.core.bench.case import Case
from colonnade.core.bench.curves import cutoff, median_interval, paired_median, summarise
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Limit

LIMITS = (
    Limit("recall", "recall", "", 0.9, upper=False, span=(0, 1)),
    Limit("precision", "precision", "", 0.95, upper=False, span=(0, 1)),
    Limit("rms", "RMS error", "pm", 30.0, upper=True, span=(0.1, 100)),
)


@given(share=st.floats(0.05, 0.95))
def test_a_cutoff_lies_where_the_straight_line_crosses(share: float) -> None:
    # From 1 at the second step to what crosses 0.9 after this share of the way.
    scores = {"recall": [1, 1, 1 - 0.1 / share], "precision": [1, 1, 1], "rms": [5, 5, 5]}
    value, name = cutoff([10.0, 8.0, 4.0], scores, LIMITS)
    assert value == pytest.approx(8 - 4 * share)
    assert name == "recall"


def test_the_first_score_to_cross_counts_and_none_means_the_last_step() -> None:
    fine = {"recall": [1, 1], "precision": [1, 1], "rms": [1, 2]}
    assert cutoff([1.0, 2.0], fine, LIMITS) == (2.0, "")
    both = {"recall": [1, 0.8], "precision": [1, 0.5], "rms": [1, 2]}
    assert cutoff([1.0, 2.0], both, LIMITS) == (pytest.approx(1.1), "precision")
    throughout = {"recall": [1, 1], "precision": [1, 1], "rms": [31, 40]}
    assert cutoff([1.0, 2.0], throughout, LIMITS) == (1.0, "rms")


def test_what_is_unknown_fails_nothing_and_a_step_after_it_fails_where_it_is() -> None:
    scores = {"recall": [1, 1, 1], "precision": [1, 1, 1], "rms": [np.nan, np.nan, 40]}
    assert cutoff([1.0, 2.0, 3.0], scores, LIMITS) == (3.0, "rms")
    assert cutoff([1.0, 2.0], scores, LIMITS) == (2.0, "")


def test_a_score_equal_to_its_limit_has_reached_it() -> None:
    scores = {"recall": [0.9], "precision": [0.95], "rms": [30]}
    assert cutoff([1.0], scores, LIMITS) == (1.0, "")


def rows(share: float = 0.0, cases: Sequence[Case] | None = None) -> list[Row]:
    """Scores of the method that takes off a share of the offset."""
    method, made = Corrected(str(share)), []
    for case in list_cases() if cases is None else cases:
        reading = Reading(offset_of(case), offset_of(case))
        scores = STUDY.task.measure(Item(reading), method.run(reading))
        cost = {"seconds": 2.0, "peak_mb": 50.0, "pixels": 5e5}
        made.append(Row("corrected", case, {**scores, **cost}))
    return made


def test_the_cutoff_of_a_method_is_that_of_its_mean_error() -> None:
    # The mean error on the axis is the value, times what is not taken off.
    found = summarise(STUDY, rows())["cutoffs"]["volts"]
    assert found["offset"]["value"] == ERROR_LIMIT
    assert found["offset"]["criterion"] == "error"
    assert not found["offset"]["beyond"]
    assert found["gain"] == {"value": 0.25, "low": 0.25, "high": 0.25} | {
        "criterion": None,
        "beyond": True,
    }
    half = summarise(STUDY, rows(0.5))["cutoffs"]["volts"]["offset"]
    assert half["value"] == pytest.approx(2 * ERROR_LIMIT)


def test_intervals_hold_what_two_images_drawn_again_would_give() -> None:
    summary = summarise(STUDY, rows())
    for point in summary["curves"]["volts"]["offset"]:
        value = point["value"]
        assert point["error"] == pytest.approx(value)
        # One draw in four is of the lower image alone, which is more than 2.5 %.
        assert point["error_low"] == pytest.approx(value - SPREAD)
        assert point["error_high"] == pytest.approx(value + SPREAD)
    cut = summary["cutoffs"]["volts"]["offset"]
    # One draw in 16 has the lower image alone at 2 and at 4 V, and one the higher.
    assert cut["low"] == pytest.approx(ERROR_LIMIT - SPREAD)
    assert cut["high"] == pytest.approx(ERROR_LIMIT + SPREAD)


def test_series_in_which_nothing_varies_have_scores_and_no_cutoff() -> None:
    summary = summarise(STUDY, rows())
    # Offsets of 1.5, 2 and 2.5 V.
    assert summary["oddities"]["error"][0] == pytest.approx(2.0)
    assert "oddities" not in summary["cutoffs"]
    varied = [case for case in list_cases() if case.series == "volts"]
    assert summarise(STUDY, rows(cases=varied))["oddities"] is None


def test_totals_are_over_all_images_with_their_cost() -> None:
    summary = summarise(STUDY, rows())
    errors = [abs(offset_of(case)) for case in list_cases()]
    assert summary["bias"] == pytest.approx(np.mean(errors), rel=1e-4)
    assert summary["seconds_per_megapixel"] == 4.0
    assert summary["peak_mb"] == 50.0


def test_steps_without_images_are_left_out() -> None:
    some = [case for case in list_cases() if case.axis == "offset" and case.value > 1.5]
    summary = summarise(STUDY, rows(cases=some))
    assert [point["value"] for point in summary["curves"]["volts"]["offset"]] == [2, 4, 8]
    assert list(summary["cutoffs"]["volts"]) == ["offset"]


def test_the_same_scores_give_the_same_summary() -> None:
    assert summarise(STUDY, rows()) == summarise(STUDY, rows())


def test_differences_are_taken_image_by_image() -> None:
    # Half of each offset is taken off: the errors of hard images differ more, and none is alike.
    halves = [offset_of(case) / 2 for case in list_cases()]
    median, low, high = paired_median(rows(), rows(0.5), "error")
    assert median == pytest.approx(np.median(halves))
    assert min(halves) <= low <= median <= high <= max(halves)


def test_only_images_that_both_have_done_are_compared() -> None:
    cases = list_cases()
    same = paired_median(rows(0.0, cases), rows(0.5, cases[:3]), "error")
    assert same == paired_median(rows(0.0, cases[:3]), rows(0.5, cases[:3]), "error")
    assert np.isnan(paired_median(rows(0.0, cases[3:]), rows(0.5, cases[:3]), "error")).all()


def test_what_is_unknown_has_no_part_in_a_median() -> None:
    assert median_interval(np.array([np.nan, 2.0, np.inf])) == (2.0, 2.0, 2.0)
    assert np.isnan(median_interval(np.array([np.nan]))).all()

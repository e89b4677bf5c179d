"""An image of atoms is told from one of something else, and what is not known does not tell."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_spots import SIDE, spots, texture, with_spots

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.judge.atomic import ImageEvidence, image_evidence
from colonnade.atoms.locate.judge.mean_column import UNKNOWN, MeanColumn
from colonnade.atoms.locate.judge.spots import Spots
from colonnade.core.learn.model import read_card

VERDICT = AtomsCard.of(read_card("atoms")).verdict

COLUMN = MeanColumn(0.0, 0.8, 0.22)


def evidence(**changes: object) -> ImageEvidence:
    good = {"explained": 1.0, "support": 0.9, "unevenness": 0.02}
    return ImageEvidence(**{**good, "mean_column": COLUMN, "spots": None, **changes})  # type: ignore[arg-type]


ATOMS = Spots(20, 2.5, 0.2, 0.6, 0.15, -0.02)


@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param({"mean_column": MeanColumn(0.0, 0.8, 0.02)}, id="a plateau"),
        pytest.param({"mean_column": MeanColumn(0.0, 0.0, 0.22)}, id="a stripe"),
        pytest.param({"mean_column": MeanColumn(0.25, 0.3, 0.22)}, id="edges"),
    ],
)
def test_each_reason_to_doubt_a_lattice_is_enough(doubt: dict[str, object]) -> None:
    assert evidence().probability(VERDICT) > 0.7
    assert evidence(**doubt).probability(VERDICT) < 0.5


@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param({"spots": replace(ATOMS, spread=0.9)}, id="stars"),
        pytest.param({"spots": replace(ATOMS, roundness=0.1, unlikeness=0.25)}, id="edges"),
        pytest.param({"mean_column": MeanColumn(0.0, 0.8, 0.02)}, id="discs"),
    ],
)
def test_each_reason_to_doubt_single_atoms_is_enough(doubt: dict[str, object]) -> None:
    assert evidence(spots=ATOMS).probability(VERDICT) > 0.6
    assert evidence(**{"spots": ATOMS, **doubt}).probability(VERDICT) < 0.5


def test_dark_spots_are_atoms_only_in_pixels_of_their_size() -> None:
    single = evidence(spots=ATOMS)
    usual = single.probability(VERDICT)
    assert single.probability(VERDICT, of_any_size=True) == usual
    assert single.probability(VERDICT, dark=True) == usual
    assert single.probability(VERDICT, of_any_size=True, dark=True) < 0.5


def test_a_probe_makes_no_spot_of_a_single_pixel() -> None:
    usual = evidence(spots=ATOMS).probability(VERDICT)
    assert evidence(spots=ATOMS, width=0.7).probability(VERDICT) == usual
    assert evidence(spots=ATOMS, width=0.3).probability(VERDICT) < 0.5
    assert evidence(width=0.3).probability(VERDICT) == evidence().probability(VERDICT)


def test_grains_on_fringes_are_no_columns_whether_they_repeat_or_not() -> None:
    for usual in (evidence(), evidence(spots=ATOMS)):
        assert replace(usual, anisotropy=0.6).probability(VERDICT) == usual.probability(VERDICT)
        assert replace(usual, anisotropy=0.92).probability(VERDICT) < 0.5


def test_a_dark_lattice_is_one_in_pixels_of_any_size() -> None:
    lattice = evidence()
    assert lattice.probability(VERDICT, of_any_size=True, dark=True) == lattice.probability(
        VERDICT
    )


def test_a_lattice_tells_when_electrons_are_few() -> None:
    """At -2 dB noise hides what stands out most, but not that the lattice repeats."""
    noisy = {"explained": 0.4, "mean_column": MeanColumn(0.0, 0.6, 0.15)}
    assert evidence(**noisy, support=0.5).probability(VERDICT) > 0.5
    assert evidence(**noisy, support=0.05).probability(VERDICT) < 0.5
    # Where widths can be told apart there is little noise, and a wall repeats as well.
    assert evidence(**noisy, support=0.5, unevenness=0.15).probability(VERDICT) < 0.5


def test_columns_of_all_widths_are_no_columns() -> None:
    doubtful = {"explained": 0.8, "support": 0.3, "mean_column": MeanColumn(0.02, 0.4, 0.2)}
    assert evidence(**doubtful, unevenness=0.02).probability(VERDICT) > 0.5
    assert evidence(**doubtful, unevenness=0.2).probability(VERDICT) < 0.5


def test_what_few_columns_do_not_show_speaks_neither_for_nor_against() -> None:
    assert evidence(mean_column=UNKNOWN).probability(VERDICT) == evidence().probability(VERDICT)


def test_columns_explain_what_stands_out_where_they_are() -> None:
    image = with_spots(np.full(36, 30.0))
    cell = SIDE / 6
    places = (np.stack(np.mgrid[:6, :6], -1).reshape(-1, 2) + 0.5) * cell
    shares = []
    for shift in (0.0, cell / 2):
        y, x = (places + shift).T
        columns = Columns(y, x, width=np.full(36, 1.6), labels={"snr": np.full(36, 20.0)})
        shares.append(image_evidence(image, columns, np.ones(36), None).explained)
    assert shares[0] > 10 * shares[1]


def test_without_columns_there_is_little_hope() -> None:
    none = Columns(np.empty(0), np.empty(0), labels={"snr": np.empty(0)})
    image = texture().astype(np.float32)
    found = image_evidence(image, none, np.empty(0), spots(image))
    assert found.mean_column == UNKNOWN
    assert found.probability(VERDICT) < 0.5

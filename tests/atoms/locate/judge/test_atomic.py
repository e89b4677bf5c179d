"""An image of atoms is told from one of something else, and what is not known does not tell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.find.prominence import Prominence
from colonnade.atoms.locate.judge.atomic import ImageEvidence, Spots, image_evidence
from colonnade.atoms.locate.judge.mean_column import UNKNOWN, MeanColumn
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning
from colonnade.core.learn.model import read_card

SIDE = 192
Y, X = np.mgrid[:SIDE, :SIDE].astype(float)


def texture(seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(SIDE, SIDE))


def with_spots(heights: Array, ring: float = 0.0, seed: int = 0) -> Single:
    """Gaussian spots of some heights on texture, each in a dark ring of a share of its height."""
    image, cell = texture(seed), SIDE / 6
    for number, height in enumerate(heights):
        y, x = (number // 6 + 0.5) * cell, (number % 6 + 0.5) * cell
        square = ((Y - y) ** 2 + (X - x) ** 2) / (2 * 1.6**2)
        image += height * np.exp(-square) - ring * height * np.exp(-square / 6)
    return image.astype(np.float32)


def spots(image: Single) -> Spots:
    return Spots.of(Prominence.of(image, Binning()).prominence)


@given(st.floats(0.01, 1e4), st.floats(-1e3, 1e3))
def test_gain_and_black_level_do_not_matter(gain: float, level: float) -> None:
    image = with_spots(np.full(20, 8.0))
    usual, other = spots(image), spots((gain * image + gain * level).astype(np.float32))
    assert other.contrast == pytest.approx(usual.contrast, abs=0.15)
    assert other.spread == pytest.approx(usual.spread, abs=0.05)


def test_bright_spots_alone_have_a_contrast_and_both_kinds_have_none() -> None:
    heights = np.full(30, 10.0)
    assert spots(with_spots(heights)).contrast > 2.5
    assert spots(with_spots(-heights)).contrast < -1
    assert abs(spots(with_spots(heights * np.resize([1, -1], 30))).contrast) < 0.3


def test_a_dark_ring_round_an_atom_is_part_of_it() -> None:
    assert spots(with_spots(np.full(30, 40.0), ring=0.25)).contrast > 2.5


def test_stars_are_of_all_heights_and_atoms_are_not() -> None:
    atoms, stars = np.full(36, 15.0), 8 * np.geomspace(1, 100, 36)
    assert spots(with_spots(atoms)).spread < 0.3
    # The brighter half of what is even on a logarithmic scale spans half of its range, a decade.
    found = spots(with_spots(stars)).spread
    assert found == pytest.approx(np.log(10) / np.sqrt(12), abs=0.06)


def test_bumps_of_the_texture_beside_bright_atoms_do_not_make_them_uneven() -> None:
    heights = np.array(20 * [40.0] + 16 * [6.0])
    assert spots(with_spots(heights)).spread < 0.3


VERDICT = AtomsCard.of(read_card("atoms")).verdict

COLUMN = MeanColumn(0.0, 0.8, 0.22)


def evidence(**changes: object) -> ImageEvidence:
    good = {"explained": 1.0, "log_snr": 2.5, "mean_column": COLUMN, "spots": None}
    return ImageEvidence(**{**good, **changes})  # type: ignore[arg-type]


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
        pytest.param({"spots": Spots(0.0, 0.3)}, id="dark spots"),
        pytest.param({"spots": Spots(3.0, 0.9)}, id="stars"),
        pytest.param({"mean_column": MeanColumn(0.0, 0.8, 0.02)}, id="discs"),
    ],
)
def test_each_reason_to_doubt_single_atoms_is_enough(doubt: dict[str, object]) -> None:
    assert evidence(spots=Spots(2.5, 0.2)).probability(VERDICT) > 0.6
    assert evidence(**{"spots": Spots(2.5, 0.2), **doubt}).probability(VERDICT) < 0.5


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
        shares.append(image_evidence(image, columns, None).explained)
    assert shares[0] > 10 * shares[1]


def test_without_columns_there_is_little_hope() -> None:
    none = Columns(np.empty(0), np.empty(0), labels={"snr": np.empty(0)})
    image = texture().astype(np.float32)
    found = image_evidence(image, none, spots(image))
    assert found.mean_column == UNKNOWN
    assert found.probability(VERDICT) < 0.5

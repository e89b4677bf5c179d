"""The verdict learns what tells images of columns from others, and who sees more counts more."""

import numpy as np
import pytest

from colonnade.atoms.card import VERDICT_DEFAULT, AtomsCard
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.judge.atomic import ImageEvidence
from colonnade.atoms.locate.judge.mean_column import MeanColumn
from colonnade.atoms.locate.judge.probability import Evidence
from colonnade.atoms.locate.judge.spots import Spots
from colonnade.atoms.locate.scoring import Scored
from colonnade.atoms.train.calibration import CalibrationImage
from colonnade.atoms.train.other_images import KINDS, OtherImages
from colonnade.atoms.train.verdict import Case, search_other, verdict
from colonnade.core.learn.model import Model, read_card

PART = AtomsCard.of(read_card("atoms"))
COLUMN, DISC = MeanColumn(0.0, 0.9, 0.22), MeanColumn(0.0, 0.9, 0.0)
PLACES = np.stack(np.mgrid[10:90:12, 10:90:12], -1).reshape(-1, 2).astype(float)


def evidence() -> Evidence:
    ones = np.ones(len(PLACES))
    return Evidence.in_crystal(0.9 * ones, 20 * ones, ones)


def found(mean_column: MeanColumn, spots: Spots | None = None) -> Scored:
    columns = Columns(*PLACES.T)
    return Scored(columns, evidence(), ImageEvidence(1.0, 0.9, 0.02, mean_column, spots), ())


def crystal(true: int) -> CalibrationImage:
    """An image with so many columns, all of which are among the candidates."""
    truth = Columns(*PLACES[:true].T).with_labels(detectable=1)
    image = ImageEvidence(1.0, 0.9, 0.02, COLUMN, None)
    return CalibrationImage(truth, Columns(*PLACES.T), evidence(), image, (100, 100))


def test_discs_are_told_from_columns_by_their_plateau() -> None:
    weights = verdict([crystal(20)] * 6, [found(DISC)] * 6, PART)
    assert crystal(20).image.probability(weights) > 0.8
    assert found(DISC).image.probability(weights) < 0.1
    assert weights.single == VERDICT_DEFAULT.single


def test_images_with_next_to_no_columns_are_no_example_and_those_without_any_are_others() -> None:
    usual = verdict([crystal(20)] * 4 + [crystal(2)] * 9, [found(DISC)] * 4, PART)
    assert usual == verdict([crystal(20)] * 4, [found(DISC)] * 4, PART)
    empty = verdict([crystal(20)] * 4 + [crystal(0)] * 4, [found(DISC)] * 4, PART)
    assert crystal(20).image.probability(empty) < crystal(20).image.probability(usual)


def test_with_images_of_one_side_alone_all_is_as_usual() -> None:
    assert verdict([crystal(20)] * 3, [], PART) == VERDICT_DEFAULT


def test_an_image_in_which_more_is_seen_counts_more() -> None:
    image = found(COLUMN).image
    few, many = (Case(image, columns, False).counts for columns in (0, 1000))
    assert 0 < few < many < 20 * few


@pytest.mark.parametrize("kind", ["board", "discs"])
def test_the_packaged_model_is_seldom_taken_in(kind: str) -> None:
    """Leaves may hide most of what is drawn among them, and noise its edges."""
    model = Model.load("atoms")
    weights = AtomsCard.of(model.card).verdict
    draw = OtherImages(seed=99, part=9, side=256)
    images = (draw(KINDS.index(kind) + number * len(KINDS)) for number in range(4))
    passed = [search_other(model, one).image.probability(weights) >= 0.5 for one in images]
    assert sum(passed) <= 1

"""Real micrographs, where they are at hand: the columns that a person marked are found."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

import colonnade
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.locate import locate_frame
from colonnade.atoms.score import score

MARKED = {
    "Si110_5nmX25us_03_none_none.png": 0.00977,
    "Grain_boundry_gold_512px.png": None,
    "16_STOimage_1.ser": None,
    "16_STOimage.emi": None,
}


def marks(image: Path) -> Columns:
    stem = "16_STOimage_1" if image.suffix == ".emi" else image.stem
    table = np.loadtxt(image.with_name(f"{stem}.columns.csv"), delimiter=",", skiprows=1)
    return Columns(y=table[:, 1], x=table[:, 0])


@pytest.mark.parametrize(("name", "pixel_size"), MARKED.items())
def test_marked_columns_are_found(shared_data: Path, name: str, pixel_size: float | None) -> None:
    image = shared_data / "stem" / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
        found = colonnade.locate(image, pixel_size=pixel_size)
    spacing = np.median(cKDTree(found.positions).query(found.positions, 2)[0][:, 1])
    truth = marks(image)
    shape = colonnade.read(image).shape
    # Columns that the border cuts are not marked, and those near it may or may not be found.
    gate = 0.45 * spacing
    result = score(truth, found, gate, shape=shape, border=gate)
    assert result.recall > 0.99
    assert result.precision > 0.99


def test_the_dumbbells_of_silicon_are_as_long_as_they_are(shared_data: Path) -> None:
    image = shared_data / "stem" / "Si110_5nmX25us_03_none_none.png"
    with pytest.warns(colonnade.ColonnadeWarning, match="the rows had a jitter"):
        found = colonnade.locate(image, pixel_size=0.00977)
    inside = ((found.positions > 40) & (found.positions < 471)).all(1)
    # The nominal pixel is several percent too large; the columns themselves calibrate it.
    pixel = np.sqrt(inside.sum() / 431**2 / (4 / (0.5431 * 0.3840)))
    nearest = cKDTree(found.positions).query(found.positions, 2)[0][:, 1]
    assert pixel * np.median(nearest[inside]) == pytest.approx(0.1358, rel=0.06)


def test_images_of_labelled_single_atoms_are_taken_for_what_they_are(shared_data: Path) -> None:
    images = sorted((shared_data / "stem-labelled" / "pt-single-atoms").glob("*.tif"))
    model = colonnade.Model.load("atoms")
    results = [locate_frame(colonnade.read(image), model) for image in images]
    assert all(result.shows_columns and len(result.columns) > 10 for result in results)

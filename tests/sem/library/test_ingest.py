"""Pairs of files become a library and a report."""

import csv
import warnings
from pathlib import Path

import numpy as np
import pytest
import tifffile
from recorded_fields import recorded_pair

from colonnade.core.data.library import Library
from colonnade.core.errors import ColonnadeError, FileError, ImageError, RecipeError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.recipe import load
from colonnade.sem.library import open as opening
from colonnade.sem.library.degradation import Degradation
from colonnade.sem.library.ingest import FITTED, REPORT, import_library
from colonnade.sem.library.open import open_pairs, open_split
from colonnade.sem.library.pair_files import calibrated_scale, find_pairs, likely_factor
from colonnade.sem.simulate.image import Simulation

SIMULATION = Simulation(factor=2, size=(64, 64))


def ignored(done: int, total: int) -> None:
    """Show no progress."""


def write(folder: Path) -> Path:
    """Write three pairs that fit, one of which is magnified, and one that does not."""
    for name in ("low", "high"):
        (folder / name).mkdir(parents=True)
    for seed, (low, high) in enumerate([recorded_pair(seed) for seed in (1, 2, 3)]):
        shown = np.kron(np.rint(low), np.ones((2, 2))).astype(np.uint8) if seed == 1 else low
        tifffile.imwrite(folder / "low" / f"field{seed}.tif", shown)
        tifffile.imwrite(folder / "high" / f"field{seed}.tif", high)
    tifffile.imwrite(folder / "low" / "wrong.tif", recorded_pair(4)[0])
    tifffile.imwrite(folder / "high" / "wrong.tif", recorded_pair(5)[1])
    tifffile.imwrite(folder / "low" / "alone.tif", recorded_pair(4)[0])
    return folder


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Import them, and keep what is said."""
    folder = write(tmp_path_factory.mktemp("specimen"))
    out = tmp_path_factory.mktemp("out") / "library"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        sentence = import_library(folder, out, pixel_size=None, progress=ignored)
    return folder, out, sentence, [str(warning.message) for warning in said]


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / REPORT).open(newline="") as file:
        return {row["pair"]: row for row in csv.DictReader(file)}


def test_the_report_says_what_remains_of_each_pair(imported):
    _, out, sentence, said = imported
    report = rows(out)
    assert list(report) == ["field0", "field1", "field2", "wrong"]
    for name in ("field0", "field1", "field2"):
        assert float(report[name]["scale"]) == pytest.approx(2.03, abs=0.01)
        assert float(report[name]["shift_error_px"]) < 0.15
        assert float(report[name]["rest_sigma"]) == pytest.approx(1, abs=0.15)
        assert report[name]["misfit"] == ""
    assert "do not show the same field" in report["wrong"]["misfit"]
    assert any("wrong: the two images do not show the same field" in one for one in said)
    assert any("1 images have no partner of their name" in one for one in said)
    assert any("low/field1.tif: each pixel is repeated 2 times" in one for one in said)
    assert "3 of 4 pairs fit" in sentence


def test_the_library_holds_tiles_of_all_pairs_that_fit(imported):
    folder, out, _, _ = imported
    library = Library(out)
    assert len(library) == sum(int(row["tiles"]) for row in rows(out).values()) > 0
    entries = [library[number] for number in range(len(library))]
    assert {entry.drawn["field"] for entry in entries} == {"field0", "field1", "field2"}
    assert {entry.drawn["material"] for entry in entries} == {folder.name}
    low, high = entries[0].images["low"], entries[0].images["high"]
    assert high.shape == (2 * low.shape[0], 2 * low.shape[1])


def test_the_degradation_that_the_pairs_tell_of_lies_beside(imported):
    _, out, _, _ = imported
    instrument = load(Degradation, out / FITTED).instrument
    assert instrument.probe == pytest.approx((0.6, 0.6), abs=0.15)
    assert 40 < instrument.dose[0] <= instrument.dose[1] < 90
    assert instrument.correlation == pytest.approx((0.25, 0.25), abs=0.08)


def test_an_import_that_is_given_again_does_nothing_twice(imported, monkeypatch):
    folder, out, _, _ = imported
    before = (out / REPORT).read_bytes()
    monkeypatch.setattr("colonnade.sem.library.ingest.register", None)
    with pytest.warns(UserWarning, match="no partner"):
        import_library(folder, out, pixel_size=None, progress=ignored)
    assert (out / REPORT).read_bytes() == before


def test_a_training_gets_parts_of_the_size_it_wants_split_by_field(imported, monkeypatch):
    _, out, _, _ = imported
    monkeypatch.setattr(opening, "FEWEST_PIXELS", 0)
    train, test = open_split(out, SIMULATION)
    assert test is not None
    assert train(5).high.shape == (64, 64)
    fields = [
        {side(number).drawn["field"] for number in range(len(side))} for side in (train, test)
    ]
    assert not fields[0] & fields[1]
    large = Simulation(factor=2, size=(160, 160))
    with pytest.warns(UserWarning, match="go on as their mirror image"):
        (source,) = open_pairs(out, large)
    pair = source(0)
    assert pair.low.shape == (80, 80)
    assert pair.high.reshape(80, 2, 80, 2).mean((1, 3)).mean() == pytest.approx(
        pair.low.mean(), rel=0.03
    )


def test_too_few_pixels_to_learn_from_are_refused(imported):
    _, out, _, _ = imported
    with pytest.raises(ImageError, match="a model that learns from fewer becomes worse"):
        open_split(out, SIMULATION)


def test_pairs_of_one_field_are_refused(imported, monkeypatch):
    _, out, _, _ = imported
    monkeypatch.setattr(opening, "FEWEST_PIXELS", 0)
    monkeypatch.setattr(opening.RegisteredSource, "families", lambda *_: frozenset({"one"}))
    with pytest.raises(ImageError, match="show one field"):
        open_pairs(out, SIMULATION)


def test_a_recipe_of_another_factor_is_refused(imported, monkeypatch):
    _, out, _, _ = imported
    monkeypatch.setattr(opening, "FEWEST_PIXELS", 0)
    with pytest.raises(RecipeError, match="have the factor 2 and the recipe has 4"):
        open_pairs(out, Simulation(factor=4, size=(64, 64)))


def test_where_nothing_fits_it_is_said_why(tmp_path):
    low, high = recorded_pair(4)[0], recorded_pair(5)[1]
    tifffile.imwrite(tmp_path / "one.low.tif", low)
    tifffile.imwrite(tmp_path / "one.high.tif", high)
    with (
        pytest.warns(UserWarning, match="one: the two images"),
        pytest.raises(ImageError, match=r"none of the 1 pairs fits.*do not show the same field"),
    ):
        import_library(tmp_path, tmp_path / "out", pixel_size=None, progress=ignored)


def test_pairs_are_found_by_the_ends_of_their_names(tmp_path):
    for name in ("a.low.tif", "a.high.png", "b.low.tif", "c.tif"):
        (tmp_path / name).touch()
    with pytest.warns(UserWarning, match=r"1 images have no partner of their name.*b\.low\.tif"):
        (pair,) = find_pairs(tmp_path)
    assert (pair.name, pair.low.name, pair.high.name) == ("a", "a.low.tif", "a.high.png")


def test_a_folder_without_pairs_is_refused(tmp_path):
    (tmp_path / "a.tif").touch()
    with pytest.raises(FileError, match=r"holds no pairs: put .* NAME\.low\.tif"):
        find_pairs(tmp_path)


def test_a_pixel_size_is_refused(tmp_path):
    with pytest.raises(ColonnadeError, match="leave out --pixel-size"):
        import_library(tmp_path, tmp_path / "out", pixel_size=(1.0, 1.0), progress=ignored)


def test_the_factor_is_told_by_calibrations_or_by_what_fits():
    low, high = recorded_pair(1)
    calibrated = Micrograph(np.zeros((60, 80)), (8.1, 8.1)), Micrograph(np.zeros((9, 9)), (2, 2))
    assert calibrated_scale(*calibrated) == pytest.approx(4.05)
    assert likely_factor(*calibrated) == 4
    # The ratio of the sides is nearest to 4, and the factor is 2.
    assert likely_factor(Micrograph(low[:44, :48]), Micrograph(high)) == 2


def test_fields_of_different_sizes_make_pairs(tmp_path):
    low, high = recorded_pair(1)
    for name, image in (("a.low.tif", low[:60, :64]), ("a.high.tif", high)):
        tifffile.imwrite(tmp_path / name, image)
    import_library(tmp_path, tmp_path / "out", pixel_size=None, progress=ignored)
    assert float(rows(tmp_path / "out")["a"]["overlap"]) > 0.9

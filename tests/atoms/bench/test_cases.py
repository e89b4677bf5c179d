"""The test set: drawn once and kept, and the same everywhere."""

from pathlib import Path

import numpy as np
import pytest

from colonnade.atoms.bench import cases, degradation_series, structures
from colonnade.atoms.columns import Columns
from colonnade.core.bench.case import Case
from colonnade.core.images.micrograph import Micrograph


def test_images_are_those_that_everyone_has() -> None:
    # Every image in which only whole numbers are drawn is alike on all processors but for ties.
    chosen = [case for case in cases.list_cases(quick=True, data=None) if case.number == 0][::9]
    same = [
        cases.digest(
            structures.draw_structure(case)
            if case.series == structures.STRUCTURES
            else degradation_series.draw_degraded(case)
        )
        == cases.expected_digests()[case.name]
        for case in chosen
    ]
    assert np.mean(same) > 0.5


def test_every_image_of_the_test_set_has_its_digest() -> None:
    names = {case.name for few in (False, True) for case in cases.list_cases(few, None)}
    assert names == set(cases.expected_digests())


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A folder with one labelled image of somebody's own."""
    from PIL import Image

    folder = tmp_path / "mine"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (40, 56)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "gold.png")
    Columns(np.array([8.0, 30.5]), np.array([9.25, 40.0])).to_csv(folder / "gold.columns.csv")
    return folder


def ignore(done: int, total: int) -> None:
    assert done <= total


def test_images_are_drawn_once_and_read_back_as_they_were(tmp_path: Path, labelled: Path) -> None:
    noise = Case("WS2 [001]", "noise", 10.0, 0)
    chosen = (noise, *(case for case in cases.list_cases(True, labelled) if case.axis == "gold"))
    assert chosen[1].series == cases.EXPERIMENT
    test_set = cases.TestSet(chosen, labelled, workers=1)
    test_set.prepare(tmp_path, ignore)
    read = cases.read_image(tmp_path, noise)
    drawn = degradation_series.draw_degraded(noise)
    np.testing.assert_array_equal(read.image.pixels, drawn.image.pixels)
    np.testing.assert_array_equal(read.truth.positions, drawn.truth.positions)
    np.testing.assert_array_equal(read.crlb, drawn.crlb)
    assert read.image.pixel_size == drawn.image.pixel_size
    mine = cases.read_image(tmp_path, chosen[1])
    np.testing.assert_array_equal(mine.truth.positions, [[8.0, 9.25], [30.5, 40.0]])
    assert (mine.truth.labels["detectable"] == 1).all()
    assert mine.image.pixel_size is None
    assert np.isnan(mine.crlb).all()
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / cases.IMAGES).iterdir()}
    test_set.prepare(tmp_path, ignore)
    assert times == {path: path.stat().st_mtime_ns for path in (tmp_path / cases.IMAGES).iterdir()}


def test_an_image_that_is_not_what_everyone_has_is_counted(tmp_path: Path, labelled: Path) -> None:
    chosen = (
        Case("WS2 [001]", "noise", 10.0, 0),
        *(case for case in cases.list_cases(True, labelled) if case.axis == "gold"),
    )
    test_set = cases.TestSet(chosen, labelled, workers=1)
    test_set.prepare(tmp_path, ignore)
    # An image of somebody's own has no digest and is not counted.
    before = test_set.differing(tmp_path)
    assert before in (0, 1)
    path = tmp_path / cases.IMAGES / f"{chosen[0].name}.npz"
    with np.load(path) as file:
        arrays = dict(file)
    arrays["image"][0, 0] += 1
    np.savez(path, **arrays)
    assert test_set.differing(tmp_path) == 1


def test_a_digest_is_of_the_grey_levels_alone() -> None:
    image = degradation_series.draw_degraded(Case("WS2 [001]", "noise", -2.0, 0))
    pixels = image.image.pixels
    same = Micrograph(pixels.astype(">f4").astype(np.float32), (1.0, 1.0), "another name")
    assert cases.digest(type(image)(image.case, same, image.truth, image.crlb)) == cases.digest(
        image
    )

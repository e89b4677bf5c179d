"""An image that is mended where it is read is the one that is mended whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import ImageError
from colonnade.core.images import repaired as module
from colonnade.core.images.repair import repair
from colonnade.core.images.repaired import Repaired

SHAPE = (60, 48)


def noisy(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (100 + 20 * np.sin(np.arange(SHAPE[1]) / 3) + rng.normal(0, 3, SHAPE)).astype("f4")


@given(
    bands=st.integers(1, 4),
    dead=st.lists(st.integers(0, SHAPE[0] - 1), max_size=3, unique=True),
    column=st.none() | st.integers(0, SHAPE[1] - 1),
    pixels=st.lists(st.tuples(st.integers(0, 59), st.integers(0, 47)), max_size=5),
    cut=st.tuples(*[st.integers(0, 30)] * 2),
)
def test_bands_are_mended_as_the_whole(
    bands: int,
    dead: list[int],
    column: int | None,
    pixels: list[tuple[int, int]],
    cut: tuple[int, int],
) -> None:
    image = noisy()
    image[dead] = 0
    if column is not None:
        image[:, column] = 0
    for pixel in pixels:
        image[pixel] = np.nan
    whole, notes = repair(image)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BAND_PIXELS", image.size // bands)
        found = Repaired(image)
    assert found.shape == image.shape
    assert list(found.notes) == notes
    y, x = cut
    np.testing.assert_allclose(found[y : y + 27, x : x + 11], whole[y : y + 27, x : x + 11])
    np.testing.assert_allclose(found[0:60, 0:48], whole)


def test_what_is_sound_keeps_its_type() -> None:
    image = noisy().astype(np.uint16)
    found = Repaired(image)
    assert found.notes == ()
    assert found[3:5, 0:7].dtype == np.uint16
    assert np.array_equal(found[3:50, 2:9], image[3:50, 2:9])


def test_only_bands_that_are_broken_are_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    image = noisy()
    image[40, 5] = np.nan
    monkeypatch.setattr(module, "BAND_PIXELS", 20 * SHAPE[1])
    found = Repaired(image)
    mended = []
    monkeypatch.setattr(module, "mend", lambda seen: mended.append(seen) or (seen, None))
    found[0:20, 0:5]
    assert not mended
    found[30:50, 0:5]
    assert len(mended) == 1


def test_a_band_without_a_number_has_the_mean_grey_level(monkeypatch: pytest.MonkeyPatch) -> None:
    image = noisy()
    image[20:40] = np.nan
    monkeypatch.setattr(module, "BAND_PIXELS", 10 * SHAPE[1])
    monkeypatch.setattr(module, "MARGIN", 0)
    found = Repaired(image)[0:60, 0:48]
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[20:40], np.nanmean(image), rtol=1e-5)
    assert Repaired(image).notes == (
        f"{20 * 48} pixels were NaN or infinite and were filled from their neighbours",
    )


@pytest.mark.parametrize(
    ("level", "said"), [(np.nan, "no pixel of the image"), (7.0, "every pixel of the image is 7")]
)
def test_what_shows_nothing_is_refused(
    level: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BAND_PIXELS", 10 * SHAPE[1])
    with pytest.raises(ImageError, match=said):
        Repaired(np.full(SHAPE, level))


def test_each_hot_pixel_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    image = noisy()
    image[[3, 17, 22, 41], [5, 30, 8, 20]] = 1e9
    monkeypatch.setattr(module, "BAND_PIXELS", 20 * SHAPE[1])
    found = Repaired(image)
    assert found.notes[0].startswith("4 pixels were hot")
    assert np.abs(found[0:60, 0:48] - noisy()).max() < 60


def test_what_grey_levels_leave_unknown_is_said_of_the_whole() -> None:
    image = np.clip(noisy(), 0, 110).round()
    share = (image == 110).mean()
    assert 0.1 < share < 0.5
    (note,) = Repaired(image).notes
    assert note.startswith(f"{100 * share:.2g} % of the pixels have the brightest grey level, 110")


def test_a_flat_band_in_an_image_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    image = noisy()
    image[20:40] = 7
    monkeypatch.setattr(module, "BAND_PIXELS", 10 * SHAPE[1])
    assert Repaired(image).notes == ()

"""A micrograph keeps the number type that it came in, and refuses what is no image."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import colonnade
from colonnade.core.errors import ImageError
from colonnade.core.files.source import held_source
from colonnade.core.images.micrograph import Micrograph

TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8", "?"]


@given(st.sampled_from(TYPES), st.integers(1, 9), st.integers(1, 9))
def test_the_pixels_are_those_that_were_given_and_no_copy(code: str, h: int, w: int) -> None:
    pixels = np.arange(h * w).reshape(h, w).astype(code)
    image = Micrograph(pixels)
    assert image.pixels is pixels
    assert image.shape == (h, w)
    assert replace(image, name="other", pixel_size=(0.1, 0.2)).pixels is pixels


@pytest.mark.parametrize("code", [">u2", ">i2", ">f4", ">f8"])
def test_foreign_byte_order_becomes_ones_own(code: str) -> None:
    pixels = np.arange(300, 312).reshape(3, 4).astype(code)
    image = Micrograph(pixels)
    assert image.pixels.dtype == pixels.dtype.newbyteorder("=")
    assert image.pixels.dtype.isnative
    assert image.pixels[2, 3] == 311


@pytest.mark.parametrize(
    ("pixels", "why"),
    [
        (np.zeros((3, 3), complex), "take its modulus or phase"),
        (np.zeros(5), r"not the shape \(5,\)"),
        (np.zeros((2, 3, 4)), r"not the shape \(2, 3, 4\)"),
        (np.zeros((0, 4)), r"empty: its shape is \(0, 4\)"),
        (np.array([["a", "b"]]), "made of numbers, not of the type <U1"),
        (np.array([[None, 1]]), "made of numbers, not of the type object"),
    ],
)
def test_what_is_no_grey_image_is_refused(pixels: np.ndarray, why: str) -> None:
    with pytest.raises(ImageError, match=why):
        Micrograph(pixels)


@pytest.mark.parametrize("size", [(0.0, 1.0), (1.0, -1.0), (np.nan, 1.0), (1.0, np.inf)])
def test_a_pixel_has_a_size_or_none(size: tuple[float, float]) -> None:
    with pytest.raises(ImageError, match="must be positive"):
        Micrograph(np.eye(3), size)


@pytest.mark.parametrize(
    ("sign", "taken_by"), [("axes_manager", "from_hyperspy"), ("to_dataset", "from_xarray")]
)
def test_pixels_with_a_calibration_of_their_own_are_not_taken_for_bare_ones(
    sign: str, taken_by: str
) -> None:
    class Calibrated:
        def __array__(self, *args: object, **options: object) -> np.ndarray:
            return np.eye(3)

    assert Micrograph(Calibrated()).shape == (3, 3)  # type: ignore[arg-type]
    setattr(Calibrated, sign, None)
    for take in (Micrograph, held_source, colonnade.locate):
        with pytest.raises(ImageError, match=rf"take it with colonnade\.interop\.{taken_by}"):
            take(Calibrated())  # type: ignore[arg-type]

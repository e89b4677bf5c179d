"""Pages need no other file, and nothing that is shown on them is taken for HTML."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from colonnade.core.figures.page import LONGEST_SIDE, jpeg_address, write_page


def written(folder: Path, title: str, body: list[str]) -> str:
    write_page(folder / "page.html", title, body)
    return (folder / "page.html").read_text(encoding="utf-8")


def test_a_page_has_its_title_and_its_parts_in_their_order(tmp_path: Path) -> None:
    page = written(tmp_path, "Two images", ["<h1>Two</h1>", "<p>β</p>"])
    assert "<title>Two images</title>" in page
    assert re.search(r"<body>\s*<h1>Two</h1>\n<p>β</p>\s*</body>", page)
    assert page.startswith("<!doctype html>")


def test_a_title_is_text_and_what_stands_in_the_body_is_left_alone(tmp_path: Path) -> None:
    page = written(tmp_path, "<b>{body}&", ["{title} {body}"])
    assert "<title>&lt;b&gt;{body}&amp;</title>" in page
    assert re.search(r"<body>\s*\{title\} \{body\}\s*</body>", page)


def test_a_page_may_load_nothing(tmp_path: Path) -> None:
    page = written(tmp_path, "a", [])
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    assert not re.findall(r"""<script|<link|@import|url\(|(?:src|href)=["'](?!data:)""", page)


def picture(pixels: NDArray[np.floating]) -> NDArray[np.uint8]:
    kind, _, data = jpeg_address(pixels).partition(",")
    assert kind == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        return np.asarray(image)


def test_a_picture_shows_the_grey_levels_from_dark_to_bright() -> None:
    ramp = np.linspace(-3e4, 8e5, 200)[None, :] * np.ones((100, 1))
    shown = picture(ramp).astype(float)
    assert shown.shape == (100, 200)
    np.testing.assert_allclose(shown, np.linspace(0, 255, 200) * np.ones((100, 1)), atol=4)


def test_a_few_pixels_that_stand_out_do_not_darken_the_others() -> None:
    pixels = np.linspace(0, 1, 256)[None, :] * np.ones((256, 1))
    pixels[3, 3:10] = 1e9
    assert int(picture(pixels)[128, 200]) == pytest.approx(200, abs=6)


@pytest.mark.parametrize(("shape", "reduced"), [((300, 900), (85, 256)), ((900, 90), (256, 26))])
def test_large_pictures_are_reduced(shape: tuple[int, int], reduced: tuple[int, int]) -> None:
    assert max(reduced) == LONGEST_SIDE
    assert picture(np.zeros(shape, np.float32)).shape == reduced


def test_a_picture_of_one_level_is_black() -> None:
    assert not picture(np.full((8, 8), 7.0)).any()

"""The sentence, the numbers, the picture and the page say what is known, and no more."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_model import balls

from colonnade.core.figures.panels import WIDTH_PX
from colonnade.core.learn.model import Model
from colonnade.core.work.plain import plain
from colonnade.sem.feature import Feature
from colonnade.sem.upscale.picture import draw_picture
from colonnade.sem.upscale.report import write_report
from colonnade.sem.upscale.shown import Shown
from colonnade.sem.upscaled import Assessment

FEATURES = (
    Feature(10.0, 20.0, 8.0, "added", 6.0),
    Feature(30.0, 5.0, 4.0, "missing", 7.0),
    Feature(31.0, 6.0, 4.0, "missing", 7.5),
)
KNOWN = Assessment("a<b", (80, 120), (None, 2.0, 2.0), "tiny-x2", 2, 3.21)


def shown() -> Shown:
    low = balls((40, 60))
    high = np.kron(low, np.ones((2, 2)))
    return Shown(low, high, np.full(high.shape, 3.2, np.float32), 2)


def test_the_sentence_says_only_what_is_known() -> None:
    assert KNOWN.sentence == (
        "a<b: 2 times finer, 80 x 120 pixels of 2 nm; nine of ten are right to within 3.2 grey "
        "levels on average"
    )
    doubted = replace(KNOWN, unlike_training=0.97, features=(FEATURES,)).sentence
    assert "unlike what the model learned, so do not believe its detail" in doubted
    assert "1 feature shown without being in the measured image" in doubted
    assert "2 features in the measured image and not shown" in doubted
    learned_by_heart = replace(KNOWN, unlike_training=0.2, by_heart=1.28).sentence
    assert "like what the model learned; the model has learned its training images by heart" in (
        learned_by_heart
    )
    assert "its errors on others are 1.3 dB larger, so do not believe" in learned_by_heart
    assert "by heart" not in KNOWN.sentence
    unsure = replace(KNOWN, unlike_training=0.6, features=((),)).sentence
    assert "the material may be unlike what the model learned, so check its detail" in unsure
    sound = replace(KNOWN, unlike_training=0.03, features=((),)).sentence
    assert "the material is like what the model learned" in sound
    assert "nothing is shown that is not in the measured image" in sound


def test_the_numbers_are_json() -> None:
    metadata = plain({"a": (1, np.float32(2.5), b"x"), "b": {"c": float("nan"), 3: None}})
    found = replace(KNOWN, unlike_training=0.5, features=(FEATURES[:1],), metadata=metadata)
    numbers = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert numbers["unlike_training"] == 0.5
    assert numbers["coverage"] == 0.9
    assert numbers["features"] == [
        {"y_px": 10.0, "x_px": 20.0, "size_px": 8.0, "kind": "added", "evidence": 6.0}
    ]
    assert numbers["metadata"]["b"] == {"c": "nan", "3": None}
    assert KNOWN.to_json()["features"] == []
    stack = replace(KNOWN, shape=(3, 80, 120), features=((), FEATURES[:1], ()))
    assert stack.to_json()["features"][0]["z_px"] == 1


def test_the_picture_has_three_columns_and_a_part_in_full(tmp_path: Path) -> None:
    draw_picture(shown(), KNOWN, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width == WIDTH_PX
        small = picture.height
    low = np.tile(balls((40, 60)), (20, 20))
    large = Shown(low, np.kron(low, np.ones((2, 2))), np.ones((1600, 2400), np.float32), 2)
    draw_picture(large, KNOWN, tmp_path / "b.png")
    with Image.open(tmp_path / "b.png") as picture:
        assert picture.height == pytest.approx(2 * small, rel=0.15)


class _Page(HTMLParser):
    """Gathers addresses, and what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.figures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.figures += tag == "figure"
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href")]


def test_the_page_needs_no_other_file_and_answers_the_questions(
    model: Model, tmp_path: Path
) -> None:
    path = tmp_path / "a.html"
    assessment = replace(KNOWN, features=((),), notes=("row <7> was dead",))
    write_report(shown(), assessment, model.card, path)
    text = path.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.figures == 1
    assert len(page.addresses) == 3
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.addresses)
    assert "http" not in text.replace("http-equiv", "")
    assert "row &lt;7&gt; was dead" in text
    assert "<h1>a&lt;b</h1>" in text
    assert "± 3.2 grey levels on average" in text
    assert "This model carries nothing to tell by" in text
    assert "None was found" in text
    assert "Those of 4 px (16 nm) and larger, at 2 times finer" in text
    assert "{" not in text.split("<body>")[1].split("<script>")[0]


def test_the_page_says_what_is_doubted(model: Model, tmp_path: Path) -> None:
    doubted = replace(KNOWN, unlike_training=0.97, features=(FEATURES,))
    write_report(shown(), doubted, model.card, tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Yes, with a probability of 97%" in text
    assert (
        "1 shown without being in the measured image, 2 in the measured image and not shown"
        in text
    )

"""The page says what was measured and what was made, and needs no other file."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from tilted_ellipsoids import particle, project

from colonnade.core.images.volume import Volume
from colonnade.tomo.reconstruct.align.alignment import Alignment
from colonnade.tomo.reconstruct.reconstruct import Options, Work, reconstruct
from colonnade.tomo.reconstruct.report import write_report
from colonnade.tomo.reconstruct.shown import Shown
from colonnade.tomo.reconstruct.trust.validate import Validation, validate_work
from colonnade.tomo.reconstruction import Assessment
from colonnade.tomo.tilts import TiltSeries

SIDE = 32
ANGLES = tuple(np.arange(-60.0, 61.0, 5.0))


class Page(HTMLParser):
    """Gathers headings, addresses and pictures without words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.wordless = 0
        self.charts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.addresses += [said[name] or "" for name in ("src", "href") if name in said]
        self.wordless += tag == "img" and not said.get("alt")
        if tag == "svg" and said.get("role") == "img":
            self.charts.append(said.get("aria-label") or "")


@pytest.fixture(scope="module")
def made() -> tuple[Volume, Assessment, Validation]:
    rng = np.random.default_rng(4)
    views = project(particle(rng, SIDE), np.array(ANGLES), SIDE)
    views += rng.normal(size=views.shape).astype(np.float32)
    series = TiltSeries(views, ANGLES, (2.0, 2.0), "a<b", {"stage": {"alpha": np.float32(1)}})
    found = reconstruct(series, Options("sirt"), noise=np.ones(len(ANGLES)))
    work = Work.of(series, Options("sirt"), np.ones(len(ANGLES)))
    return found.volume, found.assessment, validate_work(work)


def test_the_page_answers_the_questions(
    made: tuple[Volume, Assessment, Validation], tmp_path: Path
) -> None:
    volume, assessment, validation = made
    path = tmp_path / "a.html"
    write_report(Shown.of(volume), assessment, path, validation=validation)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert "<h1>a&lt;b</h1>" in text
    assert len(page.addresses) == 4
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.addresses)
    assert not page.wordless
    assert len(page.charts) == 5
    # 25 views in steps of 5: 125 of 180 degrees are measured.
    assert "between -62.5 and 62.5 degrees. The rest, 31% of all directions" in text
    assert f"<td>{validation.beyond.over_noise:.2f}</td>" not in text  # each end on its own
    assert f"<td>{validation.below.over_noise:.2f}</td>" in text
    assert "-60 to -50" in text
    assert f"It took {len(validation.convergence)} iterations" in text
    assert "They were taken as they came." in text
    assert "alpha" in text
    assert "{" not in text.split("<main>")[1].split("<details>")[0]


def test_errors_are_shown_where_a_method_gives_them(
    made: tuple[Volume, Assessment, Validation], tmp_path: Path
) -> None:
    volume, assessment, _ = made
    errors = Volume(np.full(volume.shape, 0.25, np.float32), volume.voxel_size)
    write_report(Shown.of(volume, errors), assessment, tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.count("<img ") == 6
    assert "</span>0.25 grey levels of the volume or more" in text
    assert "it is 0.25 on average" in text


def test_the_page_says_what_is_doubted_of_an_alignment_and_what_cannot_be_tested(
    made: tuple[Volume, Assessment, Validation], tmp_path: Path
) -> None:
    volume, assessment, _ = made
    shifts = np.zeros((len(ANGLES), 2))
    alignment = Alignment(shifts, 1.25, -3.5, 9.0, 1.5, 0.1, 0.31, 0.0, ("only sure <so> far",))
    clean = replace(assessment, noise=np.zeros(len(ANGLES)))
    write_report(Shown.of(volume), clean, tmp_path / "a.html", alignment=alignment)
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "turned by 1.25 degrees out of y, and lies -3.50 px from the middle" in text
    assert "sure to 0.31 px" in text
    assert "<li>only sure &lt;so&gt; far</li>" in text
    assert "too few views to leave any out" in text
    assert "The views have no noise" in text
    assert "inf times" not in text
    assert "Shift of each view" in Page(text).charts


def test_what_the_alignment_noted_is_said_once(
    made: tuple[Volume, Assessment, Validation], tmp_path: Path
) -> None:
    volume, assessment, _ = made
    alignment = Alignment(np.zeros((len(ANGLES), 2)), 0, 0, 9.0, 1.5, 0.1, 0.3, 0.0, ("of axes",))
    noted = replace(assessment, notes=("of pixels", *alignment.notes))
    write_report(Shown.of(volume), noted, tmp_path / "a.html", alignment=alignment)
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert (text.count("of axes"), text.count("of pixels")) == (1, 1)


def test_a_section_has_a_bar_only_with_a_calibration() -> None:
    volume = Volume(np.zeros((8, 6, 4), np.float32), (None, 3.0, None))
    assert [each.scale for each in Shown.of(volume).sections] == [None, None, 3.0]
    large = Volume(np.zeros((4, 600, 1100), np.float32), (2.0, 3.0, 2.0))
    xz, xy, _ = Shown.of(large).sections
    assert (xz.scale, xy.scale) == (6.0, 6.0)  # three pixels became one
    assert xy.pixels.shape == (200, 366)

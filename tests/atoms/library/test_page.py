"""The page of a library: its numbers are right, it needs nothing else, and a browser shows it."""

import base64
import io
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colonnade.atoms.library import page as pages
from colonnade.atoms.library.page import write_library_page
from colonnade.core.data.library import Entry, Library
from colonnade.core.errors import FileError

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SIZE = (40, 64)
PIXEL = 0.02
SPACING = 8


def entry(index: int, **drawn: float | str) -> Entry:
    """A lattice of columns 8 px apart, every fourth of them not detectable."""
    y, x = (axis.ravel().astype(float) for axis in np.mgrid[4 : SIZE[0] : 8, 4 : SIZE[1] : 8])
    pixels = np.random.default_rng(index).poisson(20, SIZE).astype(np.float32)
    for at_y, at_x in zip(y.astype(int), x.astype(int), strict=True):
        pixels[at_y, at_x] = 200
    detectable = (np.arange(len(y)) % 4 > 0).astype(float)
    table = {"y": y, "x": x, "detectable": detectable, "snr": np.linspace(2, 30, len(y))}
    return Entry({"image": pixels}, (PIXEL, PIXEL), table, drawn)


def library(folder: Path, entries: Iterable[Entry], identity: str = "a recipe") -> Library:
    entries = list(entries)
    made = Library.create(folder, identity, size=SIZE, count=len(entries), kinds={"image": "f4"})
    for index, one in enumerate(entries):
        made.put(index, one)
    return made


def page_of(folder: Path, entries: Iterable[Entry], identity: str = "a recipe") -> str:
    write_library_page(library(folder / "library", entries, identity), folder / "library.html")
    return (folder / "library.html").read_text(encoding="utf-8")


def card(page: str, name: str, where: int = 0) -> str:
    """The HTML of a card, by what it is called."""
    found = [one for one in re.findall("<figure.*?</figure>", page) if f"<h3>{name}" in one]
    assert found, name
    return found[where]


def heights(figure: str) -> dict[int, float]:
    """Of the bars of a histogram that are not empty, by their number from the left."""
    bars = re.findall(r"M(\d+) 100v-([\d.]+)h9", figure)
    return {int(left) // 10: float(height) for left, height in bars}


def axis(figure: str) -> list[str]:
    """Smallest, median and largest value as they are written below a histogram."""
    return re.findall(r"<(?:span|b)>([^<]*)</", figure.partition("</svg>")[2])


def bars(figure: str) -> dict[str, str]:
    return dict(re.findall(r"<span>(.*?)</span><b>(.*?)</b>", figure))


def test_a_histogram_counts(tmp_path: Path) -> None:
    levels = [0.0] * 2 + [0.5] * 3 + [1.5] * 6 + [0.05 * i + 0.025 for i in range(1, 26)]
    page = page_of(
        tmp_path, (entry(i, **{"background.level": level}) for i, level in enumerate(levels))
    )
    figure = card(page, "level")
    assert axis(figure) == ["0", "0.7", "1.5"]
    # 30 bars of 0.05: 2 images in the first, 1 in each from the next on to 1.3, with 3 more at
    # 0.5, and 6 in the last, the highest.
    counts = {0: 2, **dict.fromkeys(range(1, 26), 1), 10: 4, 29: 6}
    assert heights(figure) == {bar: round(count / 0.06, 1) for bar, count in counts.items()}
    assert "<small>log" not in figure
    assert '<path class="median" d="M139.5 0v100"/>' in figure


def test_few_numbers_have_bars_in_their_order_and_a_usual_one_is_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    page = page_of(
        tmp_path,
        (
            entry(i, **{"detector.frames": float(4 + 12 * (i % 3 == 0)), "export.smoothing": s})
            for i, s in enumerate([0.0] * 30 + rng.uniform(1, 2, 30).tolist())
        ),
    )
    assert bars(card(page, "frames")) == {"4": "40", "16": "20"}
    smoothing = card(page, "smoothing")
    assert "0 in 50 % of them, which are left out." in smoothing
    assert float(axis(smoothing)[0]) > 1


def test_what_is_drawn_logarithmically_has_such_an_axis(tmp_path: Path) -> None:
    doses = np.geomspace(1e4, 1e9, 61)
    steps = np.linspace(0.01, 1, 61)
    page = page_of(
        tmp_path,
        (
            entry(i, **{"imaging.dose": float(dose), "scan.jitter": float(step)})
            for i, (dose, step) in enumerate(zip(doses, steps, strict=True))
        ),
    )
    dose, jitter = card(page, "dose"), card(page, "jitter")
    assert "<small>log</small>" in dose
    assert axis(dose) == ["10,000", "3.2\u202f·\u202f10⁶", "1\u202f·\u202f10⁹"]
    assert sorted(heights(dose)) == list(range(30))
    assert "<small>log</small>" not in jitter
    assert axis(jitter) == ["0.01", "0.505", "1"]


def test_choices_have_bars_in_the_order_of_their_frequency(tmp_path: Path) -> None:
    names = [f"X{i} [100]" for i in range(45)] + ["Si [110]"] * 3 + ["<Au>"] * 2
    page = page_of(
        tmp_path,
        (entry(i, crystal=n, **{"imaging.voltage": "200.0"}) for i, n in enumerate(names)),
    )
    shown = bars(card(page, "crystal"))
    assert list(shown)[:2] == ["Si [110]", "&lt;Au&gt;"]
    assert shown["Si [110]"] == "3"
    assert len(shown) == 41
    assert shown["7 others"] == "7"
    assert "The same in all: voltage 200." in page


def test_shares_constants_and_what_only_some_images_have(tmp_path: Path) -> None:
    def drawn(i: int) -> dict[str, float | str]:
        rare: dict[str, float | str] = {"scan.flyback": float(i)} if i % 5 == 0 else {}
        return {"specimen.empty": float(i < 3), "detector.gain": 2.5, **rare}

    page = page_of(tmp_path, (entry(i, **drawn(i)) for i in range(20)))
    assert bars(card(page, "how often")) == {"empty": "15 %"}
    assert 'style="--share:15.0%"' in card(page, "how often")
    assert "The same in all: gain 2.5." in page
    assert "In 20 % of the images." in card(page, "flyback")


def test_quantities_stand_under_the_part_of_the_recipe_they_belong_to(tmp_path: Path) -> None:
    drawn = {"other.thing": 0.0, "scan.jitter": 0.0, "imaging.pixel_size": 0.0, "scene": "a"}
    page = page_of(
        tmp_path, [entry(0, **drawn), entry(1, **dict.fromkeys(drawn, 2.0) | {"scene": "b"})]
    )
    headings = re.findall("<h2>(.*?)</h2>", page)
    assert headings == ["Some of them", "Columns", "Scene", "Microscope", "Scan", "other"]
    section = page.partition("<h2>Microscope")[2].partition("</section>")[0]
    # What the recipe says of its field, with the unit.
    assert "<h3>pixel size</h3><p>Size of a pixel" in section
    assert "[nm]" in section


def test_columns_are_measured(tmp_path: Path) -> None:
    page = page_of(tmp_path, (entry(i) for i in range(3)))
    columns = SIZE[0] // SPACING * SIZE[1] // SPACING
    assert f"On average {columns} columns in an image, 75 % of them detectable." in page
    section = page.partition("<h2>Columns")[2].partition("</section>")[0]
    assert axis(card(section, "signal to noise")) == ["2", "16", "30"]
    same = section.partition("The same in all: ")[2]
    assert same.startswith(
        f"number in an image {columns}, detectable 0.75, nearest neighbour [px] 8, "
        "nearest neighbour [nm] 0.16."
    )


def test_a_picture_has_its_columns_where_they_are(tmp_path: Path) -> None:
    one = entry(0, crystal="Si [110]")
    figure = re.findall("<figure>.*?</figure>", page_of(tmp_path, [one]))[0]
    data = re.search(r"data:image/jpeg;base64,([^\"]*)", figure)
    assert data
    with Image.open(io.BytesIO(base64.b64decode(data[1]))) as picture:
        assert picture.size == SIZE[::-1]
        assert np.corrcoef(np.ravel(picture), one.images["image"].ravel())[0, 1] > 0.9
    assert 'viewBox="-5 -5 640 400"' in figure
    detectable, other = (
        re.search(f'class="{kind}" d="(.*?)"', figure) for kind in ("mark", "other")
    )
    assert detectable
    assert other
    # Columns 0, 4, 8... are not detectable; coordinates are tenths of a pixel, x first.
    assert other[1].startswith("M40 40h0M360 40h0")
    assert detectable[1].startswith("M120 40h0M200 40h0M280 40h0M440 40h0")
    assert "<b>Si [110]</b> 20 pm/px" in figure


def test_images_without_columns_are_shown(tmp_path: Path) -> None:
    empty = entry(0)
    empty = Entry(empty.images, (PIXEL, PIXEL), {n: v[:0] for n, v in empty.table.items()})
    page = page_of(tmp_path, [empty])
    assert "On average 0 columns in an image" in page
    assert "<h1>1 labelled image</h1>" in page


def test_pictures_stop_when_the_page_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = library(tmp_path / "library", (entry(i) for i in range(30)))
    path = tmp_path / "library.html"
    write_library_page(made, path)
    assert path.read_text(encoding="utf-8").count("<img") == 24
    monkeypatch.setattr(pages, "ROOM_FOR_PICTURES", 5000)
    write_library_page(made, path)
    assert 1 <= path.read_text(encoding="utf-8").count("<img") < 5


def test_images_that_are_not_there_yet_are_left_out(tmp_path: Path) -> None:
    made = Library.create(tmp_path / "library", "a", size=SIZE, count=9, kinds={"image": "f4"})
    with pytest.raises(FileError, match="no image yet"):
        write_library_page(made, tmp_path / "library.html")
    made.put(4, entry(4))
    made.put(7, entry(7))
    write_library_page(made, tmp_path / "library.html")
    page = (tmp_path / "library.html").read_text(encoding="utf-8")
    assert "<h1>2 labelled images</h1>" in page


def test_the_recipe_is_there_and_nothing_of_it_is_taken_for_html(tmp_path: Path) -> None:
    identity = 'seed = 7\nnote = "{body} {title} <b>&"\n'
    page = page_of(tmp_path, [entry(0)], identity)
    assert "note = &quot;{body} {title} &lt;b&gt;&amp;&quot;\n</pre>" in page
    assert page.count("<h1>") == 1


def test_the_page_needs_no_other_file_and_no_script(tmp_path: Path) -> None:
    page = page_of(tmp_path, [entry(0), entry(1)])
    assert "<script" not in page
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page)
    assert "default-src 'none'" in page


@pytest.mark.skipif(CHROMIUM is None, reason="needs the browser Chromium")
@pytest.mark.parametrize("width", [390, 1200])
def test_a_browser_shows_it_without_complaint(tmp_path: Path, width: int) -> None:
    rng = np.random.default_rng(5)
    page_of(
        tmp_path,
        (entry(i, crystal="Si [110]", **{"scan.jitter": rng.uniform()}) for i in range(12)),
    )
    picture = tmp_path / "page.png"
    shown = subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--enable-logging=stderr", f"--user-data-dir={tmp_path / 'browser'}"),
            *(f"--window-size={width},1400", f"--screenshot={picture}"),
            (tmp_path / "library.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    assert "CONSOLE" not in shown.stderr
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    # Bars of the histograms, the marks of columns that are detectable, and no sideways scrolling.
    for colour in ((0, 0x72, 0xB2), (0xE6, 0x9F, 0)):
        assert (np.abs(pixels - colour).max(axis=2) < 12).sum() > 50
    assert (np.abs(pixels[:, -8:] - 255).max(axis=(1, 2)) == 0).all()

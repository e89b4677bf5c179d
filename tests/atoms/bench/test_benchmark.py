"""The benchmark: known answers score as arithmetic says, and a run can be stopped and gone on."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from colonnade.atoms.bench import benchmark as whole
from colonnade.atoms.bench import cases, degradation_series, structures
from colonnade.atoms.bench.case import GENERALITY, Place, Plate
from colonnade.atoms.bench.curves import cutoff, summarise
from colonnade.atoms.bench.measure import FARTHEST, SHARE, gate, measure
from colonnade.atoms.bench.methods import ContestantError, Shown, contestant
from colonnade.atoms.bench.runs import SCORES, Scores, take_part
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.locate import locate_frame
from colonnade.core.errors import FileError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.learn.model import Model

SPACING, COUNT, PIXEL = 12.0, 10, 0.02
"""Distance [px] and number along each side of the columns of a square lattice; pixel [nm]."""

REACH = SHARE * SPACING
"""Gate, and width of the border [px]."""

PLACE = Place("SrTiO3 [100]", "noise", 10.0, 0)

seeds = st.integers(0, 2**32 - 1)


def lattice() -> np.ndarray:
    """Columns none of which is near the border."""
    y, x = np.meshgrid(*2 * [(np.arange(COUNT) + 0.5) * SPACING])
    return np.stack([y.ravel(), x.ravel()], axis=1)


def plate(detectable: np.ndarray | None = None, bounds: float = 0.5) -> Plate:
    y, x = lattice().T
    detectable = np.ones(len(y), int) if detectable is None else detectable
    truth = Columns(y, x).with_labels(detectable=detectable)
    side = int(COUNT * SPACING)
    image = Micrograph(np.zeros((side, side), np.float32), (PIXEL, PIXEL))
    return Plate(PLACE, image, truth, np.full((len(y), 2), bounds))


def columns(positions: np.ndarray, sigma: float = np.nan) -> Columns:
    y, x = np.reshape(positions, (-1, 2)).T
    return Columns(y, x, sigma_y=np.full(len(y), sigma), sigma_x=np.full(len(y), sigma))


def test_the_gate_is_a_share_of_the_spacing_and_never_wider_than_90_pm() -> None:
    assert gate(plate()) == pytest.approx(min(REACH, FARTHEST / PIXEL))


def test_the_truth_scores_full_marks() -> None:
    result = measure(plate(), columns(lattice()))
    assert (result.recall, result.precision, result.rms_pm) == (1, 1, 0)
    assert (result.found, result.missed, result.false) == (100, 0, 0)


@given(angle=st.floats(0, 6.3), length=st.floats(1e-3, 4.4), seed=seeds)
def test_a_shift_is_error_and_bias_and_nothing_else(
    angle: float, length: float, seed: int
) -> None:
    shift = length * np.array([np.sin(angle), np.cos(angle)])
    shuffled = np.random.default_rng(seed).permutation(lattice() + shift)
    result = measure(plate(), columns(shuffled))
    assert (result.recall, result.precision) == (1, 1)
    assert result.rms_pm == pytest.approx(1000 * PIXEL * length)
    assert result.p95_pm == pytest.approx(1000 * PIXEL * length)
    assert result.bias_y_pm == pytest.approx(1000 * PIXEL * shift[0])
    assert result.bias_x_pm == pytest.approx(1000 * PIXEL * shift[1])


@given(lost=st.integers(0, 100), seed=seeds)
def test_thinned_truth_loses_recall_alone(lost: int, seed: int) -> None:
    left = np.random.default_rng(seed).permutation(lattice())[lost:]
    result = measure(plate(), columns(left))
    assert result.recall == pytest.approx(1 - lost / 100)
    assert np.isnan(result.precision) if lost == 100 else result.precision == 1


@given(more=st.integers(0, 81), seed=seeds)
def test_polluted_truth_loses_precision_alone(more: int, seed: int) -> None:
    y, x = np.meshgrid(*2 * [np.arange(1, COUNT) * SPACING])
    gaps = np.random.default_rng(seed).permutation(np.stack([y.ravel(), x.ravel()], 1))
    result = measure(plate(), columns(np.concatenate([lattice(), gaps[:more]])))
    assert result.recall == 1
    assert result.precision == pytest.approx(100 / (100 + more))


def test_columns_that_are_not_asked_for_are_neither_missed_nor_false() -> None:
    detectable = np.arange(100) % 2
    everything = measure(plate(detectable), columns(lattice()))
    only = measure(plate(detectable), columns(lattice()[detectable > 0]))
    assert (everything.recall, everything.precision) == (only.recall, only.precision) == (1, 1)


def test_errors_are_told_in_units_of_the_bound_and_of_their_own_error_bars() -> None:
    rng = np.random.default_rng(0)
    drawn = [
        measure(plate(), columns(lattice() + rng.normal(0, 0.5, (100, 2)), 0.5)) for _ in range(20)
    ]
    assert np.mean([one.bound_ratio for one in drawn]) == pytest.approx(1, abs=0.05)
    assert np.mean([one.within_1 for one in drawn]) == pytest.approx(0.683, abs=0.03)
    assert np.mean([one.within_2 for one in drawn]) == pytest.approx(0.954, abs=0.02)


@given(limit=st.floats(0.05, 0.95))
def test_a_cutoff_lies_where_the_straight_line_crosses(limit: float) -> None:
    # From 1 at the first step to what crosses 0.9 after this share of the way.
    low = 1 - 0.1 / limit
    scores = {"recall": [1, 1, low], "precision": [1, 1, 1], "rms_pm": [5, 5, 5]}
    value, name = cutoff([10.0, 8.0, 4.0], scores)
    assert value == pytest.approx(8 - 4 * limit)
    assert name == "recall"


def test_the_first_score_to_cross_counts_and_none_means_the_last_step() -> None:
    fine = {"recall": [1, 1], "precision": [1, 1], "rms_pm": [1, 2]}
    assert cutoff([1.0, 2.0], fine) == (2.0, "")
    both = {"recall": [1, 0.8], "precision": [1, 0.5], "rms_pm": [1, 2]}
    assert cutoff([1.0, 2.0], both) == (pytest.approx(1.1), "precision")
    throughout = {"recall": [1, 1], "precision": [1, 1], "rms_pm": [31, 40]}
    assert cutoff([1.0, 2.0], throughout) == (1.0, "rms_pm")


def test_scores_of_several_images_are_those_of_all_their_columns() -> None:
    def row(found: int, missed: int, rms: float) -> dict[str, str]:
        cells = {"series": "generality", "axis": "x", "found": f"{found}", "missed": f"{missed}"}
        cells |= {"false": "0", "rms_pm": f"{rms}", "seconds": "1", "pixels": "10", "peak_mb": "1"}
        empty = ("within_1", "within_2", "bound_ratio", "p95_pm", "bias_y_pm", "bias_x_pm")
        return cells | dict.fromkeys(empty, "")

    told = summarise([row(30, 10, 3.0), row(10, 0, 5.0)])
    assert told["generality"]["recall"][0] == pytest.approx(40 / 50)
    assert told["generality"]["rms_pm"][0] == pytest.approx(np.sqrt((30 * 9 + 10 * 25) / 40), 1e-4)


def test_each_axis_has_ten_steps_and_the_generality_test_every_failure_of_the_original() -> None:
    assert all(len(axis.steps) >= 10 for axis in degradation_series.AXES)
    shown = [picture.shows for picture in structures.PICTURES]
    assert len(shown) >= 40
    assert {
        structures.OVERLAP,
        structures.BLURRED,
        structures.NOISY,
        structures.COARSE,
        structures.VARIED,
        structures.FINE,
    } <= set(shown)


@pytest.mark.parametrize("decibels", [16.0, 5.5, -2.0])
def test_ten_decibels_more_are_ten_times_the_electrons(decibels: float) -> None:
    good, poor = (
        degradation_series.draw_series(Place("WS2 [001]", "noise", value, 0)).image.pixels
        for value in (25.0, decibels)
    )
    assert good.mean() / poor.mean() == pytest.approx(10 ** ((25 - decibels) / 10), rel=0.1)
    # Poisson noise: its mean square is the mean.
    top = gaussian_filter(good, 1.5).max()
    assert top**2 / good.mean() == pytest.approx(10**2.5, rel=0.3)


def test_contrast_is_what_its_name_says_before_the_noise() -> None:
    drawn = degradation_series.draw_series(Place("SrTiO3 [100]", "contrast", 0.2, 0))
    smooth = drawn.image.pixels.astype(float)
    level = np.quantile(smooth, 0.02), np.quantile(smooth, 0.998)
    assert (level[1] - level[0]) / (level[1] + level[0]) == pytest.approx(0.2, abs=0.08)


def test_oxygen_is_not_asked_for_in_strontium_titanate() -> None:
    drawn = degradation_series.draw_series(Place("SrTiO3 [100]", "pixel size", 8.0, 0))
    oxygen = drawn.truth.labels["atomic_number"] == degradation_series.OXYGEN
    assert oxygen.any()
    assert (drawn.truth.labels["detectable"] == ~oxygen).all()


def test_images_are_those_that_everyone_has() -> None:
    # Every image in which only whole numbers are drawn is alike on all processors but for ties.
    chosen = [place for place in cases.places(quick=True, data=None) if place.number == 0][::9]
    draw = {True: structures.draw_generality, False: degradation_series.draw_series}
    same = [
        cases.digest(draw[place.series == GENERALITY](place))
        == cases.expected_digests()[place.name]
        for place in chosen
    ]
    assert np.mean(same) > 0.5


def test_light_columns_three_pixels_from_heavy_ones_are_found() -> None:
    plate = degradation_series.draw_series(Place("WS2 [001]", "pixel size", 27.0, 0))
    found = locate_frame(plate.image, Model.load("atoms"))
    assert found.scale.binning.finer == 2
    result = measure(plate, found.columns)
    assert result.recall > 0.95
    assert result.precision > 0.95
    assert result.bound_ratio < 1.3


class Perfect:
    """Knows where bright pixels are that the plate below marks."""

    def __init__(self, argument: str) -> None:
        if argument == "absent":
            raise ContestantError("there is no such thing")
        self.fails = argument

    def find(self, shown: Shown) -> Columns:
        if self.fails == "fails":
            raise ZeroDivisionError("of its own making")
        y, x = np.nonzero(shown.image.pixels)
        return Columns(y.astype(float), x.astype(float))


@pytest.fixture
def outsider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of somebody else that adds a method."""
    site = tmp_path / "site"
    info = site / "outsider-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outsider\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[colonnade.bench.atoms]\nperfect = outsider:Perfect\n")
    source = Path(__file__).read_text(encoding="utf-8")
    start = source.index("class Perfect:")
    body = source[start : source.index("@pytest.fixture", start)]
    head = "import numpy as np\nfrom colonnade.atoms.bench.methods import *\n"
    head += "from colonnade.atoms.columns import Columns\n"
    (site / "outsider.py").write_text(head + body, encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", str(site))
    return "perfect"


@pytest.fixture
def marked(tmp_path: Path) -> tuple[Path, list[Place]]:
    """A folder with two plates whose columns are marked in the image."""
    folder = tmp_path / "run"
    places = [Place("SrTiO3 [100]", "noise", value, 0) for value in (10.0, 8.0)]
    (folder / cases.PLATES).mkdir(parents=True)
    for place in places:
        image = np.zeros((120, 120), np.float32)
        positions = np.round(lattice())
        image[tuple(positions.astype(int).T)] = 1
        np.savez(
            folder / cases.PLATES / f"{place.name}.npz",
            image=image,
            pixel=np.full(2, PIXEL),
            positions=positions,
            detectable=np.ones(100, int),
            bounds=np.full((100, 2), 0.1),
        )
    return folder, places


def ignore(done: int, total: int) -> None:
    assert done <= total


def test_a_method_from_another_package_takes_part(
    outsider: str, marked: tuple[Path, list[Place]]
) -> None:
    folder, places = marked
    assert outsider in {point.name for point in entry_points(group="colonnade.bench.atoms")}
    assert whole.method(outsider) == outsider
    scores = Scores(folder / SCORES)
    assert take_part(outsider, places, folder, scores, ignore) == "ran"
    assert [row["recall"] for row in scores.rows] == ["1", "1"]
    assert float(scores.rows[0]["rms_pm"]) == 0


def test_a_run_goes_on_where_it_was_stopped(
    outsider: str, marked: tuple[Path, list[Place]]
) -> None:
    folder, places = marked
    assert take_part(outsider, places[:1], folder, Scores(folder / SCORES), ignore) == "ran"
    with (folder / SCORES).open("a") as file:
        file.write("perfect,SrTiO3 [100],noi")  # a line that was being written
    again = Scores(folder / SCORES)
    assert len(again.rows) == 1
    seen: list[int] = []
    take_part(outsider, places, folder, again, lambda done, total: seen.append(done))
    assert seen == [1, 2]
    with (folder / SCORES).open(newline="") as file:
        assert [row["value"] for row in csv.DictReader(file)] == ["10", "8"]


def test_a_method_that_fails_found_nothing_and_says_why(
    outsider: str, marked: tuple[Path, list[Place]]
) -> None:
    folder, places = marked
    scores = Scores(folder / SCORES)
    assert take_part(f"{outsider}:fails", places, folder, scores, ignore) == "ran"
    assert [row["recall"] for row in scores.rows] == ["0", "0"]
    told = whole.failures(folder, f"{outsider}:fails")
    assert told == dict.fromkeys(
        [place.name for place in places], "ZeroDivisionError: of its own making"
    )


def test_a_method_that_cannot_take_part_is_missing_with_its_reason(
    outsider: str, marked: tuple[Path, list[Place]]
) -> None:
    folder, places = marked
    status = take_part(f"{outsider}:absent", places, folder, Scores(folder / SCORES), ignore)
    assert status == "missing: there is no such thing"


def test_an_unknown_method_gets_a_list_of_those_there_are() -> None:
    with pytest.raises(ContestantError, match="log-gaussian"):
        whole.method("nobody")
    with pytest.raises(ContestantError, match="log-gaussian"):
        contestant("nobody")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / SCORES).write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match="another folder"):
        Scores(tmp_path / SCORES)
    assert (tmp_path / SCORES).read_text() == "a,b\n1,2\n"


@contextmanager
def no_bar(_: str) -> Iterator[whole.Progress]:
    yield ignore


def test_a_whole_run_writes_scores_cutoffs_and_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One material, one axis, small images: the way through everything.
    monkeypatch.setattr(degradation_series, "FIELD", 1.3)
    monkeypatch.setattr(degradation_series, "MATERIALS", degradation_series.MATERIALS[:1])
    monkeypatch.setattr(degradation_series, "AXES", degradation_series.AXES[4:5])
    monkeypatch.setattr(structures, "PICTURES", structures.PICTURES[:1])
    monkeypatch.setattr(whole, "available_cpus", lambda: 1)
    missing = whole.benchmark(
        ["log-gaussian", "columns:nowhere"], tmp_path, data=None, quick=True, bar=no_bar
    )
    assert list(missing) == ["columns:nowhere"]
    told = json.loads((tmp_path / "summary.json").read_text())
    curve = told["contestants"]["log-gaussian"]["curves"]["SrTiO3 [100]"]["noise"]
    assert [point["value"] for point in curve] == list(degradation_series.AXES[0].steps[1::3])
    assert curve[0]["recall"] > 0.95
    assert told["contestants"]["columns:nowhere"]["status"].startswith("missing")
    page = (tmp_path / "report.html").read_text()
    assert "columns:nowhere" in page

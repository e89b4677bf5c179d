"""A batch goes on past what is bad, loses nothing that is done, and does nothing twice."""

import csv
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from clusters import Cluster

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate import files as batch
from colonnade.atoms.locate.files import Job, locate_files
from colonnade.atoms.locate.films import average
from colonnade.atoms.locate.locate import WHOLE, Options, Result
from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.batch import inputs, sample
from colonnade.core.files.open import read, read_frames
from colonnade.core.files.write import write_tiff
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.series.threads import registration_bytes
from colonnade.core.learn.model import Model
from colonnade.core.work import processes
from colonnade.core.work.parallel import ALONE, Crew
from colonnade.core.work.progress import Progress, silent

SIZE = 24
"""Rows and columns of the images [px]."""

BAD = 7.0
"""Grey level of the images at which the stand-in fails."""


@dataclass
class Searched:
    """Stands in for the search of an image: one column at its mean grey level."""

    names: list[str] = field(default_factory=list)
    bad: float = BAD
    raises: Callable[[], BaseException] = lambda: np.linalg.LinAlgError("Singular matrix")

    def __call__(
        self, image: Micrograph, model: Model, options: Options, progress: Progress = silent
    ) -> Result:
        progress(3, WHOLE)
        level = float(image.pixels.mean())
        self.names.append(image.name)
        if level == self.bad:
            raise self.raises()
        columns = Columns(np.array([level]), np.array([1 / 3]), pixel_size=image.pixel_size)
        return Result(image, columns, None, (f"level {level:g}",))  # type: ignore[arg-type]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Searched:
    stand_in = Searched()
    monkeypatch.setattr(batch, "locate_frame", stand_in)
    return stand_in


@pytest.fixture(scope="module")
def job() -> Job:
    return Job(Model.load("atoms"), Options(), None, None, None)


@dataclass
class Run:
    """One call of the command in a folder, and what it said."""

    folder: Path
    job: Job
    lines: list[str] = field(default_factory=list)
    steps: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, *names: str, **changes: object) -> list[str]:
        self.lines.clear()
        self.steps.clear()
        failures = locate_files(
            inputs([self.folder / name for name in names]),
            self.folder / "out",
            replace(self.job, **changes),  # type: ignore[arg-type]
            self.lines.append,
            lambda *step: self.steps.append(step),
        )
        return [failure.sentence.replace(f"{self.folder}/", "") for failure in failures]

    def out(self, name: str) -> Path:
        return self.folder / "out" / name

    def image(self, name: str, *levels: float) -> None:
        frames = np.stack([np.full((SIZE, SIZE), level, "f4") for level in levels])
        write_tiff(self.folder / name, frames if len(levels) > 1 else frames[0], (0.02, 0.03))

    def failed(self) -> list[tuple[str, ...]]:
        """File, frame and name of the results of each line of the list."""
        if not self.out("failed-locate.csv").exists():
            return []
        with self.out("failed-locate.csv").open(newline="") as file:
            _, *rows = csv.reader(file)
        return [(Path(row[0]).name, *row[1:3]) for row in rows]


@pytest.fixture
def run(tmp_path: Path, job: Job, searched: Searched) -> Run:
    return Run(tmp_path, job)


def levels(table: Path) -> list[float]:
    return list(Columns.from_csv(table).y)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (np.linalg.LinAlgError("Singular matrix"), "LinAlgError: Singular matrix"),
        (MemoryError(), "there is not enough memory for it"),
        (ImageError("the image is grey"), "the image is grey"),
        (KeyError("a bug\nof two lines"), "KeyError: 'a bug\\nof two lines'"),
        (RuntimeError(), "RuntimeError: no reason given"),
        (ValueError("first\nsecond"), "ValueError: first"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_a_file_raises_the_others_go_on(
    run: Run, searched: Searched, error: Exception, said: str
) -> None:
    searched.raises = lambda: error
    run.image("a.tif", 1)
    run.image("b.tif", BAD)
    run.image("c.tif", 3)
    assert run("a.tif", "b.tif", "missing.tif", "c.tif") == [
        f"b.tif: {said}",
        "missing.tif does not exist; check the name and the folder",
    ]
    assert levels(run.out("a.columns.csv")) == [1]
    assert levels(run.out("c.columns.csv")) == [3]
    assert not run.out("b.columns.csv").exists()
    assert run.steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_who_stops_a_batch_stops_it_and_it_goes_on_where_it_was(
    run: Run, searched: Searched, stop: type[BaseException]
) -> None:
    run.image("a.tif", 1)
    run.image("b.tif", 2, BAD, 3)
    run.image("c.tif", 4)
    searched.raises = stop
    with pytest.raises(stop):
        run("a.tif", "b.tif", "c.tif")
    searched.names.clear()
    searched.raises = lambda: ImageError("bad")
    assert run("a.tif", "b.tif", "c.tif") == ["b.tif, frame 1: bad"]
    assert searched.names == ["b.frame1", "b.frame2", "c"]
    assert "already done: 1 of 3 files" in run.lines
    assert "  already done: 1 of 3 frames" in run.lines
    assert levels(run.out("b.columns.csv")) == [2, 3]


def test_a_bad_frame_is_named_and_the_table_has_the_others(run: Run) -> None:
    run.image("a.tif", 1, BAD, 3, BAD)
    assert run("a.tif") == [
        "a.tif, frame 1: LinAlgError: Singular matrix",
        "a.tif, frame 3: LinAlgError: Singular matrix",
    ]
    table = Columns.from_csv(run.out("a.columns.csv"))
    assert list(table.y) == [1, 3]
    assert list(table.labels["frame"]) == [0, 2]
    assert run.out("a.columns.png").exists()
    assert run.failed() == [("a.tif", "1", "a"), ("a.tif", "3", "a")]
    assert run.lines == [
        "a.frame0: 1 column",
        "a.frame2: 1 column",
        "  note: level 1",
        "  note: level 3",
        f"  table   {run.out('a.columns.csv')}",
        f"  picture {run.out('a.columns.png')}",
        f"  summary {run.out('a.columns.json')}",
        f"  tracks  {run.out('a.tracks.csv')}",
        f"  drift   {run.out('a.drift.csv')}",
    ]
    summary = json.loads(run.out("a.columns.json").read_text())
    assert [frame["frame"] for frame in summary["frames"]] == [0, 2]


def test_a_stack_has_the_table_that_its_frames_have_together(run: Run) -> None:
    run.image("a.tif", 1, 2, 3)
    run("a.tif")
    one = Columns(np.zeros(1), np.array([1 / 3]), pixel_size=(0.02, 0.03))
    parts = [replace(one, y=np.array([y])).with_labels(frame=y - 1) for y in (1.0, 2.0, 3.0)]
    whole = Columns.concatenate([part.with_labels(frame=i) for i, part in enumerate(parts)])
    whole = whole.with_labels(track=0, y_aligned_px=whole.y, x_aligned_px=whole.x)
    whole.to_csv(run.folder / "together.csv")
    assert run.out("a.columns.csv").read_text() == (run.folder / "together.csv").read_text()


def test_a_film_has_its_drift_and_the_means_of_its_columns(run: Run) -> None:
    run.image("a.tif", 1, 2, BAD, 3)
    run("a.tif")
    with run.out("a.drift.csv").open(newline="") as file:
        assert [row["frame"] for row in csv.DictReader(file)] == ["0", "1", "3"]
    tracks = Columns.from_csv(run.out("a.tracks.csv"))
    assert list(tracks.y) == [2]
    assert list(tracks.labels["frames"]) == [3]
    assert list(tracks.labels["last_frame"]) == [3]
    assert tracks.pixel_size == pytest.approx((0.02, 0.03))


def test_the_views_of_a_tilt_series_are_no_film(run: Run) -> None:
    with h5py.File(run.folder / "a.emd", "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("data/views")
        group.attrs["emd_group_type"] = 1
        group["data"] = np.stack([np.full((SIZE, SIZE), level, "f4") for level in (1, 2)])
        axes = (("tilt", "[deg]", 2), ("y", "[n_m]", SIZE), ("x", "[n_m]", SIZE))
        for number, (name, unit, count) in enumerate(axes, 1):
            axis = group.create_dataset(f"dim{number}", data=0.02 * np.arange(count))
            axis.attrs["name"], axis.attrs["units"] = name, unit
    assert read_frames(run.folder / "a.emd").kind == "tilt series"
    run("a.emd")
    assert run.out("a.columns.csv").exists()
    assert not run.out("a.tracks.csv").exists()


def draw_film(run: Run, *bad: int) -> None:
    """Write a film that drifts by a pixel a frame; the bad frames are of one level."""
    scene = np.random.default_rng(0).normal(100, 20, (40, 48)).astype("f4")
    frames = np.stack([scene[8 - i : 32 - i, 2 * i : 2 * i + 24] for i in range(4)])
    frames[list(bad)] = 1
    write_tiff(run.folder / "a.tif", frames, (0.02, 0.03))


def test_a_film_is_averaged_on_request(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(average, "locate_frame", Searched(bad=-1.0))
    draw_film(run)
    assert run("a.tif", average=True) == []
    image = read(run.out("a.average.tif"))
    assert image.pixels.dtype == np.float32
    assert image.pixel_size == pytest.approx((0.02, 0.03))
    with run.out("a.average.drift.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    steps = np.diff([[float(row["dy_px"]), float(row["dx_px"])] for row in rows], axis=0)
    assert steps == pytest.approx(np.tile([1, -2], (3, 1)), abs=0.1)
    assert len(Columns.from_csv(run.out("a.average.columns.csv"))) == 1
    assert run.lines[-2:] == [
        f"  average {run.out('a.average.tif')}",
        f"  drift   {run.out('a.average.drift.csv')}",
    ]
    first = list(run.lines)
    run("a.tif", average=True)
    assert run.lines == [*first, "already done: 1 of 1 files"]
    with pytest.raises(FileError, match="holds no image"):
        inputs([run.out("")])


def test_frames_with_nothing_on_them_are_left_out_of_an_average(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(average, "locate_frame", Searched(bad=-1.0))
    draw_film(run, 2)
    (failure,) = run("a.tif", average=True)
    assert failure.startswith("a.tif, frame 2: every pixel of the image is 1")
    with run.out("a.average.drift.csv").open(newline="") as file:
        assert [row["frame"] for row in csv.DictReader(file)] == ["0", "1", "3"]


def test_one_image_has_no_average(run: Run) -> None:
    draw_film(run)
    (failure,) = run("a.tif", average=True, frame=1)
    assert "an average needs several" in failure


def test_one_image_has_no_frames(run: Run) -> None:
    run.image("a.tif", 1)
    run.image("b.tif", 1, 2)
    run("a.tif")
    run("b.tif", frame=1)
    for name in "ab":
        assert "frame" not in Columns.from_csv(run.out(f"{name}.columns.csv")).labels


def test_the_list_given_back_does_what_failed_under_the_same_names(
    run: Run, searched: Searched
) -> None:
    for folder in ("d1", "d2"):
        (run.folder / folder).mkdir()
    run.image("d1/a.tif", 1)
    run.image("d2/a.tif", 2, BAD, 3)
    run("d1/a.tif", "d2/a.tif", "gone.tif")
    assert run.failed() == [("a.tif", "1", "d2-a.tif"), ("gone.tif", "", "gone")]
    searched.names.clear()
    searched.raises = lambda: ImageError("still bad")
    run.image("gone.tif", 4)
    assert run("out/failed-locate.csv") == ["d2/a.tif, frame 1: still bad"]
    assert searched.names == ["a.frame1", "gone"]
    assert run.failed() == [("a.tif", "1", "d2-a.tif")]
    assert levels(run.out("gone.columns.csv")) == [4]
    assert levels(run.out("d2-a.tif.columns.csv")) == [2, 3]


def test_a_frame_that_is_mended_joins_its_table_and_leaves_the_list(
    run: Run, searched: Searched
) -> None:
    run.image("a.tif", BAD, 2)
    run("a.tif")
    drawn = run.out("a.columns.png").read_bytes()
    searched.bad = -1.0
    assert run("out/failed-locate.csv") == []
    assert levels(run.out("a.columns.csv")) == [7, 2]
    assert run.failed() == []
    assert run.out("a.columns.png").read_bytes() != drawn


def test_what_other_batches_failed_at_stays_in_the_list(run: Run) -> None:
    run.image("a.tif", 1)
    run.image("b.tif", BAD)
    run("a.tif", "b.tif")
    run("a.tif", "c.tif")
    assert run.failed() == [("b.tif", "", "b"), ("c.tif", "", "c")]
    run.image("b.tif", 2)
    run("b.tif")
    assert run.failed() == [("c.tif", "", "c")]


def test_a_single_file_that_fails_leaves_no_list_and_no_results(run: Run) -> None:
    run.image("a.tif", BAD)
    assert run("a.tif") == ["a.tif: LinAlgError: Singular matrix"]
    assert list(run.out("").iterdir()) == []


def test_a_file_in_the_place_of_the_list_is_said_before_the_work(
    run: Run, searched: Searched
) -> None:
    run.image("a.tif", 1)
    run.out("").mkdir()
    run.out("failed-locate.csv").write_text("sample,dose\n1,2\n")
    with pytest.raises(FileError, match="is not a list of failed files"):
        run("a.tif")
    assert searched.names == []


def test_what_is_done_is_not_done_again_but_reported(run: Run, searched: Searched) -> None:
    run.image("a.tif", 1, 2)
    run("a.tif")
    first, table = list(run.lines), run.out("a.columns.csv").stat()
    searched.names.clear()
    run("a.tif")
    assert searched.names == []
    assert run.lines == [*first, "already done: 1 of 1 files"]
    assert run.out("a.columns.csv").stat().st_mtime_ns == table.st_mtime_ns


CHANGES: dict[str, dict[str, object]] = {
    "options": {"options": Options(refine="com")},
    "threshold": {"options": Options(threshold=0.3)},
    "pixel size": {"pixel_size": 0.01},
    "signal": {"signal": "0"},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_a_changed_option_makes_it_anew(
    run: Run, searched: Searched, changes: dict[str, object]
) -> None:
    run.image("a.tif", 1)
    run("a.tif")
    run("a.tif", **changes)
    assert searched.names == ["a", "a"]


def test_a_changed_file_is_done_anew_with_all_of_its_frames(run: Run, searched: Searched) -> None:
    run.image("a.tif", 1, BAD)
    run("a.tif")
    run.image("a.tif", 4, 5)
    assert run("a.tif") == []
    assert searched.names == ["a.frame0", "a.frame1"] * 2
    assert levels(run.out("a.columns.csv")) == [4, 5]


def test_another_model_or_version_does_it_anew(
    run: Run, searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.image("a.tif", 1)
    run("a.tif")
    copy = run.folder / "other.onnx"
    copy.write_bytes(run.job.model.path.read_bytes())
    run("a.tif", model=Model(copy))
    assert searched.names == ["a"]  # the same weights under another name
    other = Model(copy)
    copy.write_bytes(copy.read_bytes() + b"\0")
    run("a.tif", model=other)
    assert searched.names == ["a", "a"]
    monkeypatch.setattr(batch, "version", lambda _: "99")
    run("a.tif")
    assert searched.names == ["a", "a", "a"]


@pytest.mark.parametrize("result", ["a.columns.csv", "a.columns.png", "a.drift.csv"])
def test_a_result_that_was_deleted_is_made_again(
    run: Run, searched: Searched, result: str
) -> None:
    run.image("a.tif", 1, 2)
    run("a.tif")
    run.out(result).unlink()
    run("a.tif")
    assert run.out(result).exists()
    assert searched.names == ["a.frame0", "a.frame1"] * 2


def test_a_report_that_nobody_reads_ends_the_batch_and_is_no_failure_of_a_file(run: Run) -> None:
    run.image("a.tif", 1, 2)
    run.image("b.tif", 3)

    def closed(line: str) -> None:
        raise BrokenPipeError

    files = inputs([run.folder / "a.tif", run.folder / "b.tif"])
    with pytest.raises(BrokenPipeError):
        locate_files(files, run.out(""), run.job, closed, lambda *_: None)
    assert run.failed() == []
    assert run("a.tif", "b.tif") == []
    assert "  already done: 1 of 2 frames" in run.lines


def test_a_table_that_cannot_be_written_is_a_failure_of_its_file_alone(run: Run) -> None:
    run.image("a.tif", 1)
    run.image("b.tif", 2)
    run.out("a.columns.csv").mkdir(parents=True)
    (failure,) = run("a.tif", "b.tif")
    assert failure.startswith("a.tif: out/a.columns.csv cannot be written")
    assert levels(run.out("b.columns.csv")) == [2]


def test_a_program_reads_what_an_image_is_taken_for(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def doubtful(image: Micrograph, model: Model, options: Options, **_: object) -> Result:
        nothing = Columns(np.empty(0), np.empty(0))
        return Result(image, nothing, None, ("a note",), 0.125, 0.75)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "locate_frame", doubtful)
    run.image("a.tif", 1)
    run("a.tif")
    assert run.lines[0] == (
        "a: not an image of atom columns (probability 0.12), so none are given"
    )
    assert run.out("a.columns.png").exists()
    (frame,) = json.loads(run.out("a.columns.json").read_text())["frames"]
    assert frame == {
        "frame": 0,
        "columns": 0,
        "shows_atom_columns": False,
        "probability_of_atom_columns": 0.125,
        "threshold": 0.75,
        "notes": ["a note"],
    }


def test_one_image_tells_how_far_it_is_and_a_film_its_frames(run: Run) -> None:
    run.image("a.tif", 1)
    run("a.tif")
    assert run.steps == [(0, 1), (3, WHOLE), (1, 1)]
    run.image("film.tif", 1, BAD, 2)
    run("film.tif")
    assert run.steps == [(0, 1), (1, 3), (2, 3), (3, 3), (1, 1)]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw a film of six frames, of which the first is black, so that another is its picture."""
    generator = np.random.default_rng(1)
    image = read(sample()).pixels[:96, :96]
    frames = np.stack([generator.poisson(image) for _ in range(6)]).astype(np.uint16)
    frames[0] = 0
    path = tmp_path_factory.mktemp("film") / "film.tif"
    write_tiff(path, frames, (0.016, 0.016))
    return path


@pytest.fixture(scope="module")
def by_one_process(film: Path, job: Job) -> dict[str, bytes]:
    """Give what this process alone writes of the film."""
    return located(film, job, film.parent / "alone", ALONE)


def located(
    film: Path, job: Job, out: Path, crew: Crew, say: Callable[[str], None] = print
) -> dict[str, bytes]:
    """Find the columns of a film whose first frame fails, and give all that is written."""
    failures = locate_files(inputs([film]), out, job, say, silent, crew)
    assert [failure.frame for failure in failures] == [0]
    return {path.name: path.read_bytes() for path in out.glob("film.*")}


def test_several_processes_write_what_one_writes(
    tmp_path: Path, film: Path, job: Job, by_one_process: dict[str, bytes]
) -> None:
    assert len(by_one_process) == 5
    assert located(film, job, tmp_path / "out", Crew(2)) == by_one_process


def test_with_little_memory_one_process_writes_the_same_and_with_less_none_begins(
    tmp_path: Path, film: Path, job: Job, by_one_process: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(processes, "in_processes", None)  # which several would need
    finishing = registration_bytes(96 * 96)
    out, need = tmp_path / "out", batch.FOOTPRINT.need(96 * 96, finishing=finishing).alone
    failures = locate_files(inputs([film]), out, job, print, silent, Crew(2, memory=need - 1))
    assert [str(failure.error)[:17] for failure in failures] == ["this needs about "]
    assert list(out.rglob("*.*")) == []
    assert located(film, job, out, Crew(2, memory=need)) == by_one_process


def test_a_cluster_writes_what_one_process_writes_though_a_worker_is_killed(
    tmp_path: Path, film: Path, job: Job, by_one_process: dict[str, bytes], cluster: Cluster
) -> None:
    def kill_a_worker(line: str) -> None:
        if line.startswith("film.frame1"):
            cluster.workers[0].kill()

    crew = Crew(scheduler=cluster.address)
    found = located(film, job, tmp_path / "out", crew, kill_a_worker)
    assert [process.poll() for process in cluster.workers] == [-signal.SIGKILL, None]
    assert found == by_one_process


FULL_DISK = """
import errno, os
from pathlib import Path

flush = os.fsync


def fsync(file):
    written = sum(each.stat().st_size for each in Path({out!r}).rglob("*.csv"))
    if written > 15000:
        raise OSError(errno.ENOSPC, "full")
    flush(file)


os.fsync = fsync
"""
"""What Python runs before anything else, in each process that is begun."""


def test_a_disk_that_fills_up_loses_nothing_that_is_done(
    tmp_path: Path,
    film: Path,
    job: Job,
    by_one_process: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, hook = tmp_path / "out", tmp_path / "hook"
    hook.mkdir()
    code = FULL_DISK.format(out=str(out))
    (hook / "sitecustomize.py").write_text(code)
    said: list[str] = []
    with monkeypatch.context() as full:
        full.setenv("PYTHONPATH", os.pathsep.join([str(hook), *sys.path]))
        full.setattr(os, "fsync", os.fsync)
        exec(code, {})
        failures = locate_files(inputs([film]), out, job, said.append, silent, Crew(2))
    full_at = [failure for failure in failures if failure.frame != 0]
    assert all("no space left on device; free some space" in each.sentence for each in full_at)
    frames = [failure.frame for failure in full_at if failure.frame]
    assert 0 < len(frames) < 5
    said.clear()
    assert located(film, job, out, ALONE, said.append) == by_one_process
    assert f"  already done: {5 - len(frames)} of 6 frames" in said


def test_a_film_that_changes_is_not_mixed(run: Run, searched: Searched) -> None:
    run.image("a.tif", 1, BAD, 3)
    run.image("b.tif", 4)

    def change() -> ImageError:
        run.image("a.tif", 5, 6, 7, 8)
        return ImageError("the image is grey")

    searched.raises = change
    (failure,) = run("a.tif", "b.tif")
    assert failure.startswith("a.tif was changed while it was worked on")
    assert not run.out("a.columns.csv").exists()
    assert levels(run.out("b.columns.csv")) == [4]
    searched.bad = -1
    assert run("out/failed-locate.csv") == []
    assert levels(run.out("a.columns.csv")) == [5, 6, 7, 8]

"""A batch of series goes on past what is bad, and loses nothing that is done."""

import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.files.batch import inputs
from colonnade.core.files.open import read_volume
from colonnade.core.files.write import write_mrc, write_tiff
from colonnade.tomo.reconstruct.files import SCRATCH, Job, reconstruct_files
from colonnade.tomo.reconstruct.named import holds_views, parse_axis
from colonnade.tomo.reconstruct.plan import Plan, Slices
from colonnade.tomo.reconstruct.projector import Projector
from colonnade.tomo.reconstruct.reconstruct import Options, Work

SHAPE = (21, 20, 24)
"""Views, rows and columns."""

TILTS = tuple(np.linspace(-60.0, 60.0, SHAPE[0]))


def ball_views(seed: int = 0) -> Single:
    """Views of a ball, with noise."""
    z, y, x = np.indices((24, 20, 24)) - np.array([11.5, 9.5, 11.5]).reshape(3, 1, 1, 1)
    ball = np.clip(7.5 - np.sqrt(z**2 + y**2 + x**2), 0, 1).astype(np.float32)
    sinograms = Projector(TILTS, 24, 24).project(np.ascontiguousarray(ball.transpose(1, 0, 2)))
    noise = 0.3 * np.random.default_rng(seed).standard_normal(sinograms.shape)
    return np.asarray((sinograms + noise).transpose(1, 0, 2), np.float32)


@dataclass
class Run:
    """One call of the command in a folder, and what it said."""

    folder: Path
    job: Job = field(default_factory=lambda: Job(Options("sirt", iterations=20)))
    lines: list[str] = field(default_factory=list)
    steps: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, *names: str, **changes: object) -> list[str]:
        self.lines.clear()
        self.steps.clear()
        failures = reconstruct_files(
            inputs([self.folder / name for name in names], None, holds_views),
            self.folder / "out",
            replace(self.job, **changes),  # type: ignore[arg-type]
            self.lines.append,
            lambda *step: self.steps.append(step),
        )
        return [failure.sentence.replace(f"{self.folder}/", "") for failure in failures]

    def out(self, name: str) -> Path:
        return self.folder / "out" / name

    def series(self, name: str, seed: int = 0) -> None:
        write_mrc(self.folder / f"{name}.mrc", ball_views(seed), (None, 2.0, 2.0))
        lines = "".join(f"{tilt}\n" for tilt in TILTS)
        (self.folder / f"{name}.rawtlt").write_text(lines)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_a_series_becomes_a_volume_with_its_calibration(run: Run) -> None:
    run.series("a")
    assert run("a.mrc") == []
    volume = read_volume(run.out("a.sirt.mrc"))
    assert volume.shape == (24, 20, 24)
    assert volume.voxel_size == pytest.approx((2.0, 2.0, 2.0))
    assert volume.plane(12)[8:12, 10:14].mean() == pytest.approx(1.0, abs=0.15)
    assert volume.plane(12)[:, 0].mean() == pytest.approx(0.0, abs=0.05)
    said = json.loads(run.out("a.sirt.json").read_text())
    assert said["angles_deg"] == pytest.approx(list(TILTS))
    assert said["sentence"] == run.lines[0]
    assert run.out("a.sirt.png").stat().st_size > 10_000
    assert run.steps[-1] == (20, 20)
    assert not list(run.out(".colonnade").rglob("*.raw"))


def test_what_is_done_is_not_done_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.series("a")
    run("a.mrc")
    before = run.lines.copy()
    monkeypatch.setattr(Plan, "reconstruct", lambda *_: pytest.fail("it was done"))
    assert run("a.mrc") == []
    assert run.lines[: len(before)] == before


def test_a_run_that_was_stopped_goes_on_with_the_same_result(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.series("a")
    monkeypatch.setattr("colonnade.tomo.reconstruct.memory.MOST_SLICES", 6)
    run("a.mrc")
    whole = run.out("a.sirt.mrc").read_bytes()
    run.folder.joinpath("out").rename(run.folder / "first")
    once, count = Plan.reconstruct, []

    def stopped(plan: Plan, sinograms: Single) -> Slices:
        count.append(len(sinograms))
        if len(count) == 3:
            raise KeyboardInterrupt
        return once(plan, sinograms)

    monkeypatch.setattr(Plan, "reconstruct", stopped)
    with pytest.raises(KeyboardInterrupt):
        run("a.mrc")
    assert not run.out("a.sirt.mrc").exists()
    assert run("a.mrc") == []
    assert count == [6, 6, 6, 6, 2]
    assert run.out("a.sirt.mrc").read_bytes() == whole


def test_slices_are_not_kept_once_they_are_a_volume(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the process died between the two."""
    run.series("a")
    unlink = Path.unlink

    def killed(path: Path, missing_ok: bool = False) -> None:
        if path.name == SCRATCH and path.exists():
            raise KeyboardInterrupt
        unlink(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            run("a.mrc")
    assert list(run.out(".colonnade").rglob(SCRATCH))
    assert run("a.mrc") == []
    assert not list(run.out(".colonnade").rglob(SCRATCH))


def test_views_that_were_aligned_when_the_process_died_are_not_aligned_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    run.series("a")
    with monkeypatch.context() as patched:
        patched.setattr(Work, "of", killed)
        with pytest.raises(KeyboardInterrupt):
            run("a.mrc", align=True)
    with monkeypatch.context() as patched:
        patched.setattr("colonnade.tomo.reconstruct.files.align", lambda _: pytest.fail("again"))
        assert run("a.mrc", align=True) == []
    resumed = told(run)
    shutil.rmtree(run.folder / "out")
    run("a.mrc", align=True)
    assert told(run) == resumed


def told(run: Run) -> list[str]:
    """Give the lines of what is told to programs, but for how long it took."""
    lines = run.out("a.sirt.json").read_text().splitlines()
    return [line for line in lines if '"seconds"' not in line]


def test_a_page_is_added_to_a_volume_that_is_there(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.series("a")
    run("a.mrc")
    before = json.loads(run.out("a.sirt.json").read_text())
    volume = run.out("a.sirt.mrc")
    written = volume.stat().st_mtime_ns
    monkeypatch.setattr(Work, "do", lambda *_: pytest.fail("it was done"))
    assert run("a.mrc", report=True) == []
    said = json.loads(run.out("a.sirt.json").read_text())
    assert said["validation"]["beyond"]["error_over_noise"] > 1
    # 21 views in steps of 6 degrees leave 54 of 180.
    assert said.pop("missing_wedge")["directions"] == pytest.approx(54 / 180)
    assert {**said, "validation": 0} == {**before, "validation": 0}
    assert volume.stat().st_mtime_ns == written
    assert "views that are left out are predicted to" in run.lines[-4]
    assert run.lines[-1] == f"  report  {run.out('a.sirt.html')}"
    assert "<h1>a</h1>" in run.out("a.sirt.html").read_text(encoding="utf-8")
    lines = run.lines.copy()
    assert run("a.mrc", report=True) == []
    assert run.lines[:-1] == lines


def test_a_cluster_gives_the_same_bits(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("colonnade.core.work.cluster.PATIENCE", 60.0)
    monkeypatch.setattr("colonnade.tomo.reconstruct.memory.MOST_SLICES", 6)
    run.series("a")
    job = Job(Options("tv", weight=8.0, iterations=20))
    run("a.mrc", options=job.options)
    alone = run.out("a.tv.mrc").read_bytes()
    run.folder.joinpath("out").rename(run.folder / "first")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address=None
    ) as local:
        options = replace(job.options, scheduler=local.scheduler_address)
        assert run("a.mrc", options=options) == []
    assert run.out("a.tv.mrc").read_bytes() == alone
    assert run("a.mrc", options=job.options) == []
    assert run.lines[-1] == "already done: 1 of 1 files"


def test_results_that_were_removed_are_made_again(run: Run) -> None:
    run.series("a")
    run("a.mrc")
    run.out("a.sirt.mrc").unlink()
    run("a.mrc")
    assert read_volume(run.out("a.sirt.mrc")).plane(12).max() > 0.5


def test_a_bad_series_does_not_stop_the_rest(run: Run) -> None:
    run.series("a")
    run.series("b")
    (run.folder / "b.rawtlt").unlink()
    (run.folder / "c.mrc").write_bytes(b"nothing")
    failures = run("a.mrc", "b.mrc", "c.mrc")
    assert len(failures) == 2
    assert "angle" in failures[0]
    assert run.out("a.sirt.mrc").exists()
    assert run.out("failed-reconstruct.csv").exists()
    assert not any(run.folder.joinpath("out").glob("b.*"))


def test_a_folder_of_single_views_is_one_series(run: Run) -> None:
    views = run.folder / "views"
    views.mkdir()
    for number, view in enumerate(ball_views()):
        write_tiff(views / f"view_{number:03}.tif", view, (2.0, 2.0))
    assert run("views", angles="-60:60:6") == []
    assert read_volume(run.out("views.sirt.mrc")).shape == (24, 20, 24)


def test_an_alignment_is_kept_and_used_for_another_channel(run: Run) -> None:
    run.series("a")
    run.series("b", seed=1)
    assert run("a.mrc", align=True) == []
    kept = run.out("a.alignment.json")
    assert run("b.mrc", alignment=kept) == []
    one, other = (json.loads(run.out(f"{n}.sirt.json").read_text()) for n in "ab")
    assert one["shifts_px"] == other["shifts_px"]
    assert abs(np.array(one["shifts_px"])).max() < 0.5


def test_axes_are_read_as_words_and_numbers() -> None:
    assert [parse_axis(text) for text in ("y", "x", "-5.8")] == ["y", "x", -5.8]
    with pytest.raises(ImageError, match="along y or x"):
        parse_axis("z")

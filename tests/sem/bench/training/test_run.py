"""A study of two tiny networks, from training to the report."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colonnade.core.errors import FileError
from colonnade.core.learn.model import Model
from colonnade.sem.bench.training.plan import TASTE, Plan
from colonnade.sem.bench.training.results import read_study

TINY = replace(
    TASTE,
    images=(1,),
    epochs=(0.5, 2),
    steps=4,
    patch=8,
    enough=1,
    materials=("tin_balls",),
    factors=(4,),
    width=16,
    blocks=2,
    test_images=1,
    sizes=(8,),
)
"""One network for the smallest error, one against a discriminator."""


@pytest.fixture(scope="module")
def titles() -> list[str]:
    return []


@pytest.fixture(scope="module")
def bar(titles: list[str]) -> Callable[[str], object]:
    @contextmanager
    def opened(title: str) -> Iterator[Callable[[int, int], None]]:
        titles.append(title)
        yield lambda done, total: None

    return opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, bar: Callable[[str], object]) -> Path:
    run = pytest.importorskip("colonnade.sem.bench.training.run", exc_type=ImportError)
    made: Path = tmp_path_factory.mktemp("study")
    run.run_study(TINY, made, bar)
    return made


def test_every_network_is_looked_at_at_its_marks_and_kept(folder: Path) -> None:
    study = read_study(folder)
    assert study is not None
    assert study.complete
    assert [one.name for one in study.trained] == ["tin-balls-1-psnr-x4", "tin-balls-1-gan-x4"]
    for training, trained in study.trained.items():
        assert [look.step for look in trained.looks] == [1, 4]
        assert [look.epochs for look in trained.looks] == [0.5, 2]
        assert np.isfinite(trained.end.own_gain_db).all()
        assert trained.particles.keys() == {8.0}
        assert np.isfinite(trained.materials["tin_balls"]["coverage"]).all()
        path = folder / "training" / training.name / f"{training.name}.onnx"
        assert Model.load(str(path)).card.factor == 4


def test_the_network_that_is_kept_is_the_one_that_was_looked_at_last(folder: Path) -> None:
    study = read_study(folder)
    assert study is not None
    for trained in study.trained.values():
        last = trained.end.kept.pictures()[0]
        kept = trained.picture("tin_balls", 0)
        scale = np.ptp(last)
        np.testing.assert_allclose(kept, last, atol=1e-3 * scale)
        assert trained.materials["tin_balls"]["psnr"] == pytest.approx(
            trained.end.scores["psnr"], abs=0.01
        )


def test_what_is_done_is_not_done_again(
    folder: Path, bar: Callable[[str], object], titles: list[str]
) -> None:
    run = pytest.importorskip("colonnade.sem.bench.training.run", exc_type=ImportError)
    titles.clear()
    last = folder / "training" / "tin-balls-1-gan-x4" / "final.json"
    last.unlink()
    run.run_study(TINY, folder, bar)
    assert titles == ["training 2 of 2, tin-balls-1-gan-x4"]
    assert last.exists()


def test_a_folder_of_another_study_is_refused(folder: Path, bar: Callable[[str], object]) -> None:
    run = pytest.importorskip("colonnade.sem.bench.training.run", exc_type=ImportError)
    with pytest.raises(FileError, match="another study of training"):
        run.run_study(replace(TINY, steps=5), folder, bar)


def test_there_is_no_study_where_none_was_run(tmp_path: Path) -> None:
    assert read_study(tmp_path) is None
    assert Plan().epoch_batches == 2

"""What the report shows of a study."""

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from made_up_study import study
from PIL import Image

from colonnade.sem.bench.test_images import SIDE
from colonnade.sem.bench.training import section
from colonnade.sem.bench.training.results import StudyResults
from colonnade.sem.bench.training.scoring import Kept


@pytest.fixture
def shown(tmp_path: Path) -> StudyResults:
    """Make up a study with pictures."""
    kept = Kept(tmp_path, "kept")
    pictures = np.random.default_rng(0).uniform(0, 1000, (10, SIDE, SIDE))
    kept.write({}, list(pictures.astype(np.float32)))
    return study(kept)


def made(monkeypatch: pytest.MonkeyPatch, found: StudyResults | None, folder: Path) -> list[Any]:
    monkeypatch.setattr(section, "read_study", lambda _: found)
    (folder / "figures").mkdir(exist_ok=True)
    results: Any = SimpleNamespace(folder=folder)
    return list(section.training_section(results))


def test_every_finding_has_a_verdict_and_every_figure_is_drawn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shown: StudyResults
) -> None:
    (one,) = made(monkeypatch, shown, tmp_path)
    assert one.content.count("<span>reproduced</span>") == 6
    assert one.content.count("<img") == len(section.FIGURES_OF_STUDY)
    for name, _, _ in section.FIGURES_OF_STUDY:
        picture = io.BytesIO((tmp_path / "figures" / f"{name}.png").read_bytes())
        with Image.open(picture) as image:
            assert min(image.size) > 300
            assert np.ptp(np.asarray(image.convert("L")).astype(int)) > 100


def test_a_taste_says_that_it_decides_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shown: StudyResults
) -> None:
    monkeypatch.setattr(section, "FIGURES_OF_STUDY", ())
    taste = StudyResults(replace(shown.plan, steps=50), shown.trained)
    (one,) = made(monkeypatch, taste, tmp_path)
    assert "decided" in section.TASTE
    assert section.TASTE in one.content
    assert one.content.count("<span>not decided</span>") == 6


def test_a_study_that_is_not_done_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shown: StudyResults
) -> None:
    some = dict(list(shown.trained.items())[:-1])
    assert made(monkeypatch, StudyResults(shown.plan, some), tmp_path) == []
    assert made(monkeypatch, None, tmp_path) == []

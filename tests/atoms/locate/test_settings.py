"""Settings reach the steps that they belong to, and each says what it is."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from colonnade import Model
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.locate import locate_frame
from colonnade.atoms.locate.settings import Settings
from colonnade.atoms.simulate.image import Simulation
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.recipe import load, named_recipe

DEFAULTS = Settings()


def groups(settings: Any) -> Iterator[Any]:
    """Every group among nested settings."""
    yield settings
    for field in fields(settings):
        if is_dataclass(value := getattr(settings, field.name)):
            yield from groups(value)


@pytest.mark.parametrize("group", list(groups(DEFAULTS)), ids=lambda group: type(group).__name__)
def test_every_setting_is_described(group: Any) -> None:
    lines = re.findall(r"^    ([a-z_, ]+)\n        [A-Z0]", type(group).__doc__ or "", re.M)
    described = [name.strip() for line in lines for name in line.split(",")]
    assert described == [field.name for field in fields(group)]


@pytest.fixture(scope="module")
def image() -> Micrograph:
    recipe = replace(load(Simulation, named_recipe("sample", "atoms")), size=(96, 128))
    return Simulator(recipe, seed=8)(0).image


CHANGES: dict[str, Settings] = {
    "network": replace(DEFAULTS, network=replace(DEFAULTS.network, lowest=2.0)),
    "find": replace(
        DEFAULTS, find=replace(DEFAULTS.find, blobs=replace(DEFAULTS.find.blobs, fall=0.0))
    ),
    "fit": replace(
        DEFAULTS, fit=replace(DEFAULTS.fit, refine=replace(DEFAULTS.fit.refine, faint_snr=1e9))
    ),
    "judge": replace(
        DEFAULTS,
        judge=replace(DEFAULTS.judge, support=replace(DEFAULTS.judge.support, chance_columns=1e6)),
    ),
    "jitter": replace(DEFAULTS, jitter=replace(DEFAULTS.jitter, restlessness=0, least_spread=0)),
}


@pytest.mark.parametrize("room", CHANGES)
def test_a_changed_setting_changes_what_is_found(room: str, image: Micrograph) -> None:
    model = Model.load("atoms")
    usual = locate_frame(image, model)
    changed = locate_frame(image, model, settings=CHANGES[room])
    same = len(usual.columns) == len(changed.columns) and np.array_equal(
        usual.columns.score, changed.columns.score
    )
    assert not same or usual.notes != changed.notes

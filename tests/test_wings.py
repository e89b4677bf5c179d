"""A wing is a word that is looked up, and a wrong one gets a sentence."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

from colonnade import wings
from colonnade.core.errors import ColonnadeError, ModelError
from colonnade.core.learn.model import read_card, shipped
from colonnade.wings import (
    WINGS,
    Bench,
    Calibrate,
    Import,
    Simulate,
    Train,
    implementation,
    wing_card,
)

OF_ALL = {"simulate": Simulate, "import": Import, "train": Train, "bench": Bench}

PROTOCOLS = OF_ALL | {"calibrate": Calibrate}
"""Those that each wing has, and one that some have."""


@pytest.mark.parametrize(
    ("wing", "verb"), [(w, v) for w, verbs in WINGS.items() for v in verbs if v in PROTOCOLS]
)
def test_what_does_a_verb_is_there_and_takes_what_the_verb_gives(wing: str, verb: str) -> None:
    function = implementation(wing, verb)
    given = inspect.signature(PROTOCOLS[verb].__call__).parameters.values()
    taken = inspect.signature(function).parameters.values()
    assert [(one.name, one.kind) for one in taken] == [
        (one.name, one.kind) for one in given if one.name != "self"
    ]
    wanted = get_type_hints(PROTOCOLS[verb].__call__)["return"]
    assert get_type_hints(function)["return"] == wanted


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_has_every_verb_and_a_card(wing: str) -> None:
    assert OF_ALL.keys() | {"card"} <= WINGS[wing].keys() <= PROTOCOLS.keys() | {"card"}


@pytest.mark.parametrize("name", shipped())
def test_the_card_of_a_shipped_model_is_read_by_its_wing(name: str) -> None:
    card = read_card(name)
    part = wing_card(card.wing).of(card)
    words = {"atoms": "pixels of 10 to 50 pm", "sem": "trained on", "tomo": "trained on"}
    assert words[card.wing] in part.summary


def test_a_model_of_a_wing_that_is_not_known_is_refused() -> None:
    with pytest.raises(ModelError, match="for pixies, which this Colonnade does not know"):
        wing_card("pixies")


def test_a_wing_that_is_not_known_gets_a_list_of_those_that_are() -> None:
    with pytest.raises(ColonnadeError, match=r"no pixies to simulate; choose one of: .*atoms"):
        implementation("pixies", "simulate")


def test_a_wing_without_the_verb_gets_a_list_of_those_that_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(wings.WINGS, "young", {"simulate": "json:dumps"})
    with pytest.raises(
        ColonnadeError, match=r"no young to import; choose one of: atoms, sem, tomo$"
    ):
        implementation("young", "import")


def test_only_the_wing_that_is_wanted_is_imported() -> None:
    code = (
        "import sys; from colonnade import cli, wings\n"
        "wings.WINGS['new'] = {'import': 'json:dumps'}\n"
        "assert wings.implementation('new', 'import')('a') == '\"a\"'\n"
        "assert not [name for name in sys.modules if name.startswith('colonnade.atoms')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "verb", [("simulate",), ("import", "."), ("train", "--recipe", "r.toml"), ("bench",)]
)
def test_the_command_line_refuses_a_wing_that_is_not_there(
    tmp_path: Path, verb: tuple[str, ...]
) -> None:
    words = (verb[0], "pixies", *verb[1:], "--out", "lib")
    done = subprocess.run(
        [sys.executable, "-m", "colonnade", *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    able = ", ".join(wing for wing, verbs in WINGS.items() if verb[0] in verbs)
    assert done.stderr == f"colonnade: there is no pixies to {verb[0]}; choose one of: {able}\n"
    assert not list(tmp_path.iterdir())

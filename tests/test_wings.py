"""A wing is a word that is looked up, and a wrong one gets a sentence."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

from colonnade import wings
from colonnade.core.errors import ColonnadeError
from colonnade.wings import WINGS, Import, Simulate, implementation

PROTOCOLS = {"simulate": Simulate, "import": Import}


@pytest.mark.parametrize(("wing", "verb"), [(w, v) for w, verbs in WINGS.items() for v in verbs])
def test_what_does_a_verb_is_there_and_takes_what_the_verb_gives(wing: str, verb: str) -> None:
    function = implementation(wing, verb)
    given = inspect.signature(PROTOCOLS[verb].__call__).parameters.values()
    taken = inspect.signature(function).parameters.values()
    assert [(one.name, one.kind) for one in taken] == [
        (one.name, one.kind) for one in given if one.name != "self"
    ]
    assert get_type_hints(function)["return"] is str


def test_a_wing_that_is_not_known_gets_a_list_of_those_that_are() -> None:
    with pytest.raises(ColonnadeError, match=r"no pixies to simulate; choose one of: .*atoms"):
        implementation("pixies", "simulate")


def test_a_wing_without_the_verb_gets_a_list_of_those_that_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(wings.WINGS, "young", {"simulate": "json:dumps"})
    with pytest.raises(ColonnadeError, match=r"no young to import; choose one of: atoms$"):
        implementation("young", "import")


def test_only_the_wing_that_is_wanted_is_imported() -> None:
    code = (
        "import sys; from colonnade import cli, wings\n"
        "wings.WINGS['new'] = {'import': 'json:dumps'}\n"
        "assert wings.implementation('new', 'import')('a') == '\"a\"'\n"
        "assert not [name for name in sys.modules if name.startswith('colonnade.atoms')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("verb", [("simulate",), ("import", ".")])
def test_the_command_line_refuses_a_wing_that_is_not_there(
    tmp_path: Path, verb: tuple[str, ...]
) -> None:
    words = (verb[0], "pixies", *verb[1:], "--out", "lib")
    done = subprocess.run(
        [sys.executable, "-m", "colonnade", *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == f"colonnade: there is no pixies to {verb[0]}; choose one of: atoms\n"
    assert not list(tmp_path.iterdir())

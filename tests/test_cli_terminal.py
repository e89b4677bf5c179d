"""What is printed is seen, and nothing in it is obeyed."""

import pytest

from colonnade import cli
from colonnade.cli.terminal import USER_ERROR, console, errors


def test_a_terminal_obeys_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    console.print("made \x1b]0;owned\x07a.tif\nand \x9b2Jb.tif\udcff", markup=False)
    errors.print("colonnade: \x1b[2J\x1b[31ma.tif is damaged", markup=False)
    said, complained = capsys.readouterr()
    assert said == "made \\x1b]0;owned\\x07a.tif\nand \\x9b2Jb.tif\\udcff\n"
    assert complained == "colonnade: \\x1b[2J\\x1b[31ma.tif is damaged\n"


def test_too_little_memory_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(cli, "app", fill)
    assert cli.launch("info", "a.tif") == USER_ERROR
    assert capsys.readouterr().err.startswith("colonnade: there is not enough memory")


def test_what_nobody_foresaw_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise ValueError("array is too big\nby far")

    monkeypatch.setattr(cli, "app", stumble)
    assert cli.launch("info", "a.tif") == USER_ERROR
    said = "colonnade: ValueError: array is too big; --debug shows where it came from\n"
    assert capsys.readouterr().err == said
    with pytest.raises(ValueError, match="too big"):
        cli.launch("info", "a.tif", debug=True)

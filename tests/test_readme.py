"""The README's two commands are the ones that CI runs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_ci_runs_the_two_commands_exactly_as_the_readme_prints_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [
        block.strip()
        for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
        if "pip install" in block
    ]
    assert len(commands) == 2
    assert commands[0] in ci
    assert commands[1] in ci[ci.index(commands[0]) :]


def test_the_pictures_and_pages_that_the_readme_names_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", readme):
        assert (ROOT / target).exists(), target

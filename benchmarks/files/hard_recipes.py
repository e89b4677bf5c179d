"""Recipes in each of which one number is hard: NaN, infinite, negative, zero, vast, or missing."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from hard_inputs import Hard

from colonnade.atoms.simulate.image import Simulation
from colonnade.core.work.recipe import dumps
from colonnade.sem.simulate.image import Simulation as SemSimulation
from colonnade.sem.simulate.stack import StackSimulation
from colonnade.tomo.simulate.series import SeriesSimulation

WINGS: dict[str, Any] = {
    "atoms": replace(Simulation(), size=(48, 48)),
    "sem": SemSimulation(),
    "stack": replace(StackSimulation(), size=(16, 48, 48)),
    "tomo": replace(SeriesSimulation(), size=(24, 20, 24)),
}
"""The recipes that are changed, by their wings; stacks are of sem."""

VALUES = (math.nan, math.inf, -1.0, 0.0, 1e300)

WHOLE_VALUES = (-1, 0, 10**12)


def recipes(folder: Path, wing: str) -> Iterator[Hard]:
    """Write recipes of a wing."""
    folder.mkdir(parents=True)
    lines = dumps(WINGS[wing]).splitlines()
    section = ""
    for number, line in enumerate(lines):
        section = line if line.startswith("[") else section
        for hard in _hard(line):
            changed = [*_only(section, lines[:number]), hard, *lines[number + 1 :]]
            path = folder / f"recipe{number:03d}.toml"
            path = path.with_stem(f"{path.stem}-{len(list(folder.iterdir()))}")
            path.write_text("\n".join(changed) + "\n", encoding="utf-8")
            yield Hard(hard, path)


def _only(section: str, lines: list[str]) -> list[str]:
    """Let only that kind of specimen be drawn whose section it is, if it is one's."""
    kind = section.strip("[]").rpartition(".")[2]
    begun = next((n for n, line in enumerate(lines) if line.endswith(".shares]")), len(lines))
    ended = next((n for n, line in enumerate(lines) if n > begun and not line), len(lines))
    kinds = [line.partition(" = ")[0] for line in lines[begun + 1 : ended]]
    if kind not in kinds:
        return lines
    shares = [f"{one} = {float(one == kind)}" for one in kinds]
    return [*lines[: begun + 1], *shares, *lines[ended:]]


def _hard(line: str) -> Iterator[str]:
    """Give a line of a recipe other values, if it has numbers."""
    name, _, value = line.partition(" = ")
    numbers = value.strip("[]").split(", ")
    if not value or name == "version" or not all(map(_is_number, numbers)):
        return
    whole = all("." not in number and "e" not in number for number in numbers)
    for hard in WHOLE_VALUES if whole else VALUES:
        shown = ", ".join([str(hard)] * len(numbers))
        yield f"{name} = [{shown}]" if value.startswith("[") else f"{name} = {shown}"
    if value.startswith("["):
        yield f"{name} = []"
        yield f"{name} = [{', '.join(numbers[::-1])}]"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

"""Let coverage lead to inputs that our own parsers have not seen, and count what comes of them.

Each parser must give a result or an error of ours, in bounded time, whatever it is given. Needs
atheris (`pip install atheris`), which no other command does.

    python benchmarks/files/fuzz.py image.columns.csv angles.mdoc --runs 100000 --out fuzzed/
"""

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

atheris: Any = import_module("atheris")  # nothing else needs it, so that it may be missing

with atheris.instrument_imports(include=["colonnade", "tomllib"]):
    from readers import readers_of
    from sound_files import make_sound_files

    from colonnade.core.errors import ColonnadeError
    from colonnade.core.files.sem import text_header
    from colonnade.core.files.zstd_frames import most_of_zstd
    from colonnade.core.learn.card import CARD_KEY, FORMAT, FORMAT_KEY, Card
    from colonnade.core.learn.model import read_card
    from colonnade.wings import wing_card

SLOW = 2.0
"""What takes longer than this is kept too [s of the processor]."""

LONGEST = 4096
"""Longest input, unless the sound one is longer [bytes]."""

EVERY = 1000
"""After so many runs the counts are written."""

Parse = Callable[[bytes, Path], object]


def _as_file(name: str) -> Parse:
    """Parse what a file of this name holds."""

    def parse(content: bytes, folder: Path) -> None:
        path = folder / name
        path.write_bytes(content)
        for read in readers_of(path):
            read(path)

    return parse


def _card(content: bytes, folder: Path) -> None:
    text = content.decode(errors="replace")
    card = Card.from_metadata({FORMAT_KEY: FORMAT, CARD_KEY: text}, "a model")
    wing_card(card.wing).of(card)


def _text_beside(content: bytes, folder: Path) -> None:
    (folder / "a.txt").write_bytes(content)
    text_header(folder / "a.tif")


def _zstd(content: bytes, folder: Path) -> None:
    try:
        most_of_zstd(content)
    except ValueError as error:
        raise ColonnadeError(str(error)) from error


OTHERS: dict[str, tuple[Parse, bytes]] = {
    "card": (_card, json.dumps(vars(read_card("tomo-seed"))).encode()),
    "text-beside": (
        _text_beside,
        b"$CM_FULL_SIZE 1280 960\r\n$$SM_MICRON_BAR 100\r\n$$SM_MICRON_MARKER 1um\r\n"
        b"$CM_ACCEL_VOLT 15\r\n[SemImageFile]\r\nPixelSize=9.9\r\nDataSize=1280x960\r\n"
        b"[MAIN]\r\nPixelSizeX=1e-9\r\nPixelSizeY=1e-9\r\nImageStripSize=60\r\n",
    ),
    "zstd": (_zstd, bytes.fromhex("28b52ffd2004210000616263642ab52ffd")),
}
"""What is parsed that is no file of its own: how, and a sound one."""


class Counts:
    """What came of all inputs; those that must not be are kept, one of each kind."""

    def __init__(self, name: str, parse: Parse, runs: int, out: Path) -> None:
        self.name, self.parse, self.runs, self.out = name, parse, runs, out
        self.count = self.given = self.refused = 0
        self.bad: set[str] = set()

    def run(self, content: bytes) -> None:
        """Parse an input."""
        began = time.process_time()
        try:
            self.parse(content, self.out)
            self.given += 1
        except ColonnadeError as error:
            self.refused += 1
            if "\n" in str(error):
                self._keep("several lines", content)
        except Exception as error:  # what this command looks for
            frame = traceback.extract_tb(error.__traceback__)[-1]
            self._keep(
                f"{type(error).__name__} in {Path(frame.filename).name} {frame.name}", content
            )
        if time.process_time() - began > SLOW:
            self._keep("slow", content)
        self.count += 1
        if self.count % EVERY == 1 or self.count == self.runs:
            self.write()

    def _keep(self, kind: str, content: bytes) -> None:
        if kind not in self.bad:
            self.bad.add(kind)
            (self.out / f"bad-{len(self.bad)}-{self.name}").write_bytes(content)

    def write(self) -> None:
        """Write a row of the table."""
        cells = (self.name, self.count, self.given, self.refused, "; ".join(self.bad) or "none")
        (self.out / "counts.md").write_text(f"| {' | '.join(map(str, cells))} |\n")


def fuzz(target: str, sounds: dict[str, Path], runs: int, seconds: int, out: Path) -> None:
    """Lead to inputs for one parser; the process ends with it."""
    if target in OTHERS:
        parse, sound = OTHERS[target]
    else:
        parse, sound = _as_file(target), sounds[target].read_bytes()
    (out / "corpus").mkdir(parents=True, exist_ok=True)
    (out / "corpus" / "sound").write_bytes(sound)
    options = {"runs": runs, "max_total_time": seconds, "max_len": max(LONGEST, 2 * len(sound))}
    words = [f"-{name}={value}" for name, value in options.items()]
    counts = Counts(target, parse, runs, out)
    atheris.Setup([sys.argv[0], "-seed=1", *words, str(out / "corpus")], counts.run)
    atheris.Fuzz()


def main() -> None:
    """Read the command line, and run in a process for each parser."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="+", help=f"sound files, or {', '.join(OTHERS)}")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=0, help="no longer than this for each")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    sounds = {path.name: path for path in make_sound_files(arguments.out / "sound")}
    for target in arguments.targets:
        process = os.fork()
        if not process:
            folder = arguments.out / target
            fuzz(target, sounds, arguments.runs, arguments.seconds, folder)
        os.waitpid(process, 0)
    for target in arguments.targets:
        print((arguments.out / target / "counts.md").read_text(), end="")


if __name__ == "__main__":
    main()

"""How long the page takes from a dropped image to its picture and to its columns.

    python benchmarks/app/drop.py [--sides 2048 4096]

Wants Chromium and playwright. A page of `colonnade serve` is open; an image of 16 bit with atom
columns is given to it, and the button is pressed as soon as its picture is drawn. The command does
the same once more, to compare. Seconds are by the clock; in brackets is the processor time of the
server with its processes, or of the command.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from frames import WATCH, opened
from processor import seconds_of_tree

import colonnade
from colonnade.core.files.batch import sample

LONGEST = 300_000
"""Longest that a result is waited for [ms]."""

PIXEL_SIZE = 0.016
"""Of the sample, and of the images [nm]."""


@dataclass(frozen=True)
class Times:
    """Seconds until something is there, by the clock and of the processor."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} ({self.processor:.2f})"


def main() -> None:
    """Read the command line, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sides", type=int, nargs="+", default=[2048, 4096])
    arguments = parser.parse_args()
    print("| image | first picture [s] | columns [s] | the command [s] | columns found |")
    print("|---|---|---|---|---|")
    with TemporaryDirectory() as name:
        for side in arguments.sides:
            path = Path(name, f"crystal{side}.tif")
            write_image(path, side)
            with served() as (address, server), opened("software") as (page, _):
                picture, columns, found = times(page, address, server.pid, path)
            command = command_time(path, Path(name, "out"))
            print(f"| {side}² | {picture} | {columns} | {command} | {found} |", flush=True)


def write_image(path: Path, side: int) -> None:
    """Write the sample with its mirror images, and noise of its own, as an image of this size."""
    corner = colonnade.read(sample()).pixels
    missing = [(0, max(0, side - length)) for length in corner.shape]
    whole = np.pad(corner, missing, mode="symmetric")[:side, :side]
    counts = np.random.default_rng(0).poisson(50 * whole).clip(0, 2**16 - 1)
    colonnade.write_tiff(path, counts.astype(np.uint16), (PIXEL_SIZE, PIXEL_SIZE))


@contextmanager
def served() -> "Iterator[tuple[str, subprocess.Popen[str]]]":
    """Run the page, and give its address."""
    words = [sys.executable, "-m", "colonnade", "serve", "--port", "0", "--no-open"]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        lines = iter(server.stdout.readline, "")
        yield next(line.strip() for line in lines if line.startswith("http")), server
    finally:
        server.terminate()
        server.communicate()


def times(page: Any, address: str, server: int, path: Path) -> tuple[Times, Times, str]:
    """Give an image to the page, wait for its picture, press the button, wait for the columns."""
    page.set_default_timeout(LONGEST)
    page.add_init_script(WATCH)
    page.goto(address)
    page.get_by_role("tab", name="Atom columns").wait_for()
    time.sleep(3)  # until the server has started its processes
    begun, used = time.perf_counter(), seconds_of_tree(server)
    page.evaluate("globalThis.painted = false")
    page.locator("input[type=file]").first.set_input_files([path])
    while not page.evaluate("globalThis.painted"):  # what waits by itself wants `eval`
        time.sleep(0.02)
    picture = Times(time.perf_counter() - begun, seconds_of_tree(server) - used)
    begun, used = time.perf_counter(), seconds_of_tree(server)
    page.get_by_role("button", name="Find columns", exact=True).click()
    said = page.locator("#result .sentence").first
    said.wait_for()
    columns = Times(time.perf_counter() - begun, seconds_of_tree(server) - used)
    return picture, columns, said.inner_text().split(",")[0]


def command_time(path: Path, out: Path) -> Times:
    """Run the command."""
    begun, used = time.perf_counter(), _children()
    words = [sys.executable, "-m", "colonnade", "locate", str(path), "--out", str(out)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=os.environ)
    return Times(time.perf_counter() - begun, _children() - used)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

"""Open damaged files of every kind that Colonnade reads, and count what comes of each.

Sound files are made, and taken from a folder too if one is named; bytes of them are turned, cut
out, repeated, replaced by extreme numbers or taken from elsewhere in the file. Each is opened in
a process with bounded memory and time. It must be opened, or refused with one sentence: never a
crash, a hang, or an error that is not ours.

    python benchmarks/files/damaged_files.py --count 100000 --out damaged/ [--sound FOLDER]
"""

import argparse
import collections
import multiprocessing
import os
import resource
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

import numpy as np
from readers import readers_of
from sound_files import make_sound_files

from colonnade.core.files import trial

MEMORY = 4 * 2**30
"""Most that the address space of a process may grow by [bytes]."""

PROCESSOR_TIME, PATIENCE = 10.0, 200.0
"""Longest that a process may calculate over a file, and that it may take in all [s]."""

LARGEST = 400_000
"""Larger files are left out, as most of their bytes are pixels [bytes]."""

OPENED, REFUSED, CRASHED, HUNG = "opened", "refused", "crashed", "hung"

EXTREMES = (0, 1, 2**7, 2**8 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1)


@dataclass(frozen=True)
class Try:
    """One damaged file: which sound one it was, and how it is damaged, by a seed."""

    source: Path
    seed: int

    def put(self, place: Path) -> None:
        """Write it; of a folder, one of its files is damaged."""
        if self.source.is_dir():
            shutil.copytree(self.source, place)
            inside = sorted(each for each in self.source.rglob("*") if each.is_file())
            damaged = inside[self.seed % len(inside)]
            place = place / damaged.relative_to(self.source)
        else:
            damaged = self.source
        place.write_bytes(self._damaged(damaged.read_bytes()))

    def _damaged(self, sound: bytes) -> bytes:
        generator = np.random.default_rng(self.seed)
        content = bytearray(sound)
        for _ in range(int(generator.geometric(0.6))):
            damage = _DAMAGES[int(generator.integers(len(_DAMAGES)))]
            damage(content, _place(content, generator), generator)
        return bytes(content)

    @property
    def name(self) -> str:
        """What the file is called: as the sound one, so that readers know its kind."""
        return self.source.name


def _place(content: bytearray, generator: np.random.Generator) -> int:
    """Choose a byte: any, one that is not 0, or one of the first, where numbers are that count."""
    how = generator.random()
    if how < 0.25 and any(content):
        return int(generator.choice(np.flatnonzero(np.frombuffer(content, np.uint8))))
    end = len(content) if how < 0.5 else min(len(content), 2048)
    return int(generator.integers(max(end, 1)))


def _turn(content: bytearray, place: int, generator: np.random.Generator) -> None:
    if content:
        content[place] ^= 1 << int(generator.integers(8))


def _cut_end(content: bytearray, place: int, generator: np.random.Generator) -> None:
    del content[place:]


def _cut_out(content: bytearray, place: int, generator: np.random.Generator) -> None:
    del content[place : place + int(generator.integers(1, 64))]


def _repeat(content: bytearray, place: int, generator: np.random.Generator) -> None:
    piece = content[place : place + int(generator.integers(1, 256))]
    content[place:place] = piece * int(generator.integers(1, 8))


def _move(content: bytearray, place: int, generator: np.random.Generator) -> None:
    other = int(generator.integers(max(len(content), 1)))
    length = int(generator.integers(1, 64))
    content[place : place + length] = content[other : other + length]


def _extreme(content: bytearray, place: int, generator: np.random.Generator) -> None:
    value = int(generator.choice(np.array(EXTREMES, np.uint64)))
    width = int(generator.choice([1, 2, 4, 8]))
    order = "little" if generator.random() < 0.7 else "big"
    content[place : place + width] = (value % (1 << (8 * width))).to_bytes(width, order)  # type: ignore[arg-type]


_DAMAGES: Sequence[Callable[[bytearray, int, np.random.Generator], None]] = (
    _turn,
    _cut_end,
    _cut_out,
    _repeat,
    _move,
    _extreme,
    _extreme,
)


def open_in_turn(connection: Connection, folder: Path) -> None:
    """Open what is sent, one file after the other, and say what came of each."""
    while (one := connection.recv()) is not None:
        path = folder / one.name
        _remove(path)  # one before this may have died of it
        one.put(path)
        _put_beside(one.source, folder)
        connection.send(_outcome(path))
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _put_beside(source: Path, folder: Path) -> None:
    """Give an .emi the .ser that holds its images."""
    if source.suffix == ".emi":
        for other in source.parent.glob(f"{source.stem}_*.ser"):
            shutil.copyfile(other, folder / other.name)


def _outcome(path: Path) -> str:
    from colonnade.core.errors import ColonnadeError

    try:
        for read in readers_of(path):
            read(path)
    except ColonnadeError as error:
        several = len(str(error).splitlines()) > 1
        return "refused in several lines" if several else REFUSED
    except Exception as error:  # what this command looks for
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return OPENED


class Opener:
    """A process that opens files; another takes its place when it dies or hangs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.one: Try | None = None
        self.since = self.used = 0.0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_bounded, args=(theirs, self.folder), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, one: Try | None) -> None:
        """Let it open a file, or end."""
        self.one, self.since = one, time.monotonic()
        self.used = _processor_time(self.process.pid)
        self.connection.send(one)

    def take(self) -> str:
        """Take what came of its file; where it has died, begin another."""
        try:
            return str(self.connection.recv())
        except EOFError:
            return self._again(CRASHED)

    def is_late(self) -> bool:
        """Whether its file takes too long."""
        used = _processor_time(self.process.pid) - self.used
        return used > PROCESSOR_TIME or time.monotonic() - self.since > PATIENCE

    def stop(self) -> str:
        """End it, and begin another."""
        self.process.kill()
        return self._again(HUNG)

    def _again(self, why: str) -> str:
        self.process.join()
        self.connection.close()
        self._start()
        return why


def _processor_time(process: int | None) -> float:
    """How long a process has calculated [s]."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _bounded(connection: Connection, folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    trial._trier = trial._Trier()  # not the one that the parent talks to
    open_in_turn(connection, folder)


class Counts:
    """What came of all files, by their kind, and those that must not be."""

    def __init__(self, out: Path) -> None:
        self.out, self.files = out, 0
        self.by_kind: dict[str, collections.Counter[str]] = collections.defaultdict(
            collections.Counter
        )

    def add(self, one: Try, outcome: str) -> None:
        """Count a file, and keep it if it is one of those."""
        self.files += 1
        if self.files % 1000 == 0:
            self.write()
        self.by_kind[_kind(one.source)][outcome if outcome in _GOOD else "bad"] += 1
        if outcome not in _GOOD:
            name = f"{one.seed}-{one.name}"
            one.put(self.out / name)
            with (self.out / "bad.txt").open("a", encoding="utf-8") as file:
                file.write(f"{name}: {outcome}\n")

    def write(self) -> None:
        """Write the table of all so far."""
        (self.out / "counts.md").write_text("\n".join(self.lines()) + "\n", encoding="utf-8")

    def lines(self) -> list[str]:
        """Say it in a table."""
        lines = [
            "| kind | files | opened | refused | crash, hang or other error |",
            "|" + "---|" * 5,
        ]
        total: collections.Counter[str] = collections.Counter()
        for kind, counts in sorted(self.by_kind.items()):
            lines.append(_row(kind, counts))
            total += counts
        return [*lines, _row("all", total)]


_GOOD = (OPENED, REFUSED)


def _row(kind: str, counts: "collections.Counter[str]") -> str:
    cells = (sum(counts.values()), counts[OPENED], counts[REFUSED], counts["bad"])
    return f"| {kind} | " + " | ".join(map(str, cells)) + " |"


def _kind(source: Path) -> str:
    return "".join(source.suffixes[-2:]) if source.suffix == ".csv" else source.suffix


def run(sources: Sequence[Path], count: int, first: int, workers: int, out: Path) -> Counts:
    """Open so many damaged files in several processes."""
    counts = Counts(out)
    waiting = (Try(sources[n % len(sources)], n) for n in range(first, first + count))
    openers = [Opener(out / f"opening-{number}") for number in range(workers)]
    for opener in openers:
        opener.give(next(waiting))
    while busy := {each.connection: each for each in openers if each.one is not None}:
        ready = [busy[each] for each in wait(list(busy), timeout=1)]  # type: ignore[index]
        late = [each for each in busy.values() if each not in ready and each.is_late()]
        for opener, take in [(e, e.take) for e in ready] + [(e, e.stop) for e in late]:
            assert opener.one is not None
            counts.add(opener.one, take())
            opener.give(next(waiting, None))
    return counts


def main() -> None:
    """Read the command line, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--sound", type=Path, help="folder of sound files")
    parser.add_argument("--kinds", nargs="*", help="only these, such as .mrc; by default all")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    made = make_sound_files(arguments.out / "sound")
    others = sorted(arguments.sound.rglob("*")) if arguments.sound else []
    sources = [
        each
        for each in [*made, *others]
        if (each.is_dir() or each.stat().st_size <= LARGEST)
        and readers_of(each)
        and (arguments.kinds is None or _kind(each) in arguments.kinds)
    ]
    for each in sources:
        if (outcome := _outcome(each)) != OPENED:
            print(f"{each.name} is sound, but: {outcome}")
    counts = run(sources, arguments.count, arguments.first, arguments.workers, arguments.out)
    counts.write()
    print("\n".join(counts.lines()))


if __name__ == "__main__":
    main()

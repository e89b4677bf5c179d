"""What a command has written, as a page shows it."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from colonnade.app.verbs import Verb

AddImage = Callable[[Path], str]
"""Lets the visitor look at an image, and gives its id."""


HALF_WIDTH = "half-width of a 90 % interval"


@dataclass(frozen=True)
class Layer:
    """An image of a result, and how it lies over the image that was worked on.

    Parameters
    ----------
    image
        Its id.
    role
        What it is: image, result, trust or error.
    title
        What a page calls it.
    unit
        Of its values, if they are not those of the image.
    scale
        Pixels of it along (y, x) for a pixel of the image.
    origin
        Where its outer corner lies from that of the image, along (y, x) [px of the image].
    """

    image: str
    role: str
    title: str
    unit: str | None = None
    scale: tuple[float, float] = (1.0, 1.0)
    origin: tuple[float, float] = (0.0, 0.0)

    def to_json(self) -> dict[str, Any]:
        """Tell it as a page asks for it."""
        return vars(self)


@dataclass(frozen=True, eq=False)
class Result:
    """What has come of one file.

    Parameters
    ----------
    index
        Its number in the job.
    file
        Id of the file.
    name
        What the file is called.
    stem
        What the names of the files that were written begin with.
    sentence, notes
        What the command said.
    layers
        What there is to look at.
    files
        What the command has written for a reader.
    numbers
        What it says for programs.
    table
        The table as the command has written it, if there is one.
    candidates
        The table of everything that may be a column, of columns.
    shape
        Number of rows and names of the columns of what is shown of the tables.
    main
        The image or volume that was made, if so.
    searched
        In which image columns were found, as `colonnade.app.results.redrawn.Searched` has it.
    """

    index: int
    file: str
    name: str
    stem: str
    sentence: str
    notes: list[str]
    layers: list[Layer]
    files: list[Path]
    numbers: dict[str, Any] = field(default_factory=dict)
    table: Path | None = None
    candidates: Path | None = None
    shape: tuple[int, list[str]] | None = None
    main: Path | None = None
    searched: dict[str, Any] | None = None

    @property
    def shown(self) -> Path | None:
        """The table that a page draws."""
        return self.candidates or self.table

    @property
    def _first_frame(self) -> Mapping[str, Any]:
        frames = self.numbers.get("frames", []) if self.searched is not None else []
        return frames[0] if frames else {}

    @property
    def threshold(self) -> float | None:
        """From which score the command counted columns."""
        threshold = self._first_frame.get("threshold")
        return None if threshold is None else float(threshold)

    def to_json(self, job: str) -> dict[str, Any]:
        """Tell it as a page asks for it."""
        frame = self._first_frame
        links = [_link(path, f"/api/jobs/{job}/files/{quote(path.name)}") for path in self.files]
        return {
            "index": self.index,
            "file": self.file,
            "name": self.name,
            "sentence": self.sentence,
            "notes": self.notes,
            "atomic": None
            if not frame
            else {
                "shows": frame["shows_atom_columns"],
                "probability": frame["probability_of_atom_columns"],
            },
            "threshold": self.threshold,
            "layers": [layer.to_json() for layer in self.layers],
            "table": None
            if self.shape is None
            else {"rows": self.shape[0], "columns": self.shape[1]},
            "pictures": [link for link in links if link["name"].endswith(".png")],
            "reports": [link for link in links if link["name"].endswith(".html")],
            "downloads": links,
            "numbers": {key: value for key, value in self.numbers.items() if key != "metadata"},
        }


def _link(path: Path, url: str) -> dict[str, Any]:
    return {"name": path.name, "bytes": path.stat().st_size, "url": url}


@dataclass(frozen=True, eq=False)
class Made:
    """What is known of a file of a job when its command has ended.

    Parameters
    ----------
    folder
        Of the results.
    file, path, image
        Id of the file, where it lies, and the id of the image in it.
    name
        What its results are called.
    lines, notes
        What the command said of it.
    options
        Of the command.
    add_image
        Lets the visitor look at what was made.
    """

    folder: Path
    file: str
    path: Path
    image: str | None
    name: str
    lines: list[str]
    notes: list[str]
    options: Mapping[str, Any]
    add_image: AddImage

    def at(self, ending: str) -> Path:
        """Where a result of the file is."""
        return self.folder / f"{self.name}{ending}"

    def there(self, *endings: str) -> list[Path]:
        """Those results that are there."""
        return [self.at(ending) for ending in endings if self.at(ending).is_file()]

    def result(self, index: int, stem: str, files: list[Path], **more: Any) -> Result:
        """Describe what was made."""
        shown = more.get("candidates") or more.get("table")
        return Result(
            index,
            self.file,
            self.path.name,
            stem,
            self.lines[0] if self.lines else "",
            self.notes,
            files=files,
            shape=None if shown is None else shape_of(shown),
            **more,
        )

    def layers(self, *made: tuple[Path, str, str, str | None, float]) -> list[Layer]:
        """The image, and over it what was made: file, role, title, unit and scale of each."""
        first = [Layer(self.image, "image", self.path.name)] if self.image else []
        return first + [
            Layer(self.add_image(path), role, title, unit, (scale, scale))
            for path, role, title, unit, scale in made
            if path.is_file()
        ]


def describe(verb: Verb, index: int, made: Made) -> Result | None:
    """Describe what a command has made of a file; nothing, if it has made nothing."""
    return _DESCRIBE[verb.name](index, made)


def _located(index: int, made: Made) -> Result | None:
    average = bool(made.options.get("average"))
    stem = ".average" if average else ""
    numbers, table = made.at(f"{stem}.columns.json"), made.at(f"{stem}.columns.csv")
    if not numbers.is_file() or not table.is_file():
        return None
    told = read_numbers(numbers)
    image = made.at(".average.tif") if average else made.path
    endings = (".columns.csv", ".columns.png", ".columns.json", ".tracks.csv", ".drift.csv")
    files = made.there(*(f"{stem}{ending}" for ending in endings), *((".average.tif",) * average))
    tracks = made.at(".tracks.csv")
    usual = made.layers()
    layers = [Layer(made.add_image(image), "image", image.name), *usual[1:]] if average else usual
    return made.result(
        index,
        f"{made.name}{stem}",
        files,
        layers=layers,
        numbers=told,
        table=table,
        candidates=made.at(f"{stem}.candidates.csv"),
        searched={
            "path": str(image),
            "name": f"{made.name}{stem}" if average else None,
            "signal": None if average else made.options.get("signal"),
            "frame": None if average else made.options.get("frame"),
            "pixel_size": None if average else made.options.get("pixel_size"),
            "frames": [frame["frame"] for frame in told["frames"]],
            "is_film": not average and tracks.is_file(),
            "atomic": told["frames"][0]["probability_of_atom_columns"],
        },
    )


def _upscaled(index: int, made: Made) -> Result | None:
    for path in sorted(made.folder.iterdir()):
        found = re.fullmatch(r"(\.[xz]([248]))\.json", path.name.removeprefix(made.name))
        if found and path.name.startswith(made.name):
            stem, factor = found[1], int(found[2]) if found[1].startswith(".x") else 1
            image = made.at(f"{stem}.tif")
            layers = made.layers(
                (image, "result", "finer", None, factor),
                (made.at(f"{stem}.trust.tif"), "trust", HALF_WIDTH, "grey levels", factor),
            )
            endings = (".tif", ".trust.tif", ".png", ".html", ".json")
            files = made.there(*(f"{stem}{ending}" for ending in endings))
            numbers = read_numbers(path)
            full = f"{made.name}{stem}"
            return made.result(index, full, files, layers=layers, numbers=numbers, main=image)
    return None


def _reconstructed(index: int, made: Made) -> Result | None:
    stem = f".{made.options.get('method') or 'tv'}"
    volume, numbers = made.at(f"{stem}.mrc"), made.at(f"{stem}.json")
    if not volume.is_file() or not numbers.is_file():
        return None
    layers = made.layers(
        (volume, "result", "volume", None, 1.0),
        (made.at(f"{stem}.error.mrc"), "error", HALF_WIDTH, None, 1.0),
    )
    endings = (".mrc", ".error.mrc", ".png", ".html", ".json")
    files = made.there(*(f"{stem}{ending}" for ending in endings), ".alignment.json")
    told = read_numbers(numbers)
    return made.result(
        index, f"{made.name}{stem}", files, layers=layers, numbers=told, main=volume
    )


def _denoised(index: int, made: Made) -> Result | None:
    image, numbers = made.at(".denoised.tif"), made.at(".denoised.json")
    if not image.is_file() or not numbers.is_file():
        return None
    layers = made.layers((image, "result", "denoised", None, 1.0))
    files = made.there(".denoised.tif", ".denoised.png", ".denoised.json")
    told = read_numbers(numbers)
    full = f"{made.name}.denoised"
    return made.result(index, full, files, layers=layers, numbers=told, main=image)


def _mapped(index: int, made: Made) -> Result | None:
    kind = made.options["kind"]
    table = made.at(f".{kind}.csv")
    if not table.is_file():
        return None
    files = made.there(*(f".{kind}.{ending}" for ending in ("csv", "png", "json")))
    numbers = made.at(f".{kind}.json")
    told = read_numbers(numbers) if numbers.is_file() else {}
    full = f"{made.name}.{kind}"
    return made.result(index, full, files, layers=made.layers(), numbers=told, table=table)


_DESCRIBE: dict[str, Callable[[int, Made], Result | None]] = {
    "locate": _located,
    "upscale": _upscaled,
    "reconstruct": _reconstructed,
    "denoise": _denoised,
    "map": _mapped,
}


def read_numbers(path: Path) -> dict[str, Any]:
    """Read what a command has written for programs."""
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def shape_of(path: Path) -> tuple[int, list[str]]:
    """Number of the rows of a table, and the names of its columns."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        return sum(1 for _ in rows), header


def failures(folder: Path, verb: Verb, options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names of the results that could not be made in a batch, wholly or in part, and why."""
    command = f"map-{options['kind']}" if verb.name == "map" else verb.name
    listed = folder / f"failed-{command}.csv"
    if not listed.is_file():
        return
    with listed.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            where = f"frame {row['frame']}: " if row["frame"] else ""
            yield row["results"], f"{where}{row['reason']}"

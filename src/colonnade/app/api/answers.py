"""What the server answers about files and images, in the words of OpenAPI."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from colonnade.app.visitors.sessions import State, StoredFile

Wing = Literal["atoms", "sem", "tomo"]


class Answer(BaseModel):
    """Anything that is answered."""

    model_config = ConfigDict(from_attributes=True)


class Refusal(Answer):
    """What is wrong, in one sentence."""

    error: str


class Signal(Answer):
    """One entry of a file; the id of its image, if it can be looked at."""

    index: int
    title: str
    kind: str
    shape: list[int]
    dtype: str
    pixel_size: tuple[float, float] | None
    tilts: list[float] | None
    rows: list[tuple[str, str]]
    image: str | None


class File(Answer):
    """A file of the visitor."""

    id: str
    name: str
    bytes: int
    state: State
    error: str | None
    signals: list[Signal]


class Key(Answer):
    """What a program shows instead of the token from then on."""

    key: str


class Model(Answer):
    """A model that the package carries."""

    name: str
    wing: Wing
    summary: str


class SampleOf(BaseModel):
    """Of which wing the sample is wanted."""

    wing: Wing


class Level(Answer):
    """One level of the planes along an axis."""

    factor: int
    shape: tuple[int, int]


class Axis(Answer):
    """The planes along one axis."""

    planes: int
    shape: tuple[int, int]
    pixel_size: tuple[float, float] | None
    levels: list[Level]


class Histogram(Answer):
    """How many pixels of the overview have which grey level."""

    first: float
    last: float
    counts: list[int]


class Manifest(Answer):
    """What a viewer must know before it asks for tiles."""

    axes: dict[Literal["z", "y", "x"], Axis]
    dtype: str
    voxel_size: tuple[float | None, float | None, float | None]
    tile: int
    tilts: list[float] | None
    minimum: float | None
    maximum: float | None
    sampled: bool
    low: float
    high: float
    histogram: Histogram


def refusals(*statuses: int) -> dict[int | str, dict[str, type[Refusal]]]:
    """Say in OpenAPI with which statuses an endpoint may refuse."""
    return {status: {"model": Refusal} for status in sorted({400, 401, 403, 422, *statuses})}


def as_file(file: StoredFile) -> File:
    """Tell a file as the API does."""
    return File.model_validate(file)

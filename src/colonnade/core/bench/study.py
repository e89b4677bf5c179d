"""What a wing hands in to benchmark its methods."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Axis, Case, Series
from colonnade.core.bench.published import Published
from colonnade.core.bench.scores import Row
from colonnade.core.work.progress import Progress

if TYPE_CHECKING:
    from colonnade.core.bench.results import Results


class TestItem(Protocol):
    """An image of the test set with its truth, or whatever else a wing lets methods work on."""

    @property
    def input(self) -> Any:
        """What a method is given."""
        ...

    @property
    def pixel_count(self) -> int:
        """How large it is, for the time per megapixel."""
        ...


Item = TypeVar("Item", bound=TestItem)
Output = TypeVar("Output")


@dataclass(frozen=True)
class Task(Generic[Item, Output]):
    """What is done with one image; every function must be importable from its module.

    Parameters
    ----------
    read
        Reads the image of a case from the folder of a run.
    measure
        Scores what a method gave, by the names in `columns`; NaN is unknown.
    failed
        What stands for the output of a method that failed on an image.
    write
        Writes what a method gave into a file.
    suffix
        Of that file.
    columns
        Names of the scores of one image.
    """

    read: Callable[[Path, Case], Item]
    measure: Callable[[Item, Output], Mapping[str, float]]
    failed: Callable[[Item], Output]
    write: Callable[[Output, Path], None]
    suffix: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Limit:
    """What a score has to reach.

    Parameters
    ----------
    score, title, unit
        Name of the score in files and in the report, and its unit.
    value
        The limit.
    upper
        Whether the score must not exceed the limit; else it must not fall below it.
    span
        Lowest and highest score that the figures show.
    logarithmic
        Whether figures show it on a logarithmic scale, which may begin above the span's low end.
    """

    score: str
    title: str
    unit: str
    value: float
    upper: bool
    span: tuple[float, float]
    logarithmic: bool = False

    @property
    def label(self) -> str:
        """Title and unit."""
        return f"{self.title} [{self.unit}]" if self.unit else self.title

    def fails(self, score: float) -> bool:
        """Whether a score is on the wrong side; an unknown score does not fail."""
        return score > self.value if self.upper else score < self.value


@dataclass(frozen=True)
class Total:
    """A score over all images that the report shows beside the limits.

    Parameters
    ----------
    score
        Its name in files.
    heading
        Of its column, as HTML.
    percent
        Whether it is a share that is written in per cent.
    """

    score: str
    heading: str
    percent: bool = False


@dataclass(frozen=True)
class Pictures:
    """How the images of a run are drawn with what a method made of them.

    Parameters
    ----------
    draw_examples
        Draws images along an axis side by side into a file: folder of the run, rows of scores of
        one method, axis, file.
    draw_sheet
        The same for images in which nothing varies; none where no series shows them.
    sheet_size
        Most images on one sheet.
    """

    draw_examples: Callable[[Path, Sequence[Row], Axis, Path], None]
    draw_sheet: Callable[[Path, Sequence[Row], Path], None] | None = None
    sheet_size: int = 1


@dataclass(frozen=True)
class Section:
    """A part of the report that a wing adds.

    Parameters
    ----------
    name
        What links to it are called.
    heading, content
        As HTML; without content it is left out.
    """

    name: str
    heading: str
    content: str


def no_sections(results: "Results") -> Iterable[Section]:
    """Add nothing to the report."""
    return ()


@dataclass(frozen=True)
class Wording:
    """What the report says of a study; HTML but for title and comparison.

    Parameters
    ----------
    title
        Of the report.
    comparison
        How an output is compared with the truth, in one sentence.
    totals
        What the scores over all images mean.
    method
        How it was measured; ``{comparison}``, ``{axes}`` and each limit by the name of its score
        are filled in.
    """

    title: str
    comparison: str
    totals: str
    method: str


@dataclass(frozen=True, eq=False)
class Study:
    """A benchmark of the methods of one wing.

    Parameters
    ----------
    wing
        What the images show; its methods are entry points of the group ``colonnade.bench.<wing>``.
    model_method
        The method that the name of a model or a model file stands for.
    task
        What is done with one image.
    series
        All images, in the order of the report.
    limits
        What methods have to reach; an axis ends where the first of them is crossed.
    pool
        Scores of several images together: given the columns of the table by name (…, image), it
        gives every score that the report shows, each summed up along the last axis.
    totals
        Scores that are shown beside the limits.
    published
        Scores that others published.
    wording
        What the report says.
    pictures
        How images are drawn.
    sections
        Makes what else the report shows of a run, after the numbers that all studies have.
    """

    wing: str
    model_method: str
    task: Task[Any, Any]
    series: tuple[Series, ...]
    limits: tuple[Limit, ...]
    pool: Callable[[Mapping[str, Array]], Mapping[str, Array]]
    totals: tuple[Total, ...]
    published: tuple[Published, ...]
    wording: Wording
    pictures: Pictures
    sections: Callable[["Results"], Iterable[Section]] = no_sections

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Every quality that varies in any of the series."""
        return tuple(dict.fromkeys(axis for series in self.series for axis in series.axes))

    def published_on(self, series: str, axis: str) -> dict[str, Published]:
        """What was published for an axis of a series, by the name of the method."""
        return {
            one.method: one for one in self.published if (one.series, one.axis) == (series, axis)
        }

    def pooled(self, rows: Sequence[Row]) -> dict[str, float]:
        """Scores of several images together; every one is unknown where there are no images."""
        scores = self.pool(columns_of(rows, self.task.columns))
        return {name: float(value) for name, value in scores.items()}


def columns_of(rows: Sequence[Row], names: Sequence[str]) -> dict[str, Array]:
    """Scores of several images as arrays by their names."""
    return {name: np.array([row.scores[name] for row in rows]) for name in names}


class TestSet(Protocol):
    """The images that methods are run on."""

    @property
    def cases(self) -> Sequence[Case]:
        """Every image, in its order."""
        ...

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Draw the images that the folder of a run does not hold yet."""
        ...

    def differing(self, folder: Path) -> int:
        """Count the images that are not the same as everyone else's."""
        ...

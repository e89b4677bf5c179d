"""Images that are kept out of a training: some to calibrate the model, others to score it."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from colonnade.core.data.source import Collection, Source
from colonnade.core.errors import ColonnadeWarning

Labelled = TypeVar("Labelled")
"""An image with its truth, as a wing has it."""

CALIBRATION_PART, SCORE_PART = 1, 3
"""Parts of a seed, beside those of the training, so that no simulated image serves twice."""


@dataclass(frozen=True)
class Images(Generic[Labelled]):
    """Some images of a source.

    Parameters
    ----------
    source
        Gives them.
    numbers
        Which of them.
    """

    source: Source[Labelled]
    numbers: range

    def __iter__(self) -> Iterator[Labelled]:
        return (self.source(number) for number in self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class HeldOut(Generic[Labelled]):
    """Images that a training does not see.

    Parameters
    ----------
    calibration
        Those that the probabilities, the threshold and the scores in the log rest on.
    scores
        Those that serve for the scores in the card and for nothing else.
    """

    calibration: Images[Labelled]
    scores: Images[Labelled]

    @classmethod
    def of(
        cls,
        simulator: Callable[[int], Source[Labelled]],
        count: int,
        collection: Collection[Labelled] | None,
    ) -> "HeldOut[Labelled]":
        """Choose the images.

        Parameters
        ----------
        simulator
            Gives a source of simulated images for each part of the seed of the training.
        count
            At most so many images serve each end.
        collection
            Images of a library that are not trained on; they serve both ends in turn. None to
            simulate all.
        """
        simulated = Images(simulator(SCORE_PART), range(count))
        if collection is None:
            return cls(Images(simulator(CALIBRATION_PART), range(count)), simulated)
        first, second = (range(start, len(collection), 2)[:count] for start in (0, 1))
        if second:
            return cls(Images(collection, first), Images(collection, second))
        warnings.warn(
            "only one image is held out; it serves for the calibration, and the scores are of "
            "simulated images",
            ColonnadeWarning,
            stacklevel=2,
        )
        return cls(Images(collection, first), simulated)

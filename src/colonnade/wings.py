"""The wings of the package, and what each of them does for the verbs that they share.

A wing is a word on the command line. Where a verb, such as ``simulate``, is there for several
wings, the command line knows none of them: it looks up who does it here. To give a wing a verb,
write a function that a protocol below describes, and add its place to `WINGS`. To give the wings
another verb, describe it by a protocol. What does the work is imported only when it is wanted.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from colonnade.core.errors import ColonnadeError, ModelError
from colonnade.core.work.progress import Progress

if TYPE_CHECKING:
    from colonnade.core.learn.upgrade import WingCard

WINGS = {
    "atoms": {
        "simulate": "colonnade.atoms.library.simulated:simulate_library",
        "import": "colonnade.atoms.library.ingest:import_library",
        "train": "colonnade.atoms.train.run:train_model",
        "bench": "colonnade.atoms.bench.benchmark:benchmark",
        "calibrate": "colonnade.atoms.train.recalibration:recalibrate",
        "card": "colonnade.atoms.card:AtomsCard",
    },
    "sem": {
        "simulate": "colonnade.sem.library.simulated:simulate_library",
        "import": "colonnade.sem.library.ingest:import_library",
        "train": "colonnade.sem.train.run:train_model",
        "bench": "colonnade.sem.bench.benchmark:benchmark",
        "card": "colonnade.sem.card:SemCard",
    },
    "tomo": {
        "simulate": "colonnade.tomo.library.simulated:simulate_library",
        "import": "colonnade.tomo.library.ingest:import_library",
        "train": "colonnade.tomo.train.run:train_model",
        "bench": "colonnade.tomo.bench.benchmark:benchmark",
        "card": "colonnade.tomo.card:TomoCard",
    },
}
"""For each wing and verb the module and what does it there; a card is no verb, but found alike."""


class Simulate(Protocol):
    """Simulates a library of labelled images, or goes on with one."""

    def __call__(
        self,
        out: Path,
        *,
        recipe: str | None,
        count: int,
        seed: int,
        layout: str,
        workers: int,
        scheduler: str | None,
        progress: Progress,
    ) -> str:
        """Write the library, and say in a sentence what there is."""


class Import(Protocol):
    """Brings labelled images from elsewhere into a library."""

    def __call__(
        self,
        folder: Path,
        out: Path,
        *,
        pixel_size: float | None,
        progress: Progress,
    ) -> str:
        """Write the library, and say in a sentence what there is."""


class Train(Protocol):
    """Trains a network and saves it as a model file."""

    def __call__(
        self,
        recipe: Path | None,
        out: Path,
        *,
        data: Path | None,
        start: str | None,
        resume: bool,
        progress: Progress,
    ) -> str:
        """Train, and say in a sentence where the model is; nothing where another process does."""


class Calibrate(Protocol):
    """Calibrates a model again, on images that its training did not see."""

    def __call__(self, file: str | Path, out: Path, progress: Progress) -> None:
        """Write the model with another card; its network stays the same, to the bit."""


class Bench(Protocol):
    """Runs methods on images whose truth is known."""

    def __call__(
        self,
        methods: Sequence[str],
        out: Path,
        *,
        version: str,
        data: Path | None,
        quick: bool,
        bar: Callable[[str], AbstractContextManager[Progress]],
    ) -> dict[str, str]:
        """Write scores and a report; give what could not be run, and why.

        Without methods the wing compares its own with what it thinks fit.
        """


def wing_card(wing: str) -> "WingCard":
    """Give what the card of a model says of its wing.

    Raises
    ------
    ModelError
        If there is no such wing.
    """
    if wing not in WINGS:
        raise ModelError(
            f"the model is for {wing}, which this Colonnade does not know; install a matching "
            "version"
        )
    card: WingCard = implementation(wing, "card")
    return card


def implementation(wing: str, verb: str) -> Any:
    """Import the function that does a verb for a wing.

    Raises
    ------
    ColonnadeError
        If there is no such wing, or none that does this.
    """
    if verb not in WINGS.get(wing, {}):
        able = ", ".join(name for name, verbs in WINGS.items() if verb in verbs)
        raise ColonnadeError(f"there is no {wing} to {verb}; choose one of: {able}")
    module, _, function = WINGS[wing][verb].partition(":")
    return getattr(import_module(module), function)

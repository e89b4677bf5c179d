"""The wings of the package, and what each of them does for the verbs that they share.

A wing is a word on the command line. Where a verb, such as ``simulate``, is there for several
wings, the command line knows none of them: it looks up who does it here. To give a wing a verb,
write a function that a protocol below describes, and add its place to `WINGS`. To give the wings
another verb, describe it by a protocol. What does the work is imported only when it is wanted.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from colonnade.core.errors import ColonnadeError
from colonnade.core.work.progress import Progress

WINGS = {
    "atoms": {
        "simulate": "colonnade.atoms.library.simulated:simulate_library",
        "import": "colonnade.atoms.library.ingest:import_library",
    },
}
"""For each wing and verb the module and the function that does it."""


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

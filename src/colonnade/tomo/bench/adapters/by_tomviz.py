"""Total variation as tomviz has it: Kaczmarz's iterations and steps down the total variation.

The package tomviz-kernels holds the scripts that tomviz runs. They expect a few names of the
program that runs them, which stand here.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.methods import MethodError, MissingPeerError, UnsuitableImageError
from colonnade.tomo.bench.case import MethodInput, Reconstructed

SCRIPT = "Recon_TV_minimization.py"
OPERATOR = "ReconTVOperator"

ITERATIONS = 10
"""As many as its script does unless it is told otherwise."""


def make(argument: str) -> "Tomviz":
    """Make the method ready; ``tomviz-tv:20`` does so many iterations."""
    try:
        iterations = int(argument or ITERATIONS)
    except ValueError as error:
        raise MethodError(f"{argument!r} is no number; write tomviz-tv:20") from error
    try:
        kernels = import_module("tomviz_kernels")
    except ImportError as error:
        raise MissingPeerError(
            f"tomviz-kernels cannot be loaded ({error}): pip install 'colonnade[tomography-peers]'"
        ) from error
    return Tomviz(_operator(kernels.directory() / SCRIPT), iterations)


def _operator(script: Path) -> Any:
    """Load the class that a script defines."""
    space: dict[str, Any] = {"__name__": script.stem}
    try:
        code = compile(script.read_text(encoding="utf-8"), str(script), "exec")
        with _as_in_tomviz():
            exec(code, space)
        return space[OPERATOR]
    except (OSError, SyntaxError, ImportError, KeyError) as error:
        raise MethodError(f"tomviz-kernels has no {OPERATOR} that can be run: {error}") from error


@contextmanager
def _as_in_tomviz() -> Iterator[None]:
    """Let a script find the module that it imports."""
    package, operators = ModuleType("tomviz"), ModuleType("tomviz.operators")
    vars(operators)["CompletableOperator"] = Operator
    vars(package)["operators"] = operators
    names = {"tomviz": package, "tomviz.operators": operators}
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(names)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


class Operator:
    """What the script's class is made of: it is never stopped, and nobody sees its progress."""

    canceled = completed = False

    def __init__(self) -> None:
        self.progress = SimpleNamespace()


@dataclass
class Dataset:
    """What the script is given, and gives.

    Parameters
    ----------
    active_scalars
        Views (y, x, view), or slices (y, z, x).
    tilt_angles
        Of the views [degrees].
    """

    active_scalars: Single
    tilt_angles: Array = field(default_factory=lambda: np.empty(0))

    def create_child_dataset(self) -> "Dataset":
        """Give room for a volume."""
        return Dataset(np.empty((0, 0, 0), np.float32))


class Tomviz:
    """Slices must be square; the number of iterations is all that can be chosen.

    Parameters
    ----------
    operator
        Class of the script.
    iterations
        How many.
    """

    def __init__(self, operator: Any, iterations: int) -> None:
        self._operator, self._iterations = operator, iterations

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series."""
        depth, _, width = given.shape
        if depth != width:
            raise UnsuitableImageError("tomviz makes square slices")
        views = np.ascontiguousarray(given.sinograms.transpose(0, 2, 1))
        data = Dataset(views, -given.series.degrees)  # its z points the other way
        made = self._operator().transform(data, Niter=self._iterations)
        return Reconstructed.of_slices(made["reconstruction"].active_scalars)

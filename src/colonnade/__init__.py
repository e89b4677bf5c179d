"""Numbers from electron micrographs that can be trusted."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colonnade.atoms.columns import Columns
    from colonnade.atoms.locate.locate import locate
    from colonnade.core.errors import ColonnadeError, ColonnadeWarning
    from colonnade.core.files.open import read
    from colonnade.core.files.write import write_tiff
    from colonnade.core.images.micrograph import Micrograph
    from colonnade.core.learn.model import Model
    from colonnade.sem.upscale.upscale import upscale
    from colonnade.sem.upscaled import Upscaled

__version__ = "0.1.0"

__all__ = [
    "ColonnadeError",
    "ColonnadeWarning",
    "Columns",
    "Micrograph",
    "Model",
    "Upscaled",
    "__version__",
    "locate",
    "read",
    "upscale",
    "write_tiff",
]

_HOMES = {
    "ColonnadeError": "colonnade.core.errors",
    "ColonnadeWarning": "colonnade.core.errors",
    "Columns": "colonnade.atoms.columns",
    "Micrograph": "colonnade.core.images.micrograph",
    "Model": "colonnade.core.learn.model",
    "Upscaled": "colonnade.sem.upscaled",
    "locate": "colonnade.atoms.locate.locate",
    "read": "colonnade.core.files.open",
    "upscale": "colonnade.sem.upscale.upscale",
    "write_tiff": "colonnade.core.files.write",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing the package is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'colonnade' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

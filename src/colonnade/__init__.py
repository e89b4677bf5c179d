"""Numbers from electron micrographs that can be trusted."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colonnade import interop, maps
    from colonnade.app.notebook.view import view
    from colonnade.atoms.columns import Columns
    from colonnade.atoms.locate.locate import locate
    from colonnade.core.errors import ColonnadeError, ColonnadeWarning
    from colonnade.core.files.open import read
    from colonnade.core.files.write import write_tiff
    from colonnade.core.images.micrograph import Micrograph
    from colonnade.core.learn.model import Model
    from colonnade.sem.upscale.upscale import upscale
    from colonnade.sem.upscaled import Upscaled
    from colonnade.tomo.denoise.denoise import denoise
    from colonnade.tomo.denoise.denoised import Denoised
    from colonnade.tomo.reconstruct.align.align import align
    from colonnade.tomo.reconstruct.reconstruct import reconstruct
    from colonnade.tomo.reconstruct.source import open_series
    from colonnade.tomo.reconstruct.trust.validate import validate
    from colonnade.tomo.tilts import TiltSeries

__version__ = "0.1.0"

__all__ = [
    "ColonnadeError",
    "ColonnadeWarning",
    "Columns",
    "Denoised",
    "Micrograph",
    "Model",
    "TiltSeries",
    "Upscaled",
    "__version__",
    "align",
    "denoise",
    "interop",
    "locate",
    "maps",
    "open_series",
    "read",
    "reconstruct",
    "upscale",
    "validate",
    "view",
    "write_tiff",
]

_HOMES = {
    "ColonnadeError": "colonnade.core.errors",
    "ColonnadeWarning": "colonnade.core.errors",
    "Columns": "colonnade.atoms.columns",
    "Denoised": "colonnade.tomo.denoise.denoised",
    "Micrograph": "colonnade.core.images.micrograph",
    "Model": "colonnade.core.learn.model",
    "TiltSeries": "colonnade.tomo.tilts",
    "Upscaled": "colonnade.sem.upscaled",
    "align": "colonnade.tomo.reconstruct.align.align",
    "denoise": "colonnade.tomo.denoise.denoise",
    "locate": "colonnade.atoms.locate.locate",
    "open_series": "colonnade.tomo.reconstruct.source",
    "read": "colonnade.core.files.open",
    "reconstruct": "colonnade.tomo.reconstruct.reconstruct",
    "upscale": "colonnade.sem.upscale.upscale",
    "validate": "colonnade.tomo.reconstruct.trust.validate",
    "view": "colonnade.app.notebook.view",
    "write_tiff": "colonnade.core.files.write",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing the package is quick."""
    if name in ("interop", "maps"):
        return import_module(f"colonnade.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'colonnade' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

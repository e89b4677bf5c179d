"""Look at images and at what was found in them, in a notebook."""

from typing import TYPE_CHECKING, Any

from colonnade.app.images.cache import Cache
from colonnade.app.images.levels import CACHE_BYTES
from colonnade.app.notebook.scene import Image, Scene
from colonnade.core.errors import MissingExtraError

if TYPE_CHECKING:
    from colonnade.app.notebook.widget import View

_CACHE = Cache(CACHE_BYTES)
"""What all views of a notebook have read."""


def view(
    image: Image, result: Any = None, *, colour_by: str | None = None, height: int | None = None
) -> "View":
    """Show an image in a notebook, and what was made of it.

    Parameters
    ----------
    image
        A file's path, an array, a micrograph, the frames of a film, a volume, or what one of the
        commands gave: something upscaled or denoised, or a reconstruction.
    result
        Columns, a map of them or a DataFrame with ``y_px`` and ``x_px`` are marked on it. What
        it was upscaled or denoised to can be compared with it; how far that can be trusted lies
        over it as a layer.
    colour_by
        Column of the table that colours the points; by default what a map is about.
    height
        Of the viewer [px of the page].

    Returns
    -------
    View
        The last line of a cell shows it. Columns that were moved, added and deleted in it are in
        ``columns``, the last one clicked is ``selected``, and what was framed is ``region``.

    Raises
    ------
    MissingExtraError
        If anywidget is not installed.
    FileError, ImageError
        If one of them cannot be shown.
    """
    try:
        from colonnade.app.notebook.widget import HEIGHT, View
    except ModuleNotFoundError as error:
        raise MissingExtraError("A view in a notebook", "notebook") from error
    return View(Scene.of(image, result, colour_by, _CACHE), height or HEIGHT)

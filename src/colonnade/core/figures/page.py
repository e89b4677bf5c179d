"""Pages of HTML that need no other file, and pictures for them."""

import base64
import io
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from colonnade.core.arrays import Grey
from colonnade.core.work.contents import write_text

if TYPE_CHECKING:
    import PIL.Image

LONGEST_SIDE = 256
"""Of a picture; larger images are reduced [px]."""


def write_page(path: Path, title: str, body: Iterable[str]) -> None:
    """Write a page.

    Parameters
    ----------
    path
        The HTML file.
    title
        Of the window, as text.
    body
        The parts of the page, as HTML.
    """
    page = (files("colonnade.core.figures") / "page.html").read_text(encoding="utf-8")
    head, foot = page.replace("{title}", escape(title)).rsplit("{body}", 1)
    write_text(path, head + "\n".join(body) + foot)


def jpeg_address(pixels: Grey) -> str:
    """Write a picture into the address of an ``img``, its darkest and brightest 0.2 % clipped."""
    from PIL import Image

    low, high = np.quantile(pixels, [0.002, 0.998])
    grey = np.clip((pixels - low) / max(high - low, 1e-30), 0, 1)
    picture = Image.fromarray(np.round(255 * grey).astype(np.uint8))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return picture_address(picture, quality=65)


def picture_address(picture: "PIL.Image.Image", quality: int = 90) -> str:
    """Write a picture as it is into the address of an ``img``."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(data.getvalue()).decode()}"

"""Show what a library holds: a picture of some images, and a page about all."""

from pathlib import Path

from colonnade.atoms.library.contact_sheet import draw_contact_sheet
from colonnade.atoms.library.open import open_images
from colonnade.atoms.library.page import write_library_page
from colonnade.atoms.library.sources import LibrarySource

MOST_SHOWN = 24
"""Images in the picture."""


def show_library(folder: Path) -> str:
    """Draw some images of a library and the distributions of all, and say where.

    Parameters
    ----------
    folder
        A library, or a folder in the layout of TEM-ImageNet, which gets no page.
    """
    images = open_images(folder)
    there = list(range(len(images)))
    sheet, page = folder / "contact.png", folder / "library.html"
    seen = f"look at {sheet}"
    if isinstance(images, LibrarySource):
        # One that was begun larger may have gaps.
        there = [index for index in there if images.library.has(index)]
        write_library_page(images.library, page)
        seen += f" and {page}"
    draw_contact_sheet([images(index) for index in there[:MOST_SHOWN]], sheet)
    return f"{len(there)} images in {folder}; {seen}"

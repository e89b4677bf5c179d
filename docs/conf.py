"""Settings of Sphinx: ``sphinx-build -W -b html docs docs/_build``."""

import base64
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

import colonnade
from colonnade.atoms.train.task import AtomsRecipe
from colonnade.core.work.recipe import field_meanings, to_dict
from colonnade.sem.train.stacks.task import StackRecipe
from colonnade.sem.train.task import SemRecipe
from colonnade.tomo.train.reconstructor.task import ReconstructorRecipe

project = "Colonnade"
author = "The Colonnade developers"
project_copyright = author
release = version = colonnade.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build", "generated"]
nitpicky = True
nitpick_ignore_regex = [
    # Other packages have no pages here; parameters and fields that docstrings name have no own.
    (r"py:class", r"(collections|numpy|pathlib)\..*"),
    (r"py:obj", r"[a-z_.]+|[A-Z_]+"),
]
default_role = "py:obj"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it, with the unit
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_attr_annotations = False
myst_heading_anchors = 3

html_theme = "pydata_sphinx_theme"
html_title = "Colonnade"
html_show_sourcelink = False
html_copy_source = False
html_sidebars: dict[str, list[str]] = {"**": []}
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
}


def setup(app: Sphinx) -> None:
    """Write the tables of recipe keys and the pages of the gallery before the pages are read."""
    app.connect("builder-inited", write_recipe_tables)
    app.connect("builder-inited", write_gallery)


RECIPES = {
    "atoms": AtomsRecipe,
    "sem": SemRecipe,
    "stacks": StackRecipe,
    "reconstructor": ReconstructorRecipe,
}
"""Recipes whose keys are listed, by the name of the file that lists them."""


def write_recipe_tables(app: Sphinx) -> None:
    """List every key of the recipes, from the dataclasses that read them."""
    for name, recipe in RECIPES.items():
        text = "\n".join(_tables(recipe(), ())) + "\n"
        _write(Path(app.srcdir) / "generated" / f"{name}.md", text.encode())


def write_gallery(app: Sphinx) -> None:
    """Make a page of each notebook, with what it showed when it was last run."""
    folder = Path(app.srcdir) / "gallery"
    for path in sorted(folder.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        parts = [part for number, cell in enumerate(cells) for part in _cell(cell, path, number)]
        download = f"{{download}}`Download the notebook <{path.name}>`"
        text = "\n\n".join([*parts, download]) + "\n"
        _write(path.with_suffix(".md"), text.encode())


def _cell(cell: dict[str, Any], path: Path, number: int) -> Iterator[str]:
    """Give the Markdown of a cell, and keep its pictures beside the page."""
    source = "".join(cell["source"])
    yield source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```"
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data:
            picture = path.with_name(f"{path.stem}-{number}.png")
            _write(picture, base64.b64decode(data["image/png"]))
            yield f"![What the code above draws]({picture.name})"
        elif lines := output.get("text") or data.get("text/plain"):
            yield f"```text\n{''.join(lines).rstrip()}\n```"


def _write(path: Path, content: bytes) -> None:
    """Write a file, unless it is there and the same: then its page need not be made again."""
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def _tables(recipe: Any, where: tuple[str, ...]) -> Iterator[str]:
    """Give the Markdown of one dataclass and of those in it: key, default and meaning."""
    kind = type(recipe)
    meanings = field_meanings(kind)
    values = to_dict(recipe)
    inner = [item.name for item in fields(recipe) if is_dataclass(getattr(recipe, item.name))]
    yield f"### `[{'.'.join(where)}]`" if where else "### At the top"
    yield f"\n{(kind.__doc__ or '').splitlines()[0]}\n"
    yield "| key | default | meaning |\n|---|---|---|"
    for name in (item.name for item in fields(recipe) if item.name not in inner):
        yield f"| `{name}` | `{json.dumps(values[name])}` | {meanings[name]} |"
    for name in inner:
        yield ""
        yield from _tables(getattr(recipe, name), (*where, name))

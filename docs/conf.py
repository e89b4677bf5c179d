"""Settings of Sphinx: ``sphinx-build -W -b html docs docs/_build``."""

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
    """Write the tables of recipe keys before the pages are read."""
    app.connect("builder-inited", write_recipe_tables)


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
        path = Path(app.srcdir) / "generated" / f"{name}.md"
        text = "\n".join(_tables(recipe(), ())) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")


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

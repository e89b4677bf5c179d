"""Settings of Sphinx: ``sphinx-build -W -b html docs docs/_build``."""

from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

import colonnade
from colonnade.atoms.train import AtomsRecipe
from colonnade.core.recipe import to_toml

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
    # Other packages have no pages here, and the short names are what the signatures call them.
    (r"py:.*", r"(numpy|pathlib|collections|typing|np)\..*"),
    (r"py:.*", r"(Path|Any|NDArray|ArrayLike|ndarray|Self|optional|default.*)"),
    (r"py:.*", r"(Values|Array|Indices|Image|PixelSize|Refinement|Range)"),
    # Names of parameters and fields, in the docstrings that explain them.
    (r"py:obj", r"[a-z_.]+"),
]
default_role = "py:obj"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_class_signature = "separated"
napoleon_google_docstring = False
napoleon_use_rtype = False
myst_heading_anchors = 3

html_theme = "pydata_sphinx_theme"
html_title = "Colonnade"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
}

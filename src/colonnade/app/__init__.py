"""The face of the package for people who do not write Python: a page, and what serves it."""

"""The errors a user can cause.

    ColonnadeError
    ├── FileError          a file cannot be read or written
    ├── ImageError         what the file holds is not an image we can work on
    ├── ModelError         a model file is not usable
    ├── RecipeError        a recipe has an unknown key or an impossible value
    ├── WorkersError       the processes that should do the work are not there, or have died
    └── MissingExtraError  an optional dependency is not installed

Each message is one sentence that says what is wrong and what to do about it.
"""

import warnings


class ColonnadeError(Exception):
    """Base of every error that Colonnade raises on purpose."""


class FileError(ColonnadeError):
    """A file cannot be read or written."""


class ImageError(ColonnadeError):
    """The data is not an image that can be worked on."""


class ModelError(ColonnadeError):
    """A model file is not usable."""


class RecipeError(ColonnadeError):
    """A recipe has an unknown key or an impossible value."""


class WorkersError(ColonnadeError):
    """The processes that should do the work are not there, or have died."""


class MissingExtraError(ColonnadeError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an optional part: pip install 'colonnade[{extra}]'")
        self.what, self.extra = what, extra

    def __reduce__(self) -> tuple[type["MissingExtraError"], tuple[str, str]]:
        # Made anew from its parts where another process raised it.
        return type(self), (self.what, self.extra)


class ColonnadeWarning(UserWarning):
    """Something in the data had to be repaired or guessed."""


def warn(sentence: str) -> None:
    """Say what had to be repaired or guessed."""
    warnings.warn(sentence, ColonnadeWarning, stacklevel=2)

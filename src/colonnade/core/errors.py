"""The errors a user can cause.

    ColonnadeError
    ├── FileError          a file cannot be read or written
    ├── ImageError         what the file holds is not an image we can work on
    ├── ModelError         a model file is not usable
    ├── RecipeError        a recipe has an unknown key or an impossible value
    ├── TooLargeError      the work needs more memory than it may take
    ├── WorkersError       the processes that should do the work are not there, or have died
    └── MissingExtraError  an optional dependency is not installed

Each message is one sentence that says what is wrong and what to do about it.
"""

import unicodedata
import warnings

LONGEST = 2000
"""Most letters of a sentence that are shown, as names and files may put any number in it."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Kinds of letters that are not seen but obeyed, as those that move the cursor are."""


def visible(text: str, but: str = "") -> str:
    """Write out the letters that a terminal would obey, break the line at, or cannot show.

    Parameters
    ----------
    text
        May hold what a file or its name says.
    but
        Letters of that kind that stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape").decode()
        if unicodedata.category(letter) in _UNSEEN and letter not in but
        else letter
        for letter in text
    )


class ColonnadeError(Exception):
    """Base of every error that Colonnade raises on purpose."""

    def __str__(self) -> str:
        """Give the sentence: on one line, whatever the name of a file or the file itself holds."""
        sentence = super().__str__()
        shown = visible(sentence[:LONGEST])
        return f"{shown} …" if len(sentence) > LONGEST else shown


class FileError(ColonnadeError):
    """A file cannot be read or written."""


class ImageError(ColonnadeError):
    """The data is not an image that can be worked on."""


class ModelError(ColonnadeError):
    """A model file is not usable."""


class RecipeError(ColonnadeError):
    """A recipe has an unknown key or an impossible value."""


class TooLargeError(ColonnadeError):
    """The work needs more memory than it may take."""


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
    warnings.warn(visible(sentence), ColonnadeWarning, stacklevel=2)

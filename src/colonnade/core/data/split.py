"""Which images to keep aside, so that nothing they show is seen in training too."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from colonnade.core.arrays import Indices
from colonnade.core.errors import ColonnadeError

Part = Literal["all", "train", "test"]

Families = frozenset[str]
"""What an image shows of that which must not be on both sides: crystals, or specimens."""

TEST_SHARE = 0.1
"""The test side holds at least this share of the images."""


class FewFamiliesError(ColonnadeError):
    """The images show too few families to keep some of them aside."""


def split_by_family(shown: Sequence[Families], part: Part, family: str) -> Indices:
    """Choose the images of one side of a split that no family is on both sides of.

    The families are put in an order that is as good as random and always the same; the first of
    them, until they fill a tenth of the images, are for testing. An image that shows families of
    both sides is on neither. Of images that show none every tenth is for testing.

    Parameters
    ----------
    shown
        For each image the families that it shows.
    part
        Which side, or all images.
    family
        What a family is, for the sentence of an error, such as "crystal".

    Returns
    -------
    indices
        Of the images, ascending.

    Raises
    ------
    FewFamiliesError
        If there are too few families to split.
    """
    if part == "all":
        return np.arange(len(shown))
    free = [index for index, families in enumerate(shown) if not families]
    tested = set(free[:: round(1 / TEST_SHARE)])
    test = _test_families(Counter(filter(None, shown)), family)
    if part == "test":
        chosen = [i in tested or (bool(one) and one <= test) for i, one in enumerate(shown)]
    else:
        chosen = [i not in tested and not one & test for i, one in enumerate(shown)]
    if len(tested) == len(shown):
        raise FewFamiliesError(
            "at least two images are needed to train on one and test on another"
        )
    return np.flatnonzero(chosen)


def _test_families(images: Mapping[Families, int], family: str) -> Families:
    """Take families until the test side is large enough, but leave some images to train on."""
    names = sorted(frozenset[str]().union(*images), key=_digest)
    wanted = TEST_SHARE * sum(images.values())
    test: Families = frozenset()
    held = 0
    for name in names:
        more = test | {name}
        if all(shown & more for shown in images):
            continue
        test = more
        held = sum(count for shown, count in images.items() if shown <= test)
        if held >= wanted:
            break
    if names and not held:
        raise FewFamiliesError(
            f"the images cannot be split so that no {family} is on both sides: they show "
            f"{' and '.join(names[:3])} only; use all of them, or add images of another"
            f" {family}"
        )
    return test


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()

"""In which order what is drawn slowly is shown several times, each time in another way."""

AT_HAND = 32
"""So many drawn things are shown in turn, so that no two samples of a batch show the same one."""


def number_at(index: int, count: int) -> int:
    """Give the number of the drawn thing that sample number `index` shows.

    Samples that lie `AT_HAND` apart may show the same one.

    Parameters
    ----------
    index
        Of the sample.
    count
        Samples of each drawn thing.
    """
    turn, place = divmod(index, AT_HAND * count)
    return turn * AT_HAND + place % AT_HAND

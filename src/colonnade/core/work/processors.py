"""How many processors this process may use: all, or one where it works beside others."""

import os

_is_one_of_many = False
"""Whether other processes have the other processors."""


def be_one_of_many() -> None:
    """Leave the other processors to other processes from now on."""
    global _is_one_of_many
    _is_one_of_many = True


def is_one_of_many() -> bool:
    """Whether other processes have the other processors."""
    return _is_one_of_many


def available_cpus() -> int:
    """Count the processors that this process may use."""
    if is_one_of_many():
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""What a process needs that reconstructs slices."""

from dataclasses import dataclass, field

from colonnade.core.work.memory import HANDING_OUT, Need
from colonnade.tomo.reconstruct.plan import Method, Plan

MOST_SLICES = 32
"""So many slices are reconstructed together: more are no faster for the sparse matrix."""

BLOCK_BYTES = 1 << 29
"""A block has no more slices than so many bytes hold `COPIES` of, if one slice does not."""

COPIES = 24
"""So many copies of a slice are counted for that."""


@dataclass(frozen=True)
class Footprint:
    """What a process was measured to need, by `benchmarks/files/peak_memory.py`.

    Parameters
    ----------
    process
        Whatever the series [bytes].
    entry
        For each voxel of a slice in each view: the matrix that projects, and its transpose
        [bytes].
    copies
        Of each slice that is reconstructed together with others, by the method.
    network
        For a network besides [bytes].
    """

    process: int = 250_000_000
    entry: float = 38.0
    copies: dict[Method, int] = field(
        default_factory=lambda: {"wbp": 8, "sirt": 16, "tv": 36, "network": 48}
    )
    network: int = 500_000_000


def slices_together(plan: Plan) -> int:
    """Give how many slices are reconstructed together; what comes of them depends on it."""
    return max(1, min(MOST_SLICES, BLOCK_BYTES // (COPIES * 4 * _voxels(plan))))


def need_of(plan: Plan, footprint: Footprint | None = None) -> Need:
    """Say what a process needs; that which hands out keeps the matrix that it asks a network by.

    Parameters
    ----------
    plan
        How slices are reconstructed.
    footprint
        What was measured.
    """
    known, voxels = footprint or Footprint(), _voxels(plan)
    matrix = round(known.entry * voxels * len(plan.angles))
    slices = 4 * known.copies[plan.method] * voxels * slices_together(plan)
    network = plan.method == "network"
    process = known.process + matrix + slices + known.network * network
    return Need(process, 0, HANDING_OUT + matrix * network)


def _voxels(plan: Plan) -> int:
    """Voxels of a slice, with those beside the views."""
    return plan.depth * (plan.width + 2 * plan.margin)

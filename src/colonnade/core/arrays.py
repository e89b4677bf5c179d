"""The array types that all modules name."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Numbers in double precision: positions, what is fitted, what is summed."""

Single = NDArray[np.float32]
"""Numbers in single precision: grey levels on their way through a network or a fit."""

Grey = NDArray[np.floating[Any]]
"""Grey levels of any precision."""

Indices = NDArray[np.intp]
"""Numbers of items."""

"""What the tests of alignment share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for tilted_ellipsoids

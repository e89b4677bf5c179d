"""What the tests of other tools share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for drawn_columns

"""What the tests of maps share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for drawn_crystals

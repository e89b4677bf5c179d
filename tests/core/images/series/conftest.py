"""What the tests of series share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for drawn_series
sys.path.insert(0, str(Path(__file__).parents[3]))  # for drawn_scene

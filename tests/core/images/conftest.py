"""What the tests of images share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # for drawn_scene

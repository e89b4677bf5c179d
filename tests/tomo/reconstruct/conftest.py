"""What the tests of reconstruction share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for tilted_ellipsoids
sys.path.insert(0, str(Path(__file__).parents[2]))  # for bruker_files

"""python -m tests.bench [PART]: how fast and how good, one JSON line a figure."""

import sys

from tests.figures import main

sys.exit(main("tests.bench"))

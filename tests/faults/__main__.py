"""python -m tests.faults [PART]: what breaks when things are broken on purpose, one JSON line a figure."""

import sys

from tests.figures import main

sys.exit(main("tests.faults"))

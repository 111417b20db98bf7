"""How many made-up examples a property is tried on: few in every run, many in `make soak`."""

import os

EXAMPLES = 3_000 if os.environ.get("STAFFROOM_SOAK") else 40

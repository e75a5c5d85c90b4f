"""The folder `deployments` is no installed package: it is run from the checkout, as `make deploy` does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

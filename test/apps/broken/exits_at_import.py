"""A script that was never meant to be imported."""

import sys

sys.exit("usage: exits_at_import FILE")

"""Starts an application worker or what else Python does here; 2.7 can read this too, to refuse."""

import os
import sys

if sys.version_info < (3, 9):
    sys.stderr.write(
        "portico: Python 3.9 or later is needed; %s is %s\n"
        % (sys.executable, ".".join(str(part) for part in sys.version_info[:3]))
    )
    sys.exit(1)

# The folder of this file is first on sys.path: its names must not shadow anyone's modules.
_package = os.path.dirname(os.path.abspath(__file__))
_parent = os.path.dirname(_package)
sys.path[:] = [_parent] + [entry for entry in sys.path if entry != _package]

if sys.argv[1:] == ["config"]:
    from portico.config_process import main
elif sys.argv[1:2] == ["notify"]:
    from portico.notify import main
elif sys.argv[1:] == ["preload"]:
    from portico.template import main
else:
    from portico.worker import main

sys.path.remove(_parent)
main()

"""An application of a module that no interpreter in WebAssembly has."""

from curses import ascii  # noqa: F401

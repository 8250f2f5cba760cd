"""The files of the folder ``$STATIC_ROOT``, by WhiteNoise."""

import os

from whitenoise import WhiteNoise


def nothing(environ, start_response):
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


application = WhiteNoise(nothing, root=os.environ["STATIC_ROOT"])

"""Waits for 50 ms, as for a database, before it says hello."""

import time

from bench.apps import hello

SECONDS = 0.05


def application(environ, start_response):
    time.sleep(SECONDS)
    return hello.application(environ, start_response)

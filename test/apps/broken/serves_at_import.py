"""As tutorials end: with a server of its own, and nothing around it."""

from wsgiref.simple_server import make_server


def app(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello"]


make_server("127.0.0.1", 0, app).serve_forever()

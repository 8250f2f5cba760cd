"""Answers with twenty megabytes, at once or piece by piece, or with how much it was sent."""

SIZE = 20 * 1024 * 1024
PIECE = 64 * 1024


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/whole":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return [b"w" * SIZE]
    if path == "/pieces":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return (b"p" * PIECE for _ in range(SIZE // PIECE))
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(body)).encode()]

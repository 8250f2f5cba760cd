"""100 MB, yielded in pieces of 64 KB."""

PIECE = b"x" * 65_536
PIECES = 1_600


def application(environ, start_response):
    start_response(
        "200 OK",
        [("Content-Type", "text/plain"), ("Content-Length", str(len(PIECE) * PIECES))],
    )
    return (PIECE for _ in range(PIECES))

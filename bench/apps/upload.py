"""Reads the request's body in pieces and answers how long it was."""

PIECE = 65_536


def application(environ, start_response):
    left = int(environ["CONTENT_LENGTH"])
    count = 0
    while left:
        piece = environ["wsgi.input"].read(min(PIECE, left))
        if not piece:
            break
        count += len(piece)
        left -= len(piece)
    body = b"%d bytes\n" % count
    start_response(
        "200 OK",
        [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))],
    )
    return [body]

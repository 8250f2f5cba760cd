"""Answers with the body of the request."""


def application(environ, start_response):
    length = int(environ["CONTENT_LENGTH"])
    body = environ["wsgi.input"].read(length)
    start_response(
        "200 OK",
        [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))],
    )
    return [body]

"""Has an application, under a name that nobody looks for."""


def make_site():
    return site


def site(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello"]

"""Fails while it is configured."""


def configure():
    raise RuntimeError("no database at db.example")


app = configure()

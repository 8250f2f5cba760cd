"""What is called the application is none."""

application = "Hello"


async def asgi(_scope, _receive, _send):
    """Another protocol's."""


def factory():
    """Makes it, and is not it."""
    return lambda _environ, _start_response: []

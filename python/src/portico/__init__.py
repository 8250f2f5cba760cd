"""The Python half of Portico: a worker process that runs one WSGI application."""

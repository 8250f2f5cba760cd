"""The least a Flask application can do."""

from flask import Flask

application = Flask(__name__)


@application.get("/")
def hello():
    return "Hello World\n", {"Content-Type": "text/plain"}

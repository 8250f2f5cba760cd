"""A Flask application that shares its session with a TypeScript one."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timezone

from flask import Flask, request, session

app = Flask(__name__)
app.secret_key = "shared by both"


@app.get("/login")
def login() -> str:
    session["user"] = request.args["user"]
    session["since"] = datetime(2026, 11, 21, 21, 0, 0, tzinfo=timezone.utc)
    session["id"] = uuid.UUID(int=7)
    session["cart"] = [("apple", 2)]
    return "in"


@app.get("/logout")
def logout() -> str:
    session.clear()
    return "out"


@app.get("/")
def show() -> str:
    return json.dumps({key: repr(value) for key, value in sorted(session.items())})


@app.post("/echo")
def echo() -> str:
    return request.form["note"]

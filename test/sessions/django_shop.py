"""A Django project in one file that shares its session with a TypeScript application."""

from __future__ import annotations

import json

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path

settings.configure(
    SECRET_KEY="shared by both",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
)


def login(request: HttpRequest) -> HttpResponse:
    request.session["user"] = request.GET["user"]
    request.session["cart"] = [["apple", 2]]
    return HttpResponse("in")


def logout(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return HttpResponse("out")


def show(request: HttpRequest) -> HttpResponse:
    items = sorted(request.session.items())
    return HttpResponse(json.dumps({key: repr(value) for key, value in items}))


def token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


def post(request: HttpRequest) -> HttpResponse:
    return HttpResponse("posted")


urlpatterns = [
    path("login", login),
    path("logout", logout),
    path("token", token),
    path("post", post),
    path("", show),
]

application = get_wsgi_application()

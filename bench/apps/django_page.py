"""A Django page: a template, a session and an SQLite query, with Django's settings for production.

DEBUG is off, templates are cached, connections to the database are kept (CONN_MAX_AGE), and
sessions are in the database. Each interpreter that imports this makes a database of its own in
``$BENCH_SCRATCH``, where whoever started it removes it.
"""

import datetime
import os
import secrets

import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="a key that everybody may know: this site is for benchmarks",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")],
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(
                os.environ["BENCH_SCRATCH"], f"django-{secrets.token_hex(8)}.sqlite3"
            ),
            "CONN_MAX_AGE": 60,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    LOGGING_CONFIG=None,
)
django.setup()

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections, models
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

# bench/works.ts sends it.
SESSION = "0123456789abcdef0123456789abcdef"
ARTICLES = 200
ARTICLES_A_PAGE = 20


class Article(models.Model):
    title = models.CharField(max_length=100)
    price = models.IntegerField()

    class Meta:
        app_label = "shop"


def page(request):
    articles = Article.objects.filter(price__gt=100).order_by("-price")[:ARTICLES_A_PAGE]
    facts = {"visitor": request.session.get("visitor"), "articles": articles}
    return render(request, "page.html", facts)


urlpatterns = [path("", page)]


def make_database() -> None:
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Article)
    Article.objects.bulk_create(
        Article(title=f"Article <{number}>", price=number) for number in range(ARTICLES)
    )
    Session.objects.create(
        session_key=SESSION,
        session_data=SessionStore().encode({"visitor": "Ada"}),
        expire_date=timezone.now() + datetime.timedelta(days=1),
    )
    # A server may fork from here; SQLite's connections must not cross that.
    connections.close_all()


make_database()
application = get_wsgi_application()

"""The library's addresses."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("form", views.form),
    path("upload", views.upload),
    path("sum", views.add_up),
    path("digest", views.digest),
    path("item", views.delete_item),
    path("old", views.old),
    path("crash", views.crash),
    path("preferences", views.preferences),
    path("preferences/set", views.set_preferences),
    path("preferences/forget", views.forget_preferences),
    path("visits", views.visits),
    path("echo/<path:path>", views.echo),
    path("stream", views.stream),
    path("join", views.join),
    path("reader", views.reader),
    path("report", views.report),
    path("large", views.large),
    path("remarks/", views.remarks, name="remarks"),
    path("covers/<int:number>", views.cover),
]

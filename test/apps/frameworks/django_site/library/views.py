"""The library's pages, and the everyday ones that each site of these tests has."""

import hashlib
import json
import os
from datetime import datetime, timezone

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.models import User
from django.http import (
    FileResponse,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    conditional_page,
    last_modified,
    require_http_methods,
    require_safe,
)

from .forms import RemarkForm
from .models import Book, Remark


@csrf_exempt
@require_safe
def home(request):
    return HttpResponse("<h1>Welcome</h1>")


@csrf_exempt
def form(request):
    return JsonResponse(
        {
            "name": request.POST["name"],
            "colours": request.POST.getlist("colour"),
            "empty": request.POST["empty"],
        }
    )


@csrf_exempt
def upload(request):
    document = request.FILES["document"]
    digest = hashlib.sha256()
    for chunk in document.chunks():
        digest.update(chunk)
    return JsonResponse(
        {
            "title": request.POST["title"],
            "note": request.POST["note"],
            "filename": document.name,
            "size": document.size,
            "sha256": digest.hexdigest(),
        }
    )


@csrf_exempt
def add_up(request):
    order = json.loads(request.body)
    return JsonResponse({"label": order["label"], "sum": sum(order["numbers"])})


@csrf_exempt
def digest(request):
    body = request.read()
    return JsonResponse({"size": len(body), "sha256": hashlib.sha256(body).hexdigest()})


@csrf_exempt
@require_http_methods(["DELETE"])
def delete_item(request):
    return HttpResponse(status=204)


def old(request):
    return redirect("home")


def crash(request):
    raise RuntimeError("this page always fails")


def preferences(request):
    return JsonResponse(request.COOKIES)


def set_preferences(request):
    response = HttpResponse("Set")
    response.set_cookie("theme", "dark")
    response.set_cookie("font", "serif", httponly=True, samesite="Lax")
    response.set_cookie("size", "12", path="/")
    return response


def forget_preferences(request):
    response = HttpResponse("Forgotten")
    response.delete_cookie("theme")
    return response


def visits(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(f"Visit {request.session['visits']}")


def echo(request, path):
    query = [(name, value) for name, values in request.GET.lists() for value in values]
    return JsonResponse({"path": path, "query": query})


def stream(request):
    lines = (f"line {number} of été\n" for number in range(200))
    return StreamingHttpResponse(lines, content_type="text/plain; charset=utf-8")


@csrf_exempt
def join(request):
    """A reader's account, with a password that is kept as `hasher` makes it, and used at once."""
    name, password = request.POST["name"], request.POST["password"]
    kept = make_password(password, hasher=request.POST["hasher"])
    User.objects.create(username=name, password=kept)
    refused = authenticate(request, username=name, password=password + "?")
    login(request, authenticate(request, username=name, password=password))
    return JsonResponse({"by": identify_hasher(kept).algorithm, "refused": refused is None})


def reader(request):
    return HttpResponse(f"You are {request.user}")


@conditional_page
def report(request):
    return HttpResponse("<h1>A report that rarely changes</h1>")


def date_of_large_file(request):
    return datetime.fromtimestamp(os.path.getmtime(settings.FILES / "large.bin"), timezone.utc)


@last_modified(date_of_large_file)
def large(request):
    file = open(settings.FILES / "large.bin", "rb")
    return FileResponse(file, as_attachment=True, filename="großes Paket.bin")


def remarks(request):
    form = RemarkForm(request.POST or None)
    if form.is_valid():
        remark = form.save()
        messages.success(request, format_html("Thank you, <b>{}</b>!", remark.reader))
        return redirect("remarks")
    context = {"form": form, "remarks": Remark.objects.all()}
    return render(request, "library/remarks.html", context)


def cover(request, number):
    return FileResponse(get_object_or_404(Book, pk=number).cover.open())


def page_not_found(request, exception):
    return HttpResponse(format_html("<h1>Nothing at {}</h1>", request.path), status=404)


def page_failed(request):
    return HttpResponse("<h1>Something broke</h1>", status=500)

"""Which view answers which address."""

from django.contrib import admin
from django.contrib.staticfiles.views import serve as serve_static
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("static/<path:path>", serve_static, {"insecure": True}),
    path("", include("library.urls")),
]

handler404 = "library.views.page_not_found"
handler500 = "library.views.page_failed"

"""Authors, their books, and what readers say about the library."""

from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=100, unique=True)

    def __str__(self):
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    published = models.DateField(null=True, blank=True)
    cover = models.FileField(upload_to="covers", blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title


class Remark(models.Model):
    reader = models.CharField(max_length=50)
    text = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.reader}: {self.text[:20]}"

"""The form that readers fill in."""

from django import forms

from .models import Remark


class RemarkForm(forms.ModelForm):
    class Meta:
        model = Remark
        fields = ["reader", "text"]

"""Accounts: the door, the second factor, the password.

**Reads** and **Writes** accounts and their devices.
**Method** Django's own views; wrong passwords are counted by django-axes, wrong codes by django-otp. A
second factor is a free choice; once chosen it is asked at each login. Its key is shown once, as a drawing
and as letters, and holds only when a first code was given.
**Limits** A lost device is removed by an administrator.
"""

from __future__ import annotations

import base64
import io
from typing import Any

import qrcode
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from observatory.contribute.journal import write
from observatory.contribute.walls import needs, to_door

#: What a person of a role does.
ROLES = {
    "contributor": gettext_lazy("contribution directe"),
    "moderator": gettext_lazy("relecture"),
    "editor": gettext_lazy("relecture et avis d'expert"),
    "administrator": gettext_lazy("administration"),
}


class CodeForm(forms.Form):
    """Six digits."""

    code = forms.CharField(
        label=gettext_lazy("Code à six chiffres"),
        max_length=6,
        min_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


login = LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=False)
logout = LogoutView.as_view()


@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """``/connexion/code/``: the second door."""
    user: Any = request.user
    if not user.is_authenticated:
        return to_door(request, "login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        for device in TOTPDevice.objects.devices_for_user(user, confirmed=True):
            if device.verify_is_allowed()[0] and device.verify_token(form.cleaned_data["code"]):
                otp_login(request, device)
                return redirect(wanted(request))
        form.add_error("code", _("Ce code n'est pas le bon, ou il a expiré. Attendez le suivant."))
    context = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "accounts/code.html", context, status=422 if form.errors else 200)


def wanted(request: HttpRequest) -> str:
    """The page that was asked for, on this site only."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "account"


@needs(None)
def account(request: HttpRequest) -> HttpResponse:
    """``/compte/``"""
    user: Any = request.user
    context = {
        "groups": [str(ROLES.get(g.name, g.name)) for g in user.groups.all()],
        "has_device": TOTPDevice.objects.devices_for_user(user, confirmed=True).exists(),
        "may_administer": user.has_perm("contribute.administer"),
    }
    return render(request, "accounts/account.html", context)


@needs(None)
def password(request: HttpRequest) -> HttpResponse:
    """``/compte/mot-de-passe/``"""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        write(str(request.user), "mot de passe", str(request.user))
        messages.success(request, _("Votre mot de passe est changé."), extra_tags="ok")
        return redirect("account")
    return render(
        request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200
    )


@needs(None)
def second_factor(request: HttpRequest) -> HttpResponse:
    """``/compte/double-authentification/``: set it up, or take it away."""
    user: Any = request.user
    device = TOTPDevice.objects.devices_for_user(user, confirmed=True).first()
    form = CodeForm(request.POST or None)
    if device is not None:
        if request.method == "POST" and form.is_valid():
            if device.verify_is_allowed()[0] and device.verify_token(form.cleaned_data["code"]):
                device.delete()
                write(str(user), "second facteur", str(user), "retiré")
                messages.success(request, _("La double authentification est retirée."))
                return redirect("account")
            form.add_error("code", _("Ce code n'est pas le bon."))
        context: dict[str, Any] = {"form": form, "device": device}
    else:
        waiting, _made = TOTPDevice.objects.get_or_create(
            user=user, confirmed=False, defaults={"name": "application"}
        )
        if request.method == "POST" and form.is_valid():
            if waiting.verify_is_allowed()[0] and waiting.verify_token(form.cleaned_data["code"]):
                waiting.confirmed = True
                waiting.save()
                otp_login(request, waiting)
                write(str(user), "second facteur", str(user), "posé")
                messages.success(request, _("C'est en place : un code sera demandé."))
                return redirect("account")
            form.add_error("code", _("Ce code n'est pas le bon : vérifiez l'heure du téléphone."))
        key = base64.b32encode(waiting.bin_key).decode().rstrip("=")
        context = {
            "form": form,
            "drawing": drawing(waiting.config_url),
            "key": " ".join(key[i : i + 4] for i in range(0, len(key), 4)),
        }
    status = 422 if form.errors else 200
    return render(request, "accounts/second_factor.html", context, status=status)


def drawing(text: str) -> str:
    """A QR code as the address of an SVG image (no style, no script)."""
    stream = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, box_size=12).save(stream)
    return f"data:image/svg+xml;base64,{base64.b64encode(stream.getvalue()).decode()}"

"""A forgotten password: a link by e-mail, good once and for two hours.

**Reads** and **Writes** accounts. **Method** Django's own views. Whatever address is typed, the page says the
same; the account is looked for, and the e-mail leaves, once the answer is on its way, so that neither
words nor seconds tell who has an account. A second factor stays asked at the door.
**Limits** An account without an e-mail address is helped by an administrator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axes.utils import reset as forget_wrong_passwords
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from observatory.contribute import limits, links
from observatory.contribute.journal import write
from observatory.contribute.stop import too_many


class Then(HttpResponseRedirect):
    """A redirection after which something is done: servers close an answer once it is sent."""

    def __init__(self, address: str, after: Callable[[], None]) -> None:
        super().__init__(address)
        self.after = after

    def close(self) -> None:
        self.after()
        super().close()


class Ask(views.PasswordResetView):
    """``/connexion/oubli/``"""

    template_name = "accounts/forgotten.html"
    email_template_name = "accounts/mail/forgotten.txt"
    subject_template_name = "accounts/mail/forgotten.subject.txt"
    success_url = reverse_lazy("password_reset_done")

    def post(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if not limits.may_pass(request, "forgotten"):
            return too_many(request)
        return super().post(request, *arguments, **named)

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        told = {"address": links.root(self.request), "branding": settings.BRANDING}

        def send() -> None:
            form.save(
                request=self.request,
                use_https=self.request.is_secure(),
                email_template_name=self.email_template_name,
                subject_template_name=self.subject_template_name,
                extra_email_context=told,
            )

        return Then(str(self.success_url), send)


class Choose(views.PasswordResetConfirmView):
    """``/connexion/nouveau/<uid>/<token>/``"""

    template_name = "accounts/choose.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        answer = super().form_valid(form)
        name = form.user.get_username()
        forget_wrong_passwords(username=name)
        write(name, "mot de passe", name, "par un lien")
        messages.success(self.request, _("Votre mot de passe est changé."), extra_tags="ok")
        return answer


ask = Ask.as_view()
sent = views.PasswordResetDoneView.as_view(template_name="accounts/forgotten_sent.html")
choose = Choose.as_view()

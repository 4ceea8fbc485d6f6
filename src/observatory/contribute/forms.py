"""The forms of contribution, made from the published schema: one rule for the form and for files.

**Reads** the Table Schema of contributions. **Writes** nothing.
**Method** Required, lengths, patterns and lists come from the schema; labels and hints are the form's own,
in words for everyone. What the schema refuses in a spreadsheet, the form refuses too.
**Limits** Facts are not verified here: people do that.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from observatory.contribute.limits import Guarded, too_many_links
from observatory.names import KINDS, THEMES
from quartiers.check import fields as schema

#: Column → (what it is called, a hint). Labels are questions: people answer questions.
WORDS: dict[str, tuple[Any, Any]] = {
    "nom": (_("Comment s'appelle l'initiative ?"), _("Le nom que l'on emploie sur place.")),
    "description": (
        _("Que s'y passe-t-il ?"),
        _("Pour qui, avec quels outils. Deux ou trois phrases suffisent."),
    ),
    "type": (_("De quelle sorte est-elle ?"), ""),
    "commune": (_("Dans quelle commune ?"), _("Par exemple : Vénissieux.")),
    "code_postal": (_("Code postal"), _("Cinq chiffres.")),
    "quartier": (
        _("Dans quel quartier ?"),
        _("Le nom que l'on dit, par exemple : les Minguettes."),
    ),
    "adresse": (_("À quelle adresse ?"), _("Le numéro et la rue du lieu, s'il y en a un.")),
    "lieux": (
        _("Dans quel lieu d'accueil ?"),
        _("Par exemple : centre social, médiathèque, mission locale, fablab."),
    ),
    "porteur": (_("Qui la porte ?"), _("Une structure, pas une personne.")),
    "type_porteur": (_("Quelle sorte de structure ?"), ""),
    "debut": (_("Depuis quand ?"), _("Une année (2024) ou une date (2024-09-01).")),
    "fin": (_("Jusqu'à quand ?"), _("Laissez vide si cela continue.")),
    "site_web": (_("Une page qui en parle ?"), _("Elle commence par https://")),
    "code_qpv": (_("Quartier prioritaire"), ""),
}
CARRIERS = {
    "": _("Je ne sais pas"),
    "association": _("Association"),
    "collectivité": _("Commune, métropole, département, région"),
    "bailleur": _("Bailleur social"),
    "entreprise": _("Entreprise"),
    "établissement public": _("Établissement public"),
    "autre": _("Autre"),
}
STEPS: dict[str, tuple[str, ...]] = {
    "quoi": ("nom", "description", "type"),
    "ou": ("commune", "code_postal", "quartier", "adresse", "lieux"),
    "qui": ("porteur", "type_porteur", "debut", "fin", "site_web"),
}
#: What a correction may change, in the order of the page.
CORRECTED = tuple(name for names in STEPS.values() for name in names)
TROUBLES = {
    "finie": _("Cette initiative n'existe plus"),
    "numerique": _("Elle n'a rien de numérique"),
    "quartier": _("Elle n'est pas dans ce quartier"),
    "theme": _("Le thème n'est pas le bon"),
    "doublon": _("La même initiative paraît deux fois"),
    "personne": _("Une donnée personnelle y paraît"),
    "autre": _("Autre chose"),
}


def schema_field(name: str) -> forms.Field:
    """One column of the schema as a field of a form."""
    rule, (label, hint) = schema()[name], WORDS[name]
    limits = rule["constraints"]
    shared: dict[str, Any] = {
        "label": label,
        "help_text": hint,
        "required": bool(limits.get("required")),
    }
    if name == "type":
        choices = [(slug, words) for slug, words in KINDS.items()]
        return forms.ChoiceField(choices=choices, initial="action", **shared)
    if name == "type_porteur":
        return forms.ChoiceField(choices=list(CARRIERS.items()), **shared)
    shared["max_length"] = limits.get("maxLength", 320)
    shared["min_length"] = limits.get("minLength")
    if "pattern" in limits:
        wrong = {"invalid": WRONG.get(name, _("Cette forme n'est pas celle attendue."))}
        return forms.RegexField(limits["pattern"], error_messages=wrong, **shared)
    widget = forms.Textarea(attrs={"rows": 6}) if name == "description" else forms.TextInput()
    return forms.CharField(widget=widget, **shared)


WRONG: dict[str, Promise] = {
    "code_postal": _("Un code postal a cinq chiffres : 69200."),
    "debut": _("Écrivez une année (2024) ou une date (2024-09-01)."),
    "fin": _("Écrivez une année (2024) ou une date (2024-09-01)."),
    "site_web": _("L'adresse d'une page commence par https:// et n'a pas d'espace."),
    "code_qpv": _("Un code de quartier ressemble à QN06913M."),
}
#: What browsers may fill in for the person (WCAG 1.3.5), and the keyboard that suits.
ATTRIBUTES = {
    "code_postal": {"inputmode": "numeric", "autocomplete": "off"},
    "debut": {"inputmode": "numeric"},
    "fin": {"inputmode": "numeric"},
    "site_web": {"inputmode": "url"},
}


class SchemaForm(forms.Form):
    """Some columns of the schema as a form."""

    columns: tuple[str, ...] = ()

    def __init__(self, *arguments: Any, columns: tuple[str, ...] = (), **named: Any) -> None:
        super().__init__(*arguments, **named)
        names = columns or self.columns
        for name in names:
            self.fields[name] = schema_field(name)
        self.order_fields(names)
        for name, attributes in ATTRIBUTES.items():
            if name in self.fields:
                self.fields[name].widget.attrs.update(attributes)

    def clean_description(self) -> str:
        """A description with more than two links is an advertisement."""
        text = str(self.cleaned_data["description"])
        if too_many_links(text):
            raise forms.ValidationError(_("Deux liens au plus, s'il vous plaît."))
        return text


class WhatForm(SchemaForm):
    """Step 1: what."""

    columns = STEPS["quoi"]


class WhereForm(SchemaForm):
    """Step 2: where; and the themes proposed after step 1, to be corrected."""

    columns = STEPS["ou"]
    themes = forms.MultipleChoiceField(
        required=False, choices=list(THEMES.items()), widget=forms.CheckboxSelectMultiple
    )


class WhoForm(SchemaForm):
    """Step 3: who and when; and the quarter proposed after step 2, to be corrected."""

    columns = STEPS["qui"]
    code_qpv = forms.CharField(required=False, max_length=12)

    def clean_code_qpv(self) -> str:
        """A code that exists, or none."""
        from quartiers.territories import load as territories

        code = str(self.cleaned_data["code_qpv"])
        if code and code not in territories().qpv:
            raise forms.ValidationError(WRONG["code_qpv"])
        return code


class Email(forms.Form):
    """Where to answer: the last question, in the page as in the list of what is wrong."""

    email = forms.EmailField(
        label=_("Votre courriel"),
        help_text=_("Pour confirmer l'envoi et vous répondre. Il n'est jamais publié."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["email"] = self.fields.pop("email")


class SendForm(Guarded, Email):
    """The last page: reread, leave an e-mail, send."""


class CorrectForm(Guarded, Email, SchemaForm):
    """Every field of an initiative, as it is now, to be changed; and why."""

    columns = CORRECTED
    message = forms.CharField(
        label=_("D'où le tenez-vous ?"),
        help_text=_("Une phrase aide la relecture : « j'y travaille », « vu sur place », un site…"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ClaimForm(Guarded, Email):
    """«I carry this initiative»."""

    porteur = forms.CharField(label=_("Le nom de votre structure"), max_length=200)
    message = forms.CharField(
        label=_("Votre rôle, et ce qui permet de le vérifier"),
        help_text=_("Par exemple : je coordonne l'atelier ; la page d'accueil du centre le dit."),
        max_length=2000,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ErrorForm(Guarded, Email):
    """«Something is wrong here»."""

    trouble = forms.ChoiceField(
        label=_("Qu'est-ce qui ne va pas ?"),
        choices=list(TROUBLES.items()),
        widget=forms.RadioSelect,
    )
    other = forms.CharField(
        label=_("Si elle paraît deux fois : l'adresse de l'autre fiche"),
        required=False,
        max_length=300,
    )
    message = forms.CharField(
        label=_("Dites-nous en plus"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SheetForm(Guarded, Email):
    """A spreadsheet and an e-mail."""

    file = forms.FileField(
        label=_("Votre fichier"),
        help_text=_("CSV, XLSX ou ODS ; 2 Mo et 2 000 lignes au plus."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
    )


class ReplyForm(forms.Form):
    """An answer to a moderator's question."""

    message = forms.CharField(
        label=_("Votre réponse"),
        max_length=2000,
        min_length=2,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ForgetForm(forms.Form):
    """What to erase."""

    what = forms.ChoiceField(
        label=_("Que faut-il effacer ?"),
        choices=[
            ("contact", _("Mon courriel seulement : ce que j'ai envoyé reste, sans mon adresse")),
            ("all", _("Mon courriel et tout ce que j'ai envoyé")),
        ],
        initial="contact",
        widget=forms.RadioSelect,
    )

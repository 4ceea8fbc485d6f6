"""The four roles, each with what it may do; a role holds what the one before it may do."""

from typing import Any

from django.db import migrations

OWN = {
    "contributor": ["send_directly"],
    "moderator": ["moderate", "view_contribution", "view_act"],
    "editor": ["judge", "export", "view_judgement"],
    "administrator": ["administer"],
}
ACCOUNTS = {
    ("auth", "user"): "User",
    ("auth", "group"): "Group",
    ("otp_totp", "totpdevice"): "TOTP device",
    ("axes", "accessattempt"): "access attempt",
}
LABELS = {
    "send_directly": ("contribution", "Send without confirming an e-mail"),
    "moderate": ("contribution", "Decide about contributions"),
    "export": ("contribution", "Export accepted contributions"),
    "administer": ("contribution", "Enter the administration"),
    "judge": ("judgement", "Answer the machine's doubts"),
    "view_contribution": ("contribution", "Can view contribution"),
    "view_judgement": ("judgement", "Can view judgement"),
    "view_act": ("act", "Can view act"),
}


def make(apps: Any, schema_editor: Any) -> None:
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")

    def permission(app: str, model: str, codename: str, name: str) -> Any:
        kind, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        found, _ = Permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
        return found

    held = []
    for role, codes in OWN.items():
        held += [permission("contribute", LABELS[c][0], c, LABELS[c][1]) for c in codes]
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.add(*held)
        if role == "administrator":
            for (app, model), words in ACCOUNTS.items():
                for verb in ("view", "add", "change", "delete"):
                    name = f"Can {verb} {words}"
                    group.permissions.add(permission(app, model, f"{verb}_{model}", name))


def unmake(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=OWN).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("contribute", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, unmake)]

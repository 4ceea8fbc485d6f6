"""The pages of contribution and moderation: one line each."""

from django.urls import URLPattern, URLResolver, path

from observatory.contribute.pages import (
    accounts,
    declare,
    doubts,
    existing,
    follow,
    forgotten,
    moderate,
    sheet,
    start,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("contribuer/", start.page, name="contribute"),
    path("contribuer/initiative/", declare.step, name="contribute_declare"),
    path("contribuer/initiative/<slug:step>/", declare.step, name="contribute_step"),
    path("contribuer/proposer/", declare.suggest, name="contribute_suggest"),
    path("contribuer/envoye/", declare.sent, name="contribute_sent"),
    path("contribuer/recu/", declare.received, name="contribute_received"),
    path("contribuer/tableur/", sheet.page, name="contribute_sheet"),
    path("contribuer/corriger/<slug:identifier>/", existing.correct, name="contribute_correct"),
    path("contribuer/revendiquer/<slug:identifier>/", existing.claim, name="contribute_claim"),
    path("contribuer/signaler/<slug:identifier>/", existing.declare_error, name="contribute_error"),
    path("contribuer/confirmer/<str:token>/", follow.confirm, name="contribute_confirm"),
    path("contribuer/suivre/<str:token>/", follow.follow, name="contribute_follow"),
    path("contribuer/oublier/<str:token>/", follow.erase, name="contribute_erase"),
    path("rencontres/avis/", doubts.judge_opportunity, name="judge_opportunity"),
    path("moderation/", moderate.queue, name="moderation"),
    path("moderation/doutes/", doubts.records, name="moderation_doubts"),
    path("moderation/paires/", doubts.pairs, name="moderation_pairs"),
    path("moderation/journal/", moderate.journal, name="moderation_journal"),
    path("moderation/lot/<int:identifier>/", moderate.batch, name="moderation_batch"),
    path("moderation/<slug:identifier>/", moderate.one, name="moderation_one"),
    path("connexion/", accounts.login, name="login"),
    path("connexion/code/", accounts.code, name="login_code"),
    path("connexion/oubli/", forgotten.ask, name="password_reset"),
    path("connexion/oubli/envoye/", forgotten.sent, name="password_reset_done"),
    path("connexion/nouveau/<uidb64>/<token>/", forgotten.choose, name="password_reset_confirm"),
    path("deconnexion/", accounts.logout, name="logout"),
    path("compte/", accounts.account, name="account"),
    path("compte/mot-de-passe/", accounts.password, name="account_password"),
    path("compte/double-authentification/", accounts.second_factor, name="account_second_factor"),
]

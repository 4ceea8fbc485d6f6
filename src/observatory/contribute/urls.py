"""The pages of contribution and moderation: one line each."""

from django.urls import URLPattern, URLResolver, path

from observatory.contribute.pages import declare, follow, start

urlpatterns: list[URLPattern | URLResolver] = [
    path("contribuer/", start.page, name="contribute"),
    path("contribuer/initiative/", declare.step, name="contribute_declare"),
    path("contribuer/initiative/<slug:step>/", declare.step, name="contribute_step"),
    path("contribuer/proposer/", declare.suggest, name="contribute_suggest"),
    path("contribuer/envoye/", declare.sent, name="contribute_sent"),
    path("contribuer/confirmer/<str:token>/", follow.confirm, name="contribute_confirm"),
    path("contribuer/suivre/<str:token>/", follow.follow, name="contribute_follow"),
    path("contribuer/oublier/<str:token>/", follow.erase, name="contribute_erase"),
]

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("declarations.urls")),
    path("accounts/", include("perfgoals.accounts.urls")),
    path("log/", include("perfgoals.audit.urls")),
    path("templates/", include("indicators.urls")),
]

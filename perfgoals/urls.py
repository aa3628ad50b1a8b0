from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("declarations.urls")),
    path("accounts/", include("perfgoals.accounts.urls")),
    path("templates/", include("indicators.urls")),
]

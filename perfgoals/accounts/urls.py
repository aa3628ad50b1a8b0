from django.urls import path

from perfgoals.accounts.access import public
from perfgoals.accounts.views import departments, offices, settings, signin, users

app_name = "accounts"
urlpatterns = [
    path("login/", public(signin.SignInView.as_view()), name="login"),
    # Public, so that a second click does not ask to sign in and then lead back to signing out.
    path("logout/", public(signin.SignOutView.as_view()), name="logout"),
    path("password/", signin.password_change, name="password_change"),
    path("settings/", settings.settings, name="settings"),
    path("offices/", offices.office_list, name="office_list"),
    path("offices/new/", offices.office_create, name="office_create"),
    path("offices/<int:pk>/", offices.office_edit, name="office_edit"),
    path("departments/", departments.department_list, name="department_list"),
    path("departments/new/", departments.department_create, name="department_create"),
    path("departments/<int:pk>/", departments.department_edit, name="department_edit"),
    path("users/", users.user_list, name="user_list"),
    path("users/new/", users.user_create, name="user_create"),
    path("users/<int:pk>/", users.user_edit, name="user_edit"),
    path("users/<int:pk>/reset-password/", users.user_reset_password, name="user_reset_password"),
    path("users/<int:pk>/unlock/", users.user_unlock, name="user_unlock"),
]

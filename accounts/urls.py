"""Routes of the pages of accounts."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import OwnPassword, SignIn

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("password/", OwnPassword.as_view(), name="own-password"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
]

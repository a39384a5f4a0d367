from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Staff and teams"

    def ready(self) -> None:
        """Have sign-ins noted in their sessions."""
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415  models are there only now

        from accounts.sessions import note_sign_in  # noqa: PLC0415

        user_logged_in.connect(note_sign_in)

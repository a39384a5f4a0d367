"""Staff: people who sign in, the teams they work in, and their role in each."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Makes users, who are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who can sign in; without a password only after one has been set."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator of the whole installation."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in ignores the case of the address."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """One member of staff. `is_superuser` makes an administrator, `is_staff` lets into the admin site.

    Written by `accounts.services` only.
    """

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may use the admin site", default=False)
    sees_personal_data = models.BooleanField(
        "may see personal data",
        default=False,
        help_text="Who the customers are and what is known of them. Administrators may without this.",
    )
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"), name="user_email_unique", violation_error_message="This address has an account already."
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a person may do in one team, the least first; docs/accounts.md says what each is for."""

    VIEWER = "viewer"
    EDITOR = "editor"
    APPROVER = "approver"
    ADMIN = "admin"

    def or_higher(self) -> "list[Role]":
        """This role and those that may do more."""
        roles = list(Role)
        return roles[roles.index(self) :]


class Team(models.Model):
    """A group of staff that owns segments, connections and activations."""

    key = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=150)
    colour = models.CharField(
        max_length=7,
        default="#3b5bdb",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Write a colour as #rrggbb.")],
        help_text="The dot beside the team's name, as #rrggbb.",
    )
    four_eyes = models.BooleanField(
        default=False, help_text="Versions are published once an approver who has not written them has agreed."
    )
    members = models.ManyToManyField(User, through="TeamMember", related_name="teams")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """One person's role in one team."""

    Role = Role

    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("team", "user"),
                name="one_role_per_team",
                violation_error_message="This person is a member of the team already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} ({self.role} in {self.team})"

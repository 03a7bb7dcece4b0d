import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible, memberships_of
from accounts.models.shop import Shop


class AddressField(models.EmailField):  # type: ignore[type-arg]  # the stubs know parameters, Django does not
    """An e-mail address in small letters, however it was typed: one person, one spelling."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.strip().lower() if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.get_prep_value(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> Self:
        """Herself, and her colleagues in the shops she works for."""
        if isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        colleagues = Membership.objects.filter(shop__in=memberships_of(user)).values("user")
        return self.filter(models.Q(pk=user.pk) | models.Q(pk__in=colleagues))

    def team_of(self, shop: Shop) -> Self:
        return self.filter(is_active=True, pk__in=Membership.objects.filter(shop=shop).values("user"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: by email, never by a user name."""

    email = AddressField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    ledger_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    tours_done = models.JSONField(_("tours no longer needed"), default=list, blank=True, editable=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_in_small_letters")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]

    @cached_property
    def roles(self) -> dict[int, str]:
        """Shop id to role, read once for one request."""
        return dict(self.memberships.values_list("shop_id", "role"))

    def role_in(self, shop: Shop) -> "Role":
        return Role(self.roles.get(shop.pk, Role.SHOPPER))

    def works_for(self, shop: Shop) -> bool:
        return self.is_active and (self.is_superuser or shop.pk in self.roles)

    @property
    def is_staff(self) -> bool:
        """Django's word for "may enter the admin": those who run a shop."""
        return self.is_superuser or Role.ADMIN in self.roles.values()

    @property
    def is_team(self) -> bool:
        """Works for some shop, as agent or admin."""
        return self.is_superuser or bool(self.roles)


class Role(models.TextChoices):
    SHOPPER = "shopper", _("shopper")
    AGENT = "agent", _("agent")
    ADMIN = "admin", _("admin")


class MembershipQuerySet(Visible["Membership"]):
    def staff_shops(self, user: Any) -> "models.QuerySet[Any, Any]":
        """The shops a person works for, as a subquery; the owner of an installation works for all."""
        if user.is_superuser:
            return Shop.objects.values("pk")
        return self.filter(user=user).values("shop")


class Membership(models.Model):
    """A person works for a shop. Who has none there is a shopper."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="memberships", verbose_name=_("shop"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices[1:], default=Role.AGENT)
    languages = ArrayField(
        models.CharField(max_length=10),
        verbose_name=_("languages"),
        default=list,
        blank=True,
        help_text=_("Codes with a comma between, such as en,de. They are given talks in these; empty means in all."),
    )
    since = models.DateTimeField(_("since"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "shop"], name="one_role_in_a_shop"),
            models.CheckConstraint(condition=models.Q(role__in=["agent", "admin"]), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.shop} · {self.get_role_display()}"

"""Who may see what, said once: rows of a shop for its team, rows of a customer for herself."""

from typing import Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model, covariant=True)


def memberships_of(user: Any) -> models.QuerySet[Any]:
    """The shops a person works for, as a subquery: a join would repeat rows."""
    from accounts.models.user import Membership

    return Membership.objects.filter(user=user).values("shop")


class Visible(models.QuerySet[Row]):
    """A queryset that knows the path to the shop and, where there is one, to the customer."""

    shop_path = "shop"
    customer_path = ""

    def visible_to(self, user: Any) -> Self:
        """Everything to the team of the shop, her own to a shopper, nothing to a stranger."""
        if isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        seen = Q(**{f"{self.shop_path}__in": memberships_of(user)})
        if self.customer_path:
            seen |= Q(**{f"{self.customer_path}user": user})
        return self.filter(seen)

from accounts.models.shop import Shop
from accounts.models.user import User

__all__ = ["Shop", "User"]

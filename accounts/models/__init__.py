from accounts.models.address import Address
from accounts.models.change import OrderChange
from accounts.models.consent import ConsentRecord, ConsentText, How, Purpose
from accounts.models.crm import Crm, CrmPerson, CrmPush
from accounts.models.customer import Customer
from accounts.models.first_admin import FirstAdminToken
from accounts.models.merge import CustomerMerge, OtherIdentity
from accounts.models.note import CustomerNote, CustomerTag
from accounts.models.order import (
    Order,
    OrderLine,
    Payment,
    Refund,
    Return,
    ReturnLine,
    Shipment,
    TrackingEvent,
)
from accounts.models.payment_method import PaymentMethod
from accounts.models.product import Product, Variant
from accounts.models.proof import OrderProof
from accounts.models.rule import OrderAction, Rule
from accounts.models.shop import Shop
from accounts.models.team import AgentPresence, Skill, Team, Topic
from accounts.models.user import Membership, Role, User

__all__ = [
    "Address",
    "AgentPresence",
    "ConsentRecord",
    "ConsentText",
    "Crm",
    "CrmPerson",
    "CrmPush",
    "Customer",
    "CustomerMerge",
    "CustomerNote",
    "CustomerTag",
    "FirstAdminToken",
    "How",
    "Membership",
    "Order",
    "OrderAction",
    "OrderChange",
    "OrderLine",
    "OrderProof",
    "OtherIdentity",
    "Payment",
    "PaymentMethod",
    "Product",
    "Purpose",
    "Refund",
    "Return",
    "ReturnLine",
    "Role",
    "Rule",
    "Shipment",
    "Shop",
    "Skill",
    "Team",
    "Topic",
    "TrackingEvent",
    "User",
    "Variant",
]

"""Odoo by its JSON-RPC: people are partners, notes stand in their chatter, tickets are of Helpdesk, without it leads.

Odoo keeps no keys, so a note or a ticket carries its key and is looked for before it is written.
"""

from typing import Any
from uuid import UUID

from django.utils.html import escape, linebreaks

from accounts.crm import Declined, Person, Standing
from accounts.crm.rest import standing
from accounts.models import Crm
from accounts.platforms import Away, Patience
from accounts.platforms.calls import System, understood

_REFUSALS = ("AccessDenied", "AccessError", "ValidationError", "UserError", "MissingError")


class Odoo:
    def __init__(self, told: Crm, secret: str, patience: Patience) -> None:
        self.told, self.secret = told, secret
        self.system = System(told.address.rstrip("/"), {}, patience)
        self.known_as = 0

    def find(self, person: Person) -> str:
        asked: list[Any] = [["|", ["ref", "=", person.reference], ["email", "=ilike", _literally(person.email)]]]
        found = self._do("res.partner", "search", asked, limit=1, order="ref, id")
        return understood(lambda: str(int(found[0])) if found else "")

    def upsert(self, person: Person) -> str:
        known = self.find(person)
        told = {"name": person.name or person.email, "email": person.email, "ref": person.reference}
        told |= {"phone": person.phone} if person.phone else {}
        if known:
            self._do("res.partner", "write", [[int(known)], told])
            return known
        made = self._do("res.partner", "create", [told])
        return understood(lambda: str(int(made)))

    def note(self, person_id: str, text: str, *, key: UUID) -> None:
        there = [["model", "=", "res.partner"], ["res_id", "=", int(person_id)], ["subject", "=", _mark(key)]]
        if self._do("mail.message", "search_count", [there]):
            return
        self._do("res.partner", "message_post", [[int(person_id)]], body=linebreaks(escape(text)), subject=_mark(key))

    def ticket(self, person_id: str, subject: str, text: str, *, key: UUID) -> None:
        has_helpdesk = self._do("ir.model", "search_count", [[["model", "=", "helpdesk.ticket"]]])
        model = "helpdesk.ticket" if has_helpdesk else "crm.lead"
        title = f"{subject} [{_mark(key)}]"
        if self._do(model, "search_count", [[["name", "=", title]]]):
            return
        body = {"name": title, "partner_id": int(person_id), "description": linebreaks(escape(text))}
        self._do(model, "create", [body])

    def standing(self, person_id: str) -> Standing:
        wanted = ["total_invoiced", "currency_id", "category_id"]
        has = self._do("res.partner", "fields_get", [wanted], attributes=["type"])
        fields = understood(lambda: [name for name in wanted if name in has])
        rows = self._do("res.partner", "read", [[int(person_id)]], fields=fields)
        if not rows:
            return Standing()
        told = understood(lambda: dict(rows[0]))
        worn = told.get("category_id") or []
        names = self._do("res.partner.category", "read", [worn], fields=["name"]) if worn else []
        return understood(
            lambda: standing(
                {
                    "value": told.get("total_invoiced") or None,  # what is empty is False in Odoo
                    "currency": told["currency_id"][1] if told.get("currency_id") else "",
                    "segment": ", ".join(str(one["name"]) for one in names),
                }
            )
        )

    def _do(self, model: str, method: str, arguments: list[Any], **more: Any) -> Any:
        if not self.known_as:
            self.known_as = self._call("common", "authenticate", self.told.user, self.secret, {})
            if not isinstance(self.known_as, int) or not self.known_as:
                raise Declined("Odoo does not know this user with this password")
        return self._call("object", "execute_kw", self.known_as, self.secret, model, method, arguments, more)

    def _call(self, service: str, method: str, *arguments: Any) -> Any:
        params = {"service": service, "method": method, "args": [self.told.database, *arguments]}
        told = self.system.tell("POST", "/jsonrpc", {"jsonrpc": "2.0", "method": "call", "params": params, "id": 1})
        if not isinstance(told, dict) or ("result" not in told and "error" not in told):
            raise Away("The answer is no JSON-RPC")
        if error := told.get("error"):
            name = understood(lambda: str((error.get("data") or {}).get("name") or error.get("message")))
            # Its message may quote what we sent, so only the name of the error is kept.
            raise (Declined if name.rpartition(".")[2] in _REFUSALS else Away)(f"Odoo said {name[:100]}")
        return told.get("result")


def _literally(text: str) -> str:
    """In a pattern, only itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _mark(key: UUID) -> str:
    return f"aftersale {key}"

"""CRMs on this machine that speak as the real ones do; what goes wrong with them goes wrong as with shops."""

import re

from tests.accounts.platforms.servers import Shop


class RestCrm(Shop):
    scheme, password = "rest", "secret-token"
    settings = {"kind": "rest"}

    def __init__(self):
        super().__init__()
        self.people, self.keys, self.notes, self.tickets = {}, set(), [], []

    def has_key(self, headers):
        return headers["authorization"] == f"Bearer {self.password}"

    def knows(self, email, **more):
        number = str(7 + len(self.people))
        self.people[number] = {"id": number, "email": email, "name": "", **more}
        return number

    def values(self, person_id):
        self.people[person_id] |= {"value": "1234.50", "currency": "EUR", "segment": "Gold"}

    def answer(self, method, path, query, headers, body):
        if method == "GET" and path == "/people":
            return 200, {"people": [one for one in self.people.values() if one["email"] == query["email"]]}
        if found := re.fullmatch(r"/people/by-email/([^/]+)", path):
            known = next((key for key, one in self.people.items() if one["email"] == found[1]), None)
            known = known or self.knows(found[1])
            self.people[known] |= body
            return 200, self.people[known]
        found = re.fullmatch(r"/people/([^/]+)(?:/(notes|tickets))?", path)
        if found is None or found[1] not in self.people:
            return 404, {}
        if found[2] and headers["idempotency-key"] not in self.keys:
            self.keys.add(headers["idempotency-key"])
            getattr(self, found[2]).append((found[1], *body.values()))
        return 200, self.people[found[1]]


class OdooCrm(Shop):
    """Of Odoo's models, those that are asked."""

    scheme, user, password = "odoo", "bot@shop.example", "secret"
    settings = {"kind": "odoo", "database": "lumen", "user": user}
    has_helpdesk = True

    def __init__(self):
        super().__init__()
        self.rows = {"res.partner": {}, "mail.message": {}, "helpdesk.ticket": {}, "crm.lead": {}}
        self.rows["res.partner.category"] = {3: {"name": "Gold"}}
        self.fields = {"total_invoiced", "currency_id", "category_id"}

    def has_key(self, headers):
        return True  # each call brings its own

    def knows(self, email, **more):
        return str(self._make("res.partner", {"email": email, "ref": "", "name": "", **more}))

    def values(self, person_id):
        told = {"total_invoiced": 1234.5, "currency_id": [1, "EUR"], "category_id": [3]}
        self.rows["res.partner"][int(person_id)] |= told

    @property
    def people(self):
        return {str(key): one for key, one in self.rows["res.partner"].items()}

    @property
    def notes(self):
        return [(str(one["res_id"]), one["body"]) for one in self.rows["mail.message"].values()]

    @property
    def tickets(self):
        model = "helpdesk.ticket" if self.has_helpdesk else "crm.lead"
        rows = self.rows[model].values()
        return [(str(one["partner_id"]), one["name"].partition(" [")[0], one["description"]) for one in rows]

    def answer(self, method, path, query, headers, body):
        if (method, path) != ("POST", "/jsonrpc"):
            return 404, {}
        asked = body["params"]
        try:
            return 200, {"jsonrpc": "2.0", "id": body["id"], "result": self._call(asked["service"], *asked["args"])}
        except KeyError as error:
            data = {"name": "odoo.exceptions.MissingError", "message": str(error)}
            return 200, {"jsonrpc": "2.0", "error": {"code": 200, "message": "Odoo Server Error", "data": data}}

    def _call(self, service, database, user, password, *rest):
        if service == "common":
            return 2 if (database, user, password) == ("lumen", self.user, self.password) else False
        assert (user, password) == (2, self.password)
        model, method, arguments, more = rest
        return getattr(self, f"_{method}")(model, *arguments, **more)

    def _make(self, model, told):
        key = 7 + len(self.rows[model])
        self.rows[model][key] = dict(told)
        return key

    _create = _make

    def _search(self, model, domain, limit=None, order=""):
        def holds(one, key, condition):
            field, how, value = condition
            mine = key if field == "id" else one.get(field)
            if how == "=ilike":
                value = re.sub(r"\\(.)", r"\1", value)
                return str(mine).lower() == value.lower()
            return mine == value

        either = any if domain[0] == "|" else all
        wanted = [each for each in domain if each != "|"]
        found = [key for key, one in self.rows[model].items() if either(holds(one, key, each) for each in wanted)]
        return sorted(found, key=lambda key: (not self.rows[model][key].get("ref"), key))[:limit]

    def _search_count(self, model, domain):
        if model == "ir.model":
            return int(self.has_helpdesk)
        return len(self._search(model, domain))

    def _write(self, model, keys, told):
        for key in keys:
            self.rows[model][key] |= told
        return True

    def _read(self, model, keys, fields):
        return [{"id": key, **{name: self.rows[model][key].get(name, False) for name in fields}} for key in keys]

    def _fields_get(self, model, names, attributes):
        return {name: {"type": "x"} for name in names if name in self.fields}

    def _message_post(self, model, keys, body, subject):
        return self._make("mail.message", {"model": model, "res_id": keys[0], "body": body, "subject": subject})

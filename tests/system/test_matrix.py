"""Role x operation x own, somebody else's, another location: every cell of the running program's own table of operations is tried and
must be as tests/data/rights.txt says (reliability 47). An operation without a line there fails. MERX_RIGHTS=write writes the file
anew: read the difference line by line before you keep it."""

import os
import unittest

import merx
from customers import CustomerTest, new_phone
from test_walk import SAMPLES

FILE = os.path.join(merx.ROOT, "tests", "data", "rights.txt")
STAFF = ["owner", "manager", "cashier", "clerk", "agent", "warehouse", "channel", "auditor", "till", "script"]
ROLES = STAFF + ["customer", "nobody"]
BEARER = {"wallet.transfer"}  # whoever holds the code of a gift card may, and the samples hold one
HEAD = """# Who may call what. Tried cell by cell by tests/system/test_matrix.py against the running program; written anew with MERX_RIGHTS=write
# and then read line by line: this file says what is right, not what happens to be.
#
# operation | whom it is about when a customer calls (the member of the input; * nobody; ? its handler looks; - customers never)
#           | "location" when people who answer for some locations only must name one of theirs | roles ("everybody": it needs no key;
#           "whoever signs it": a message of somebody outside, by /v1/hooks/)
"""


class Operation:
    def __init__(self, name, about, schemas):
        self.name, self.public, self.hook = name, about.get("security") == [], "x-merx-hook" in about
        self.own = about.get("x-merx-own", "-")
        schema = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        self.location = "location" in schema.get("properties", {}) and schema["properties"]["location"].get("type") == "string"

    def line(self, roles):
        who = "whoever signs it" if self.hook else "everybody" if self.public else " ".join(role for role in ROLES if role in roles)
        return "%s | %s | %s | %s" % (self.name, self.own, "location" if self.location else "-", who)


def read_policy():
    policy = {}
    with open(FILE, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                policy[line.split(" | ")[0]] = line.rstrip("\n")
    return policy


class Matrix(CustomerTest):
    demo = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("identity.customer.settings.put", {"calls_per_minute": 1000000, "customers_calls_per_minute": 0})
        client = cls.shop.client()
        cls.addClassCleanup(client.close)
        api = merx.json.loads(client.request("GET", "/openapi.json", headers={"Authorization": "Bearer " + cls.shop.owner_key})[2])
        cls.operations = [Operation(about["post"]["operationId"], about["post"], api["components"]["schemas"])
                          for path, about in sorted(api["paths"].items()) if path.startswith("/v1/") and "post" in about]
        cls.their_phone = new_phone()
        cls.theirs = cls.shop.ok("membership.join", {"phone": cls.their_phone})["member"]["id"]
        cls.keys = {role: cls.shop.owner_key if role == "owner" else cls.shop.make_key(role) for role in STAFF}

    def setUp(self):
        self.phone = new_phone()
        self.mine = self.join(self.phone)
        self.keys["customer"] = self.login(self.phone)
        self.keys["nobody"] = None

    def person_of(self, phone):
        return self.shop.ok("identity.person.find", {"kind": "phone", "value": phone})["person"]

    def client_of(self, role):
        """From an address of its own: strangers are counted by it."""
        client = merx.Client(self.shop.port, self.keys[role], source="127.0.1.%d" % (ROLES.index(role) + 1))
        self.addCleanup(client.close)
        return client

    def test_every_role_and_every_operation(self):
        """S0-31: what is not allowed here is refused, what is allowed is not. An input with a member that nobody knows is refused only
        behind the right."""
        lines = {}
        clients = {role: self.client_of(role) for role in ROLES}
        for operation in self.operations:
            allowed = set()
            for role in ROLES:
                if operation.hook:
                    status, answer = clients[role].call("hooks/%s/anything" % operation.name, {"no_such_member": 1})
                    self.assertEqual(status, 401, (operation.name, role, answer))
                    continue
                status, answer = clients[role].call(operation.name, {"no_such_member": 1})
                self.assertIn(status, (400, 401, 403), (operation.name, role, answer))
                if status == 400:
                    allowed.add(role)
            if operation.public and not operation.hook:
                self.assertEqual(allowed, set(ROLES), operation.name)
            lines[operation.name] = operation.line(allowed)
        if os.environ.get("MERX_RIGHTS") == "write":
            with open(FILE, "w", encoding="utf-8") as file:
                file.write(HEAD + "".join(lines[name] + "\n" for name in sorted(lines)))
        policy = read_policy()
        self.assertEqual(sorted(lines), sorted(policy), "every operation has its line in tests/data/rights.txt")
        different = ["is:     %s\nshould: %s" % (lines[name], policy[name]) for name in lines if lines[name] != policy[name]]
        self.assertEqual(different, [], "\n".join(different))

    def customers_own(self):
        customer = {name for name, line in read_policy().items() if line.endswith("customer")}
        return [operation for operation in self.operations if operation.name in customer]

    def test_a_customer_sees_and_touches_her_own(self):
        """S0-31: of what is about a member, her own is hers, somebody else's is nobody's business of hers; left out, she is meant."""
        client = self.client_of("customer")
        ids = {"mem": (self.mine, self.theirs), "per": (self.person_of(self.phone), self.person_of(self.their_phone))}
        tried = 0
        for operation in sorted(self.customers_own(), key=lambda each: each.name == "privacy.erase"):  # that is the end of her
            if operation.own in "*?":
                continue
            with self.subTest(operation.name):
                body = SAMPLES[operation.name].body(self.shop)
                mine, theirs = ids["per" if str(body.get(operation.own, "mem")).startswith("per") else "mem"]
                status, answer = client.call(operation.name, {**body, operation.own: theirs})
                self.assertEqual((status, answer.get("field")), (403, operation.own), answer)
                status, answer = client.call(operation.name, {**body, operation.own: mine})
                self.assertNotIn(status, (401, 403), answer)
                tried += 1
                if operation.name == "privacy.erase":
                    continue
                body.pop(operation.own, None)
                status, answer = client.call(operation.name, body)
                self.assertNotIn((status, answer.get("field") if status != 200 else None), ((403, operation.own), (400, operation.own)), answer)
        self.assertGreater(tried, 5)

    def test_what_handlers_look_at_is_not_shown_to_others(self):
        """What the samples name was made by the owner or for somebody else."""
        client = self.client_of("customer")
        for operation in self.customers_own():
            if operation.own == "?" and operation.name not in BEARER:
                with self.subTest(operation.name):
                    status, answer = client.call(operation.name, self.somebody_elses(operation.name))
                    self.assertIn(status, (403, 404, 409), answer)
                    if status == 409:
                        self.assertNotIn(self.theirs, str(answer))

    def somebody_elses(self, name):
        body = SAMPLES[name].body(self.shop)
        return {key: self.theirs if str(value).startswith("mem_") else value for key, value in body.items()}

    def scoped(self, role):
        """A key of somebody with this role who answers for store-1 alone."""
        staff = self.shop.ok("identity.staff.put", {"name": role, "login": "matrix." + role, "role": role, "locations": ["store-1"]})["staff"]["id"]
        key = self.shop.ok("identity.key.create", {"principal": staff})["key"]["id"]
        return self.shop.ok("identity.key.reveal", {"id": key})["text"]

    def test_people_of_one_location_stay_there(self):
        policy = read_policy()
        for role in STAFF:
            client = merx.Client(self.shop.port, self.scoped(role))
            self.addCleanup(client.close)
            for operation in self.operations:
                if not operation.location or role not in policy[operation.name].split(" | ")[3].split():
                    continue
                with self.subTest(operation.name, role=role):
                    body = SAMPLES[operation.name].body(self.shop)
                    status, answer = client.call(operation.name, {**body, "location": "store-2"})
                    self.assertEqual((status, answer.get("field")), (403, "location"), answer)
                    status, answer = client.call(operation.name, {**body, "location": "store-1"})
                    self.assertNotEqual((status, answer.get("field")), (403, "location"), answer)


if __name__ == "__main__":
    unittest.main()

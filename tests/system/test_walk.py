"""A walk over every operation of the running program, made from its own description: what goes in, what comes out, who may,
and that nothing happens twice. An operation without a sample here fails the walk, so that nobody forgets it."""

import json
import re
import threading
import unittest

import merx
import walk_samples
from walk_privacy import PRIVACY
from walk_rewards import REWARDS

SAMPLES = {**walk_samples.SAMPLES, **REWARDS, **PRIVACY}

INT_MAX = 2**53 - 1
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


class Schemas:
    """As much of JSON Schema as the description uses; an unknown keyword is an error."""

    KNOWN = {"type", "title", "description", "properties", "required", "additionalProperties", "items", "enum", "minimum", "maximum",
             "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "pattern", "format", "anyOf", "readOnly",
             "writeOnly"}

    def __init__(self, api):
        self.parts = api["components"]["schemas"]

    def resolve(self, schema):
        return self.parts[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema

    @staticmethod
    def is_a(value, name):
        if name == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, TYPES[name])

    def faults(self, schema, value, path=""):
        schema = self.resolve(schema)
        odd = {name for name in schema if name not in self.KNOWN and not name.startswith("x-")}
        if odd:
            yield "%s: the schema has unknown keywords %s" % (path, odd)
        if "anyOf" in schema:
            if not any(not list(self.faults(each, value, path)) for each in schema["anyOf"]):
                yield path + ": fits none of anyOf"
            return
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(self.is_a(value, kind) for kind in kinds):
            yield "%s: is no %s" % (path, kinds)
            return
        if "enum" in schema and value not in schema["enum"]:
            yield "%s: %r is none of its words" % (path, value)
        if isinstance(value, str):
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", INT_MAX):
                yield "%s: has %d characters" % (path, len(value))
            if "pattern" in schema and not re.search(schema["pattern"], value):
                yield "%s: %r does not fit %s" % (path, value, schema["pattern"])
        elif isinstance(value, int) and not isinstance(value, bool):
            if not schema.get("minimum", -INT_MAX) <= value <= schema.get("maximum", INT_MAX):
                yield "%s: %d is out of range" % (path, value)
        elif isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", INT_MAX):
                yield "%s: has %d elements" % (path, len(value))
            for i, each in enumerate(value):
                yield from self.faults(schema.get("items", {}), each, "%s[%d]" % (path, i))
        elif isinstance(value, dict):
            yield from self.object_faults(schema, value, path)

    def object_faults(self, schema, value, path):
        for name in schema.get("required", []):
            if name not in value:
                yield "%s: %s is missing" % (path, name)
        if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", INT_MAX):
            yield "%s: has %d members" % (path, len(value))
        more = schema.get("additionalProperties", True)
        for name, each in value.items():
            inner = schema.get("properties", {}).get(name, more)
            if inner is False:
                yield "%s: %s is not known" % (path, name)
            elif inner is not True:
                yield from self.faults(inner, each, path + "." + name if path else name)


class Twice(dict):
    """An object whose member `name` is written twice."""

    def __init__(self, members, name):
        super().__init__(members)
        self.name = name


def text_of(value):
    if isinstance(value, dict):
        members = ["%s:%s" % (json.dumps(name), text_of(each)) for name, each in value.items()]
        if isinstance(value, Twice):
            members.append("%s:%s" % (json.dumps(value.name), text_of(value[value.name])))
        return "{%s}" % ",".join(members)
    if isinstance(value, list):
        return "[%s]" % ",".join(text_of(each) for each in value)
    return json.dumps(value)


class Spoiler:
    """Every way in which one input can be wrong: (what, code, field, body)."""

    def __init__(self, schemas):
        self.schemas = schemas

    def wrong_values(self, schema):
        """Values that one member must not have: (what, code, value)."""
        kinds = schema.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "integer" in kinds and len(kinds) > 2:
            return  # any JSON
        yield "wrong type", "wrong_type", {"integer": "five", "string": 5, "boolean": 1, "array": {}, "object": []}[kinds[0]]
        if "null" not in kinds:
            yield "null", "wrong_type", None
        if "enum" in schema:
            yield "unknown word", "out_of_range", "no such word"
        elif "pattern" in schema:
            yield "no id", "out_of_range", "id_1"
        elif kinds[0] == "string":
            if schema.get("minLength"):
                yield "empty", "out_of_range", ""
            if schema["maxLength"] <= 100000:
                yield "too long", "out_of_range", "x" * (schema["maxLength"] + 1)
            yield "a control character", "out_of_range", "a\u0001"
        elif kinds[0] == "integer":
            yield "too small", "out_of_range", schema["minimum"] - 1
            yield "too large", "out_of_range", schema["maximum"] + 1
            yield "a fraction", "wrong_type", 1.5
        elif kinds[0] == "array" and schema.get("minItems"):
            yield "too few", "out_of_range", []
        elif kinds[0] == "object" and schema.get("minProperties"):
            yield "too few", "out_of_range", {}

    def too_many(self, schema, value):
        """A list or map with one element more than it may have."""
        if isinstance(value, list) and value and schema.get("maxItems", INT_MAX) <= 1000:
            return [value[0]] * (schema["maxItems"] + 1)
        if isinstance(value, dict) and value and schema.get("maxProperties", INT_MAX) <= 1000:
            return {"k%d" % i: "x" for i in range(schema["maxProperties"] + 1)}
        return None

    def spoil(self, schema, body, path=""):
        schema = self.schemas.resolve(schema)
        at = lambda name: path + "." + name if path else name
        yield "unknown field", "unknown_field", at("no_such_field"), {**body, "no_such_field": 1}
        for name in schema.get("required", []):
            yield "missing", "missing_field", at(name), {k: v for k, v in body.items() if k != name}
        for name, value in body.items():
            yield "doubled", "doubled_field", at(name), Twice(body, name)
        for name, inner in schema.get("properties", {}).items():
            inner = self.schemas.resolve(inner)
            for what, code, value in self.wrong_values(inner):
                yield what, code, at(name), {**body, name: value}
            if self.too_many(inner, body.get(name)) is not None:
                yield "too many", "out_of_range", at(name), {**body, name: self.too_many(inner, body[name])}
            if name in body:
                yield from self.deeper(inner, body, name, at(name))

    def deeper(self, inner, body, name, path):
        """The same one floor down."""
        value = body[name]
        if isinstance(value, dict) and "properties" in inner:
            for what, code, field, changed in self.spoil(inner, value, path):
                yield what, code, field, {**body, name: changed}
        if isinstance(value, list) and value:
            element = self.schemas.resolve(inner["items"])
            if "properties" in element:
                for what, code, field, changed in self.spoil(element, value[-1], "%s[%d]" % (path, len(value) - 1)):
                    yield what, code, field, {**body, name: value[:-1] + [changed]}
            else:
                yield "wrong element", "wrong_type", "%s[%d]" % (path, len(value) - 1), {**body, name: value[:-1] + [5]}


class Walk(merx.ShopTest):
    settings = {"demo": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.shop.client()
        answer = client.request("GET", "/openapi.json", None, {"Authorization": "Bearer " + cls.shop.owner_key})
        client.close()
        cls.api = json.loads(answer[2])
        cls.schemas = Schemas(cls.api)
        cls.operations = {path[4:]: methods["post"] for path, methods in cls.api["paths"].items()
                          if "x-merx-hook" not in methods["post"]}
        cls.sources = {}
        cls.count = 0

    def tearDown(self):
        for client in self.sources.values():
            client.close()
        self.sources.clear()

    # ---- helpers ----

    def is_public(self, op):
        return self.operations[op].get("security") == []

    def is_command(self, op):
        return self.operations[op]["x-merx-kind"] == "command"

    def input_of(self, op):
        return self.operations[op]["requestBody"]["content"]["application/json"]["schema"]

    def client_for(self, op):
        """Operations without a key are limited by address: each has one of its own here."""
        place = sorted(self.operations).index(op) + 2 if self.is_public(op) else 1
        if place not in self.sources:
            self.sources[place] = merx.Client(self.shop.port, self.shop.owner_key, source="127.0.0.%d" % place)
        return self.sources[place]

    def send(self, op, text, key=None, idem=None, client=None):
        """-> (status, headers, bytes); key "" sends none."""
        headers = {"Content-Type": "application/json"}
        bearer = self.shop.owner_key if key is None else key
        if bearer and not (key is None and self.is_public(op)):
            headers["Authorization"] = "Bearer " + bearer
        if idem:
            headers["Idempotency-Key"] = idem
        return (client or self.client_for(op)).request("POST", "/v1/" + op, text.encode(), headers)

    def fresh_key(self):
        Walk.count += 1
        return "walk-%d" % Walk.count

    def idem(self, op):
        return self.fresh_key() if self.is_command(op) else None

    def problem(self, answer):
        self.assertEqual(list(self.schemas.faults({"$ref": "#/components/schemas/problem"}, answer)), [], answer)
        return answer

    def figures(self, op):
        """What a refused input must not change: how often the operation did or refused something, and the log."""
        status, _, text = self.client_for("system.stat").request("GET", "/metrics", None, {"Authorization": "Bearer " + self.shop.owner_key})
        self.assertEqual(status, 200)
        wanted = re.compile(r'merx_operations_total\{op="%s",result="(?!bad_request)\w+"\} .*|merx_log_sequence .*' % re.escape(op))
        return [line for line in text.decode().splitlines() if wanted.fullmatch(line) and not line.endswith("} 0")]

    def each(self):
        for op in sorted(self.operations):
            if op in SAMPLES:
                yield op, SAMPLES[op]

    # ---- the walk ----

    def test_every_operation_has_a_sample(self):
        self.assertEqual(sorted(set(self.operations) - set(SAMPLES)), [], "write a sample for these in walk_samples.py")
        self.assertEqual(sorted(set(SAMPLES) - set(self.operations)), [], "these are no operations any more")

    def test_samples_and_their_answers_fit_the_description(self):
        checked = 0
        for op, sample in self.each():
            with self.subTest(op=op):
                body = sample.body(self.shop)
                self.assertEqual(list(self.schemas.faults(self.input_of(op), body)), [])
                status, headers, data = self.send(op, text_of(body), idem=self.idem(op))
                answer = json.loads(data)
                self.assertEqual(status, sample.status, answer)
                self.assertIn(str(status), self.operations[op]["responses"])
                if status == 200:
                    schema = self.operations[op]["responses"]["200"]["content"]["application/json"]["schema"]
                    self.assertEqual(list(self.schemas.faults(schema, answer)), [], answer)
                else:
                    self.problem(answer)
                checked += 1
        print("\n# %d operations answered as described" % checked)

    def test_wrong_inputs_are_refused_and_named(self):
        spoiler = Spoiler(self.schemas)
        cases = 0
        for op, sample in self.each():
            body = sample.body(self.shop)
            before = self.figures(op)
            for what, code, field, spoiled in spoiler.spoil(self.input_of(op), body):
                cases += 1
                status, _, data = self.send(op, text_of(spoiled), idem=self.idem(op))
                answer = self.problem(json.loads(data))
                if (status, answer["code"], answer.get("field")) != (400, code, field):
                    with self.subTest(op=op, what=what, field=field, body=text_of(spoiled)[:300]):
                        self.fail(answer)
            with self.subTest(op=op):
                self.assertEqual(self.figures(op), before)
        print("\n# %d wrong inputs were refused" % cases)
        self.assertGreater(cases, 1000)

    # ---- who may ----

    @staticmethod
    def holds(permissions, wanted):
        return any(held in ("*", wanted) or (held.endswith(".*") and wanted.startswith(held[:-1]) and wanted != held[:-1])
                   for held in permissions)

    def test_only_those_may_who_hold_the_permission(self):
        self.shop.ok("identity.role.put", {"code": "walker", "name": "A role of the shop's own",
                                           "permissions": ["orders.*", "catalog.read", "system.verify", "queries.own"]})
        self.shop.ok("identity.role.put", {"code": "nothing", "name": "Nothing at all", "permissions": []})
        roles = {role["code"]: role["permissions"] for role in self.shop.ok("identity.role.list")["roles"]}
        cases = allowed = 0
        for role, permissions in sorted(roles.items()):
            if role in ("script", "till", "customer"):
                continue  # nobody can be given a key with them
            key = self.shop.make_key(role)
            for op in sorted(self.operations):
                may = self.is_public(op) or self.holds(permissions, self.operations[op].get("x-merx-permission"))
                status, _, data = self.send(op, '{"no_such_field":1}', key=key, idem=self.idem(op))
                cases, allowed = cases + 1, allowed + may
                with self.subTest(role=role, op=op):
                    self.assertEqual(status, 400 if may else 403, data)
        print("\n# %d pairs of role and operation, %d of them allowed" % (cases, allowed))
        self.assertGreater(allowed, 100)
        self.assertGreater(cases - allowed, 100)

    def test_nobody_may_without_a_key(self):
        for op in sorted(self.operations):
            for key in ("", "mxk_00000000000000000000000000_" + "A" * 43, "odd"):
                if self.is_public(op) and key:
                    continue
                status, headers, data = self.send(op, '{"no_such_field":1}', key=key, idem=self.idem(op))
                with self.subTest(op=op, key=key):
                    self.assertEqual(status, 400 if self.is_public(op) else 401, data)
                    self.assertEqual("WWW-Authenticate" in headers, status == 401)

    # ---- once and only once ----

    def varied(self, op, body):
        """Other bodies that the description allows."""
        for name, schema in self.schemas.resolve(self.input_of(op)).get("properties", {}).items():
            schema = self.schemas.resolve(schema)
            if schema.get("format") == "password":
                continue  # calls that differ in a secret alone are the same call
            for value in self.other_values(schema, body.get(name)):
                changed = {**body, name: value}
                if changed != body and not list(self.schemas.faults(self.input_of(op), changed)):
                    yield changed

    @staticmethod
    def other_values(schema, value):
        if isinstance(value, int) and not isinstance(value, bool):
            yield from (value + 1, value - 1)
        elif isinstance(value, str):
            yield value[:-1] + ("Z" if value.endswith("Y") else "Y")
            yield value + "x"
        elif value is None:
            yield from (schema.get("minimum"), (schema.get("enum") or [None])[0], "x", True, "qry_" + "0" * 26)

    def test_commands_happen_once(self):
        commands = other = 0
        for op, sample in self.each():
            if not self.is_command(op) or sample.status not in (200, 409):
                continue
            commands += 1
            key, body = self.fresh_key(), sample.body(self.shop)
            first = self.send(op, text_of(body), idem=key)
            again = self.send(op, json.dumps(body, indent=2), idem=key)
            with self.subTest(op=op):
                self.assertEqual((first[0], first[0], first[2]), (sample.status, again[0], again[2]), (first[2], again[2]))
                self.assertEqual((first[1]["Idempotency-Replayed"], again[1]["Idempotency-Replayed"]), (None, "true"))
                for changed in self.varied(op, body):
                    status, _, data = self.send(op, text_of(changed), idem=key)
                    if status == 400:
                        continue  # a text that is short in bytes, or an id of nothing
                    self.assertEqual((status, self.problem(json.loads(data))["code"]), (422, "key_reused"), text_of(changed))
                    other += 1
                    break
                status, _, data = self.send(op, text_of(body))
                self.assertEqual((status, json.loads(data)["code"]), (400, "missing_key"))
        print("\n# %d commands sent twice, %d of them with another body" % (commands, other))
        self.assertGreater(other, 20)

    def test_two_at_once_are_one(self):
        for op, sample in self.each():
            if not self.is_command(op) or sample.status != 200:
                continue
            key, body = self.fresh_key(), text_of(sample.body(self.shop))
            before = self.shop.ok("system.stat", idem=False)["replayed"]
            answers, start = [], threading.Barrier(4)

            def send():
                client = self.shop.client()
                start.wait()
                answers.append(self.send(op, body, idem=key, client=client))
                client.close()

            threads = [threading.Thread(target=send) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            with self.subTest(op=op):
                self.assertEqual({(status, data) for status, _, data in answers}, {(200, answers[0][2])})
                self.assertEqual(sum(headers["Idempotency-Replayed"] == "true" for _, headers, _ in answers), 3)
                self.assertEqual(self.shop.ok("system.stat", idem=False)["replayed"] - before, 3)


if __name__ == "__main__":
    unittest.main()

"""The description of the API: valid by a validator of others' making, complete, and the same from the program and the shop."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import merx

HERE = os.path.join(merx.ROOT, "tests", "openapi")
CHECKER = os.path.join(merx.ROOT, "build", "openapi")
FILES = ("package.json", "package-lock.json", "check.mjs")


def install_checker():
    """Once into build/: copies the checker and installs what its lock file names."""
    os.makedirs(CHECKER, exist_ok=True)
    with open(os.path.join(CHECKER, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = b"".join(open(os.path.join(HERE, name), "rb").read() for name in FILES)
        stamp = os.path.join(CHECKER, "installed")
        if os.path.exists(stamp) and open(stamp, "rb").read() == wanted:
            return
        for name in FILES:
            shutil.copy(os.path.join(HERE, name), CHECKER)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=CHECKER, check=True, capture_output=True,
                       timeout=300)
        with open(stamp, "wb") as file:
            file.write(wanted)


def described():
    done = subprocess.run([merx.PROGRAM, "ops", "--openapi"], capture_output=True, timeout=60, check=True)
    return done.stdout


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = described()
        cls.api = json.loads(cls.text)
        listed = subprocess.run([merx.PROGRAM, "ops", "--json"], capture_output=True, timeout=60, check=True)
        cls.operations = {op["name"]: op for op in json.loads(listed.stdout)["operations"]}

    def check(self, text):
        install_checker()
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(text)
            file.flush()
            return subprocess.run(["node", os.path.join(CHECKER, "check.mjs"), file.name], capture_output=True, text=True, timeout=120)

    def test_a_validator_finds_no_fault(self):
        done = self.check(self.text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"^\d{3,} passed, 0 failed$")

    def test_the_validator_finds_what_is_wrong(self):
        for wrong in (self.text.replace(b'"openapi":"3.1.0"', b'"openapi":"3.1.0","odd":1'),
                      self.text.replace(b"#/components/schemas/problem", b"#/components/schemas/nothing", 1),
                      self.text.replace(b'"minimum":0', b'"minimum":"0"', 1),
                      self.text.replace(b'"maxLength"', b'"maxLenght"', 1)):
            self.assertNotEqual(wrong, self.text)
            self.assertEqual(self.check(wrong).returncode, 1)

    def test_it_is_the_same_each_time(self):
        self.assertEqual(self.text, described())

    def test_every_operation_is_there(self):
        paths = {"/v1/hooks/%s/{name}" % name if op["hook"] else "/v1/" + name: op for name, op in self.operations.items()}
        self.assertEqual(sorted(self.api["paths"]), sorted(paths))
        ids = [op["operationId"] for path in self.api["paths"].values() for op in path.values()]
        self.assertEqual(len(ids), len(set(ids)))
        for path, methods in self.api["paths"].items():
            op = paths[path]
            with self.subTest(op=op["name"]):
                self.assertIn("post", methods)
                self.assertLessEqual(set(methods), {"get", "post"})
                post = methods["post"]
                command = op["kind"] == "command"
                self.assertEqual((post["operationId"], post["tags"], post["x-merx-kind"]), (op["name"], [op["plugin"]], op["kind"]))
                keys = [p.get("name") or p["$ref"].rsplit("/", 1)[1] for p in post.get("parameters", [])]
                self.assertEqual(keys, ["name"] if op["hook"] else ["idempotency_key", "approval"] if command else [])
                if op["public"]:
                    self.assertEqual(post["security"], [])
                else:
                    self.assertEqual(post["x-merx-permission"], op["permission"])
                    self.assertNotIn("security", post)
                expected = {"200", "400", "401", "403", "404", "413", "415", "429", "500", "503"}
                expected |= {"409", "422"} if command else {"409"} if op["heavy"] or post.get("x-merx-burns") else set()
                if op["hook"]:
                    expected = expected - {"415", "422"} | {"431"}
                self.assertEqual(set(post["responses"]), expected)
                self.assertFalse(command and "get" in methods)

    def test_texts_are_written_for_people(self):
        for path, methods in self.api["paths"].items():
            for op in methods.values():
                self.assertTrue(op["summary"].strip(), path)
        self.assertTrue(all(tag.get("description") for tag in self.api["tags"]))
        self.assertEqual(self.api["info"]["version"].count("."), 1)
        self.assertTrue(self.api["info"]["license"]["name"])

    def test_inputs_are_closed_and_answers_open(self):
        schemas = self.api["components"]["schemas"]

        def closed(schema, seen, want):
            name = schema.get("$ref", "").rsplit("/", 1)[-1]
            if name:
                if name in seen:
                    return
                seen.add(name)
                schema = schemas[name]
            if "properties" in schema:
                self.assertEqual(schema.get("additionalProperties", True), not want, name)
            for inner in schema.get("properties", {}).values():
                closed(inner, seen, want)
            if "items" in schema:
                closed(schema["items"], seen, want)
            for inner in schema.get("anyOf", []):
                closed(inner, seen, want)

        inputs, answers = set(), set()
        for methods in self.api["paths"].values():
            if "x-merx-hook" not in methods["post"]:
                closed(methods["post"]["requestBody"]["content"]["application/json"]["schema"], inputs, True)
            answer = methods["post"]["responses"]["200"]["content"]["application/json"]["schema"]
            if "$ref" in answer:
                closed(answer, answers, False)
        self.assertFalse(inputs & answers)
        self.assertEqual(inputs | answers | {"problem"}, set(schemas))

    def test_no_secret_can_be_given_in_an_address(self):
        text = json.dumps([methods["get"]["parameters"] for methods in self.api["paths"].values() if "get" in methods])
        self.assertNotIn("writeOnly", text)
        self.assertNotIn("x-personal", text)
        self.assertIn('"writeOnly": true', json.dumps(self.api["components"]))

    def test_the_codes_of_problems_are_those_of_the_contract(self):
        with open(os.path.join(merx.ROOT, "include", "merx", "error.h")) as file:
            codes = re.findall(r'X\(-\d+, MX_E_\w+, "(\w+)", (\d+),', file.read())
        listed = self.api["components"]["schemas"]["problem"]["properties"]["code"]["x-merx-codes"]
        self.assertEqual([(c["code"], str(c["status"])) for c in listed], codes)
        self.assertGreater(len(codes), 30)


class Served(merx.ShopTest):
    def test_a_shop_serves_the_same(self):
        client = self.shop.client()
        self.addCleanup(client.close)
        status, headers, text = client.request("GET", "/openapi.json", None, {"Authorization": "Bearer " + self.shop.owner_key})
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(json.loads(text), json.loads(described()))


if __name__ == "__main__":
    unittest.main()

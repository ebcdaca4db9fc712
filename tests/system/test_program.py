"""The program itself: init, serve, call, ops, verify, dump; folders that are in use, newer, foreign or damaged."""

import json
import os
import shutil
import subprocess
import unittest

import merx


def tree(folder):
    """Every file of a folder with its bytes."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = file.read()
    return found


class Program(unittest.TestCase):
    def setUp(self):
        self.shop = merx.Shop()
        self.shop.init()
        self.addCleanup(self.shop.stop)

    def serve(self, **more):
        self.shop.serve(**more)
        return self.shop

    def test_init_makes_the_owner_once(self):
        self.assertRegex(self.shop.owner_key, r"^mxk_[0-9A-HJKMNP-TV-Z]{26}_[A-Za-z0-9_-]{43}$")
        self.assertEqual(os.stat(self.shop.data + ".key").st_mode & 0o777, 0o600)
        again = self.shop.run("init", "--data", self.shop.data)
        self.assertEqual(again.returncode, 1)
        self.assertEqual(self.serve().call("shop.settings.get")[0], 200)

    def test_ready_line_and_clean_end(self):
        self.serve()
        self.assertEqual(self.shop.call("system.stat")[0], 200)
        self.assertEqual(self.shop.close(), 0)

    def test_call_speaks_to_a_served_and_an_unserved_folder(self):
        put = ("call", "inventory.location.put", '{"id":"store-1","name":{"en":"One"},"zone":"UTC"}', "--data", self.shop.data)
        done = self.shop.run(*put)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.serve()
        done = self.shop.run("call", "inventory.location.list", "--data", self.shop.data)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(json.loads(done.stdout)["locations"][0]["id"], "store-1")
        url = "http://127.0.0.1:%d" % self.shop.port
        done = self.shop.run("call", "inventory.location.list", "-", "--url", url, stdin="{}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = self.shop.run("call", "catalog.product.get", '{"sku":"NONE"}', "--url", url)
        self.assertEqual((done.returncode, json.loads(done.stdout)["code"]), (1, "not_found"))
        self.assertEqual(os.stat(os.path.join(self.shop.data, "merx.sock")).st_mode & 0o777, 0o600)

    def test_call_says_where_the_key_goes(self):
        call = [merx.PROGRAM, "call", "inventory.location.list", "--data", self.shop.data]
        for served in (False, True):
            if served:
                self.serve()
            for key in ("", "nonsense"):
                done = subprocess.run(call, capture_output=True, text=True, env=dict(os.environ, MERX_KEY=key), timeout=60)
                self.assertEqual((done.returncode, json.loads(done.stdout)["code"]), (1, "no_key"))
                self.assertEqual(done.stderr.strip().splitlines()[-1], "merx call: A valid API key is needed; put it into MERX_KEY.")

    def test_ops_lists_every_operation_with_its_types(self):
        done = self.shop.run("ops", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        names = [op["name"] for op in json.loads(done.stdout)["operations"]]
        for name in ("catalog.product.put", "catalog.product.get", "catalog.product.find", "inventory.receive", "inventory.adjust", "inventory.stock",
                     "membership.join", "membership.get", "membership.find", "loyalty.points.balance", "orders.quote", "orders.place", "orders.return",
                     "orders.get", "orders.list"):
            self.assertIn(name, names)
        self.assertNotIn("inventory.take", names)

    def test_unknown_options_and_commands_are_named(self):
        done = self.shop.run("serve", "--data", self.shop.data, "--colour")
        self.assertEqual(done.returncode, 2)
        self.assertIn("colour", done.stderr)
        self.assertEqual(self.shop.run("dance").returncode, 2)

    def test_a_folder_in_use_is_refused(self):
        self.serve()
        done = self.shop.run("serve", "--data", self.shop.data, "--listen", "127.0.0.1:0", "--no-supervisor")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("in use", done.stderr)
        self.assertEqual(self.shop.call("system.stat")[0], 200)

    def test_only_loopback_is_served_without_tls(self):
        done = self.shop.run("serve", "--data", self.shop.data, "--listen", "0.0.0.0:0", "--no-supervisor")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("this machine alone", done.stderr)

    def test_a_newer_format_is_refused_without_a_byte_changed(self):
        with open(os.path.join(self.shop.data, "format"), "w") as file:
            file.write("merx-data 999\n")
        before = tree(self.shop.folder)
        for args in (("serve", "--data", self.shop.data, "--listen", "127.0.0.1:0", "--no-supervisor"), ("verify", "--data", self.shop.data),
                     ("dump", "--data", self.shop.data), ("call", "system.stat", "--data", self.shop.data)):
            done = self.shop.run(*args)
            self.assertEqual(done.returncode, 1, args)
            self.assertIn("999", done.stderr + done.stdout)
        self.assertEqual(tree(self.shop.folder), before)

    def test_the_key_of_another_shop_is_refused(self):
        other = merx.Shop()
        other.init()
        self.addCleanup(other.stop)
        shutil.copy(other.data + ".key", self.shop.data + ".key")
        done = self.shop.run("verify", "--data", self.shop.data)
        self.assertEqual(done.returncode, 1)
        self.assertIn("key", done.stderr + done.stdout)

    def test_a_damaged_record_is_named_and_never_served(self):
        self.serve()
        self.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        self.shop.ok("catalog.product.put", {"sku": "HURT", "name": {"en": "UNMISTAKABLE"}, "price": 100, "unit": "piece", "category": "c", "tax_ppm": 0})
        self.shop.close()
        path = os.path.join(self.shop.data, "data.mdb")
        with open(path, "rb") as file:
            data = file.read()
        self.assertIn(b"UNMISTAKABLE", data)
        with open(path, "wb") as file:
            file.write(data.replace(b"UNMISTAKABLE", b"UNMISTAKEABL"))
        verify = self.shop.verify()
        self.assertEqual(verify.returncode, 1)
        self.assertIn("HURT", verify.stdout)
        self.serve()
        status, answer = self.shop.call("catalog.product.get", {"sku": "HURT"})
        self.assertEqual((status, answer["code"]), (500, "damaged_record"))

    def test_verify_works_on_a_served_shop(self):
        self.serve(demo=True)
        done = self.shop.verify()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"\b0 findings")

    def test_dump_keeps_personal_data_sealed(self):
        self.serve()
        self.shop.ok("membership.join", {"phone": "13912345678", "name": "Wang Xiaoming"})
        self.shop.close()
        done = self.shop.run("dump", "--data", self.shop.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertTrue(any(row["table"] == "membership.member" for row in rows))
        self.assertNotIn("Xiaoming", done.stdout)
        self.assertNotIn("13912345678", done.stdout)
        for name, data in tree(self.shop.folder).items():
            self.assertNotIn(b"Xiaoming", data, name)
            self.assertNotIn(b"13912345678", data, name)

    def test_the_demo_fills_a_shop_once(self):
        self.serve(demo=True)
        found = self.shop.ok("catalog.product.find", {"limit": 200})["products"]
        self.assertGreaterEqual(len(found), 20)
        self.assertTrue(all(product["name"].get("en") and product["name"].get("zh") for product in found))
        self.assertEqual([place["id"] for place in self.shop.ok("inventory.location.list")["locations"]], ["store-1", "store-2"])
        stock = {p["sku"]: self.shop.ok("inventory.stock", {"sku": p["sku"], "location": "store-1"})["on_hand"] for p in found}
        self.shop.close()
        self.serve(demo=True)
        self.assertEqual(len(self.shop.ok("catalog.product.find", {"limit": 200})["products"]), len(found))
        for sku, on_hand in stock.items():
            self.assertEqual(self.shop.ok("inventory.stock", {"sku": sku, "location": "store-1"})["on_hand"], on_hand)
        self.assertTrue(self.shop.ok("scripts.rules.list")["rules"])


class Settings(unittest.TestCase):
    def test_a_currency_with_three_digits(self):
        with merx.Shop.start(currency="XTS", digits=3, country="GB", zone="Europe/London") as shop:
            settings = shop.ok("shop.settings.get")
            self.assertEqual((settings["currency"], settings["digits"], settings["zone"]), ("XTS", 3, "Europe/London"))


if __name__ == "__main__":
    unittest.main()

"""A newcomer pastes what README.md prints: the key, the search, the sale; and gets the receipt that is printed there."""

import json
import os
import re
import subprocess
import unittest

import merx

OF_THE_DAY = {"at", "id", "rules_version"}


def steady(value):
    """Without what differs from shop to shop."""
    if isinstance(value, dict):
        return {name: steady(inner) for name, inner in value.items() if name not in OF_THE_DAY}
    return [steady(inner) for inner in value] if isinstance(value, list) else value


def read(name):
    with open(os.path.join(merx.ROOT, name), encoding="utf-8") as file:
        return file.read()


class Readme(unittest.TestCase):
    def setUp(self):
        """A shop as tools/run makes it."""
        self.shop = merx.Shop()
        self.addCleanup(self.shop.stop)
        self.shop.init()
        self.owner_key = os.path.join(self.shop.folder, "demo.owner-key")
        with open(self.owner_key, "w") as file:
            file.write(self.shop.owner_key + "\n")
        self.shop.serve(demo=True)

    def paste(self, commands):
        """Into a shell of a newcomer -> the JSON answers."""
        for printed, real in (("build/demo.owner-key", self.owner_key), ("127.0.0.1:8080", "127.0.0.1:%d" % self.shop.port)):
            self.assertIn(printed, commands)
            commands = commands.replace(printed, real)
        env = {name: value for name, value in os.environ.items() if name != "MERX_KEY"}
        done = subprocess.run(["sh", "-eu", "-c", commands], capture_output=True, text=True, timeout=60, env=dict(env, no_proxy="*"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        decoder, text, answers = json.JSONDecoder(), done.stdout.strip(), []
        while text:
            answer, end = decoder.raw_decode(text)
            answers.append(answer)
            text = text[end:].strip()
        return answers

    def test_the_first_sale(self):
        commands = re.search(r"```sh\n(export MERX_KEY=.*?)```", read("README.md"), re.S).group(1)
        receipt = json.loads(re.search(r"```json\n(.*?)```", read("README.md"), re.S).group(1))
        found, sold = self.paste(commands)
        sku = sold["order"]["lines"][0]["sku"]
        self.assertEqual([product["sku"] for product in found["products"]], [sku])
        self.assertEqual(steady(sold), steady(receipt))
        after = self.shop.ok("inventory.stock", {"sku": sku, "location": "store-1"})
        self.assertEqual(self.paste(commands)[1], sold)
        self.assertEqual(self.shop.ok("inventory.stock", {"sku": sku, "location": "store-1"}), after)
        self.assertEqual(len(self.shop.ok("orders.list", {"location": "store-1"})["orders"]), 1)

    def test_the_names_are_those_of_tools_run(self):
        script = read("tools/run")
        for said in ("listen=127.0.0.1:8080", "data=build/demo\n", '"$data.owner-key"', "--demo"):
            self.assertIn(said, script)


if __name__ == "__main__":
    unittest.main()

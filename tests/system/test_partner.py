"""A partner follows include/README.md: the plugin printed there is built outside the tree with its headers alone, loaded
by name, and sells along."""

import os
import re
import subprocess
import unittest

import merx


class Partner(unittest.TestCase):
    def test_the_guide_prints_what_is_written(self):
        with open(os.path.join(merx.ROOT, "include", "README.md"), encoding="utf-8") as file:
            printed = re.search(r"```c\n(/\* tips: .*?)```", file.read(), re.S).group(1)
        with merx.Shop() as shop:
            done = subprocess.run([os.path.abspath(merx.PROGRAM), "plugin", "new", "tips"], cwd=shop.folder, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(os.path.join(shop.folder, "tips", "tips.c"), encoding="utf-8") as file:
                self.assertEqual(file.read(), printed)

    def test_the_plugin_of_the_guide(self):
        with open(os.path.join(merx.ROOT, "include", "README.md"), encoding="utf-8") as file:
            source = re.search(r"```c\n(/\* tips: .*?)```", file.read(), re.S).group(1)
        self.assertLess(source.count("\n"), 100)
        shop = merx.Shop()
        self.addCleanup(shop.stop)
        plugins = os.path.join(shop.folder, "plugins")
        os.mkdir(plugins, 0o755)
        with open(os.path.join(shop.folder, "tips.c"), "w", encoding="utf-8") as file:
            file.write(source)
        sanitize = ["-fsanitize=address,undefined"] if "build/dev" in merx.PROGRAM else []
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-fPIC", "-shared", "-fvisibility=hidden", *sanitize,
                        "-I" + os.path.join(merx.ROOT, "include"), "-o", os.path.join(plugins, "tips.so"), os.path.join(shop.folder, "tips.c")],
                       check=True, timeout=60)
        shop.init()
        shop.serve(args=["--plugins", plugins, "--plugin", "tips"])
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        shop.ok("catalog.product.put", {"sku": "TEA", "name": {"en": "Tea"}, "price": 100, "unit": "piece", "category": "tea", "tax_ppm": 0})
        shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 5000}]})
        shop.ok("orders.place", {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA", "qty": 1000}], "tenders": [{"kind": "cash", "amount": 100}]})
        shop.ok("tips.note", {"location": "store-1", "amount": 200})
        self.assertEqual(shop.call("tips.note", {"location": "store-1"})[1]["code"], "no_tip")
        sums = shop.ok("tips.sum", {"location": "store-1"})
        self.assertEqual((sums["amount"], sums["tips"], sums["orders"]), (200, 1, 1))


if __name__ == "__main__":
    unittest.main()

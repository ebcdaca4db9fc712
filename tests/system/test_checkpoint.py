"""Signed checkpoints through the real program: checked with the public key by other software, and a log that lost its end
is found out."""

import base64
import json
import os
import shutil
import stat
import subprocess
import tempfile
import unittest

import merx

HEAD = bytes.fromhex("302a300506032b6570032100")  # of an Ed25519 public key in DER (RFC 8410)


def check(checkpoint, key):
    """openssl verifies the signature over the text without it."""
    rest = {name: value for name, value in checkpoint.items() if name != "signature"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name, content: [open(os.path.join(folder, name), "wb").write(content), os.path.join(folder, name)][1]
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin",
                               "-inkey", path("key", HEAD + base64.b64decode(key)), "-in", path("text", text),
                               "-sigfile", path("sig", base64.b64decode(checkpoint["signature"]))], capture_output=True, timeout=60)
    return done.returncode == 0


class Checkpoints(unittest.TestCase):
    def change(self, shop, number):
        shop.ok("catalog.product.put", {"sku": "A-%d" % number, "name": {"en": "Tea"}, "price": 100 + number, "unit": "piece",
                                        "category": "tea", "tax_ppm": 130000})

    def test_anybody_can_check_one_with_the_public_key(self):
        with merx.Shop.start() as shop:
            for number in range(5):
                self.change(shop, number)
            key = shop.ok("system.checkpoint.key")
            self.assertEqual(key["algorithm"], "Ed25519")
            checkpoint = shop.ok("system.checkpoint.get")["checkpoint"]
            self.assertEqual(set(checkpoint), {"at", "epoch", "hash", "node", "seq", "shop", "signature"})
            self.assertGreaterEqual(checkpoint["seq"], 5)
            self.assertTrue(check(checkpoint, key["key"]))
            self.assertFalse(check({**checkpoint, "seq": checkpoint["seq"] + 1}, key["key"]))
            file = shop.data + ".checkpoint"
            self.assertEqual(shop.close(), 0)
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
            with open(file) as lines:
                last = json.loads(lines.read().splitlines()[-1])
            self.assertEqual((last["seq"], last["hash"]), (checkpoint["seq"], checkpoint["hash"]))
            self.assertTrue(check(last, key["key"]))
            self.assertEqual(shop.verify().returncode, 0)

    def test_few_entries_wait_for_closing(self):
        with merx.Shop.start() as shop:
            for number in range(50):
                shop.ok("catalog.product.put", {"sku": "A", "name": {"en": "Tea"}, "price": 100 + number, "unit": "piece",
                                                "category": "tea", "tax_ppm": 130000})
            self.assertFalse(os.path.exists(shop.data + ".checkpoint"))
            self.assertEqual(shop.close(), 0)
            self.assertTrue(os.path.exists(shop.data + ".checkpoint"))

    def test_a_log_that_lost_its_end_is_found_out(self):
        with merx.Shop.start() as shop:
            for number in range(5):
                self.change(shop, number)
            self.assertEqual(shop.close(), 0)
            shutil.copytree(shop.data, shop.data + ".old")
            shop.serve()
            for number in range(5, 10):
                self.change(shop, number)
            self.assertEqual(shop.close(), 0)
            self.assertEqual(shop.verify().returncode, 0)
            shutil.rmtree(shop.data)  # somebody puts the older state back, whole and sound in itself
            os.rename(shop.data + ".old", shop.data)
            found = shop.verify()
            self.assertEqual(found.returncode, 1, found.stdout)
            self.assertIn("log entry 6: it is missing: the log ends before the signed checkpoint of entry 10", found.stdout)
            shop.serve()
            found = shop.ok("system.verify")["findings"]
            self.assertEqual(len(found), 1, found)


if __name__ == "__main__":
    unittest.main()

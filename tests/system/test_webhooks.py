"""Webhooks through the real program: signed, checked by a receiver that knows nothing of our code, over HTTP and HTTPS."""

import os
import re
import subprocess
import tempfile
import time
import unittest

import merx
from receiver import Receiver, check_signature


def make_certificate(folder):
    """A CA and a certificate for 127.0.0.1 -> (CA file, (certificate, key))."""
    path = lambda name: os.path.join(folder, name)
    run = lambda *args: subprocess.run(args, check=True, capture_output=True, timeout=60)
    with open(path("ext"), "w") as file:
        file.write("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path("ca.key"), "-out",
        path("ca.crt"), "-days", "10", "-subj", "/CN=test CA")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path("key"), "-out", path("csr"),
        "-subj", "/CN=receiver")
    run("openssl", "x509", "-req", "-in", path("csr"), "-CA", path("ca.crt"), "-CAkey", path("ca.key"), "-CAcreateserial", "-out",
        path("crt"), "-days", "5", "-extfile", path("ext"))
    return path("ca.crt"), (path("crt"), path("key"))


class Webhooks(unittest.TestCase):
    def shop(self, receiver, *args):
        shop = merx.Shop.start(serve_args=["--allow", receiver.place, *args])
        self.addCleanup(shop.stop)
        return shop

    def hook(self, shop, receiver, **more):
        webhook = shop.ok("system.webhook.create", {"url": receiver.url + "/in?token=t0psecret", **more})["webhook"]
        self.assertEqual(webhook["url"], receiver.url + "/in")
        return webhook["id"], shop.ok("system.webhook.secret", {"id": webhook["id"]})["text"]

    def change(self, shop, number):
        shop.ok("catalog.product.put", {"sku": "A-%d" % number, "name": {"en": "Tea"}, "price": 100 + number, "unit": "piece",
                                        "category": "tea", "tax_ppm": 130000})

    def test_events_arrive_once_in_order_and_signed(self):
        with Receiver() as receiver:
            shop = self.shop(receiver)
            self.change(shop, 0)  # before there was anybody to hear
            hook, secret = self.hook(shop, receiver, types=["catalog.*"])
            for number in range(1, 21):
                self.change(shop, number)
            self.assertTrue(receiver.wait(20))
            events = receiver.events()
            self.assertEqual(len(events), 20)
            seqs = [int(event["sequence"]) for event in events]
            self.assertEqual(seqs, sorted(seqs))
            for path, headers, body in receiver.taken():
                self.assertEqual(path, "/in?token=t0psecret")
                self.assertEqual(headers["Content-Type"], "application/cloudevents+json")
                self.assertEqual(check_signature(secret, headers, body), 1)
                self.assertEqual(check_signature(secret, headers, body + b" "), 0)
                self.assertLess(abs(time.time() - int(headers["webhook-timestamp"])), 300)
                self.assertEqual(headers["Idempotency-Key"], headers["webhook-id"])
            for event in events:
                self.assertEqual((event["specversion"], event["type"], event["source"]), ("1.0", "catalog.product.changed", "merx:n1"))
                self.assertRegex(event["id"], r"^n1-\d+-\d+$")
                self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
                self.assertTrue(all(re.fullmatch("[a-z0-9]{1,20}", name) for name in event))
            self.assertEqual(shop.call("system.webhook.secret", {"id": hook})[0], 404)  # it was shown once
            for text in (secret, "t0psecret", "whsec_"):
                self.assertNotIn(text, shop.log_text())
            dump = (shop.close(), shop.run("dump", "--data", shop.data).stdout)[1]
            self.assertIn("system.webhook", dump)
            self.assertNotIn("t0psecret", dump)

    def test_a_new_secret_is_taken_over_without_a_gap(self):
        with Receiver() as receiver:
            shop = self.shop(receiver)
            hook, before = self.hook(shop, receiver)
            shop.ok("system.webhook.rotate", {"id": hook})
            after = shop.ok("system.webhook.secret", {"id": hook})["text"]
            message = shop.ok("system.webhook.test", {"id": hook})["message"]
            self.assertTrue(receiver.wait(1))
            _, headers, body = receiver.taken()[0]
            self.assertEqual(headers["webhook-id"], message)
            self.assertEqual((check_signature(before, headers, body), check_signature(after, headers, body)), (1, 1))

    def test_over_https_only_to_a_receiver_that_proves_who_it_is(self):
        with tempfile.TemporaryDirectory() as folder:
            ca, cert = make_certificate(folder)
            with Receiver(cert=cert) as receiver:
                shop = self.shop(receiver, "--ca", ca)
                _, secret = self.hook(shop, receiver)
                self.change(shop, 1)
                self.assertTrue(receiver.wait(1), shop.log_text()[-2000:])
                _, headers, body = receiver.taken()[0]
                self.assertEqual(check_signature(secret, headers, body), 1)
            os.mkdir(os.path.join(folder, "other"))
            other, _ = make_certificate(os.path.join(folder, "other"))
            with Receiver(cert=cert) as receiver:
                shop = self.shop(receiver, "--ca", other)
                self.hook(shop, receiver)
                self.change(shop, 1)
                self.waits(shop)
                self.assertEqual(receiver.count, 0)

    def test_they_go_on_in_a_shop_restored_from_a_backup(self):
        with Receiver() as receiver:
            shop = self.shop(receiver)
            _, secret = self.hook(shop, receiver, types=["catalog.*"])
            for number in range(5):
                self.change(shop, number)
            self.assertTrue(receiver.wait(5))
            self.assertEqual(shop.close(), 0)
            backup, again = os.path.join(shop.folder, "backup"), os.path.join(shop.folder, "again")
            for args in (["backup", "--data", shop.data, "--out", backup],
                         ["restore", "--data", again, "--from", backup, "--key-file", shop.data + ".key"]):
                done = shop.run(*args)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            shop.data = again
            shop.serve(args=["--allow", receiver.place])
            self.change(shop, 6)
            self.assertTrue(receiver.wait(6))
            _, headers, body = receiver.taken()[-1]
            self.assertEqual(check_signature(secret, headers, body), 1)
            self.assertEqual(len({event["id"] for event in receiver.events()}), 6)
            self.assertRegex(receiver.events()[-1]["id"], r"^n1-\d{10}-1$")  # the first entry of an epoch of its own

    def test_private_addresses_need_the_owners_word(self):
        with Receiver() as receiver:
            shop = merx.Shop.start()
            self.addCleanup(shop.stop)
            self.hook(shop, receiver)
            self.change(shop, 1)
            message = self.waits(shop)
            self.assertTrue(message["problem"])
            self.assertNotIn("t0psecret", message["problem"])
            self.assertEqual(receiver.count, 0)

    def waits(self, shop):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            waiting = shop.ok("system.outbox.list", {"state": "waiting"})["messages"]
            if waiting:
                return waiting[0]
            time.sleep(0.02)
        self.fail("no message waits: %s" % shop.ok("system.outbox.list"))


if __name__ == "__main__":
    unittest.main()

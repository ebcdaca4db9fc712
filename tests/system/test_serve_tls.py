"""The shop over HTTPS as a till on the LAN finds it: its own CA, both addresses, the command line as a client."""

import os
import re
import ssl
import subprocess
import time
import unittest

import merx


class ServeTls(unittest.TestCase):
    def setUp(self):
        self.shop = merx.Shop()
        self.addCleanup(self.shop.stop)
        self.shop.init()

    def serve(self, *args):
        self.shop.serve(args=["--listen-tls", "127.0.0.1:0", *args])
        return self.shop

    def call(self, url, ca=None):
        return self.shop.run("call", "shop.settings.get", "--url", url, *(["--ca", ca] if ca else []))

    def test_both_addresses_serve_the_same_shop(self):
        self.serve()
        self.assertNotEqual(self.shop.port, self.shop.tls_port)
        till = self.shop.tls_client()
        self.assertEqual(till.call("shop.settings.get"), self.shop.call("shop.settings.get"))
        till.close()
        self.assertEqual(self.shop.close(), 0)

    def test_who_does_not_know_the_shop_says_so(self):
        self.serve()
        stranger = merx.Client(self.shop.tls_port, self.shop.owner_key, tls=ssl.create_default_context())
        with self.assertRaises(ssl.SSLCertVerificationError):
            stranger.call("shop.settings.get")

    def test_keys_of_tls_are_private_and_stay(self):
        self.serve()
        folder = self.shop.data + ".tls"
        for name in ("ca.key", "server.key"):
            self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o777, 0o600)
        with open(self.shop.ca_file()) as file:
            ca = file.read()
        self.shop.close()
        self.serve()
        with open(self.shop.ca_file()) as file:
            self.assertEqual(file.read(), ca)
        self.assertEqual(self.shop.tls_client().call("shop.settings.get")[0], 200)
        self.assertRegex(self.shop.log_text(), r"SHA-256 fingerprint ([0-9A-F]{2}:){31}[0-9A-F]{2}; the certificate ends 20")

    def test_the_command_line_calls_over_https(self):
        self.serve()
        url = "https://127.0.0.1:%d" % self.shop.tls_port
        done = self.call(url, self.shop.ca_file())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('"currency":"CNY"', done.stdout)
        done = self.call(url)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("currency", done.stdout)

    def test_further_names_stand_in_the_certificate(self):
        self.serve("--name", "till.example", "--name", "192.0.2.7")
        done = subprocess.run(["openssl", "x509", "-in", os.path.join(self.shop.data + ".tls", "server.crt"), "-noout", "-ext", "subjectAltName"],
                                   capture_output=True, text=True, timeout=60)
        self.assertIn("DNS:till.example", done.stdout)
        self.assertIn("IP Address:192.0.2.7", done.stdout)

    def test_a_restarted_shop_stands_where_it_stood(self):
        self.serve()
        with open("/proc/%d/task/%d/children" % (self.shop.process.pid, self.shop.process.pid)) as file:
            child = int(file.read().split()[0])
        os.kill(child, 9)
        end = time.monotonic() + 30
        while not self.answers():
            self.assertLess(time.monotonic(), end, self.shop.log_text())
            time.sleep(0.01)

    def answers(self):
        try:
            return self.shop.tls_client().call("shop.settings.get")[0] == 200
        except OSError:
            return False

    def test_bad_ends_of_the_wire_are_refused(self):
        for args, because in ((("--listen-tls", "nowhere"), "nowhere"), (("--listen-tls", "127.0.0.1:99999"), "99999"),
                              (("--listen-tls", "127.0.0.1:0", "--tls", os.path.join(self.shop.data + ".key", "x")), "key"),
                              (("--ca", self.shop.data + ".key"), "key")):
            done = self.shop.run("serve", "--data", self.shop.data, "--listen", "127.0.0.1:0", "--no-supervisor", *args)
            self.assertEqual(done.returncode, 1, args)
            self.assertRegex(done.stderr, re.escape(because), args)


if __name__ == "__main__":
    unittest.main()

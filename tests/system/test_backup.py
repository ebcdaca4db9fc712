"""merx backup and merx restore: closed and served folders, what is refused and why, the epoch after a restore."""

import hashlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import merx
import sales


def run(*args, key=None, env=None):
    """-> (exit code, standard output, standard error)"""
    environment = dict(os.environ, **(env or {}))
    environment.pop("MERX_KEY", None)
    if key:
        environment["MERX_KEY"] = key
    done = subprocess.run([merx.PROGRAM, *args], capture_output=True, text=True, timeout=120, env=environment)
    return done.returncode, done.stdout, done.stderr


def facts(text):
    """Numbers that backup and restore print -> (records, export hash)"""
    words = text.replace(",", " ").replace(".\n", "\n").split()
    return int(words[words.index("records") - 1]), words[words.index("hash") + 1]


class Backup(sales.OrdersTest):
    settings = {}

    def setUp(self):
        self.folder = os.path.join(self.shop.folder, self.id().rsplit(".", 1)[1])
        os.mkdir(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def good(self, *args, key=None):
        code, out, err = run(*args, key=key)
        self.assertEqual(code, 0, out + err)
        return out

    def refused(self, reason, *args, key=None):
        code, out, err = run(*args, key=key)
        self.assertEqual(code, 1, out + err)
        self.assertIn(reason, err)

    def key_file(self):
        return self.shop.data + ".key"

    def make(self, name="b"):
        return self.good("backup", "--data", self.shop.data, "--out", self.path(name), key=self.shop.owner_key)

    def restore(self, name="b", to="new"):
        return self.good("restore", "--data", self.path(to), "--from", self.path(name), "--key-file", self.key_file())

    def serve_restored(self, to="new"):
        other = merx.Shop(folder=self.folder)
        other.data = self.path(to)
        other.owner_key = self.shop.owner_key
        other.serve()
        self.addCleanup(other.stop)
        return other


class Served(Backup):
    @classmethod
    def serve_args(cls):
        return ["--listen-tls", "127.0.0.1:0"]

    def test_full_circle_while_the_shop_sells(self):
        sold = self.place(("TEA", 1000))["order"]["id"]
        made = facts(self.make())
        later = self.place(("TEA", 1000))["order"]["id"]
        events = self.shop.ok("system.log.list", {"type": "system.backup.made", "limit": 500})["events"]
        self.assertIn(made, [(event["data"]["records"], event["data"]["hash"]) for event in events])
        self.assertEqual(facts(self.good("backup", "--verify", self.path("b"), "--key-file", self.key_file())), made)
        self.assertEqual(facts(self.restore()), made)
        other = self.serve_restored()
        self.assertEqual(other.ok("orders.get", {"id": sold})["order"]["id"], sold)
        self.assertEqual(other.call("orders.get", {"id": later})[0], 404)
        self.assertEqual(other.ok("membership.get", {"id": self.member})["member"]["name"], "A")

    def test_needs_a_key_with_the_right(self):
        self.refused("MERX_KEY", "backup", "--data", self.shop.data, "--out", self.path("b"))
        self.refused("system.backup", "backup", "--data", self.shop.data, "--out", self.path("b"), key=self.cashier)
        self.refused("refused", "backup", "--data", self.shop.data, "--out", self.path("b"), key="mxk_nobody_nothing")
        self.assertEqual(os.listdir(self.folder), [])

    def test_one_that_nobody_took_is_not_remembered(self):
        """Small enough to be written whole while the client has taken only its beginning."""
        shop = merx.Shop.start(folder=self.folder)
        self.addCleanup(shop.stop)
        for i in range(150):
            shop.ok("catalog.product.put", {"sku": "S%d" % i, "price": 1, "unit": "piece", "tax_ppm": 0,
                                            "name": {a + b: "%s%d " % (a, i) * 40 for a in "abcdefgh" for b in "xyz"}})
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", shop.port))
            client.sendall(b"GET /v1/backup HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % shop.owner_key.encode())
            self.assertIn(b" 200 ", client.recv(100))
            time.sleep(0.3)  # it would be written down by now
        end = time.monotonic() + 30
        while "a backup was not finished" not in shop.log_text() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertIn("a backup was not finished", shop.log_text())
        self.assertFalse(os.path.exists(os.path.join(shop.data, "backup")))

    def test_from_another_machine_over_tls(self):
        made = os.path.join(self.folder, "b")
        url = "https://127.0.0.1:%d" % self.shop.tls_port
        pull = ["backup", "--url", url, "--out", made]
        out = self.good(*pull, "--ca", self.shop.ca_file(), "--key-file", self.key_file(), key=self.shop.owner_key)
        self.assertEqual(facts(self.restore()), facts(out))
        self.assertIn("received whole", self.good(*pull, "--ca", self.shop.ca_file(), key=self.shop.owner_key))
        os.unlink(made)
        self.refused("certificate", *pull, key=self.shop.owner_key)
        self.refused("system.backup", *pull, "--ca", self.shop.ca_file(), key=self.cashier)
        self.refused("without a path", "backup", "--url", url + "/shop", "--out", made, key=self.shop.owner_key)
        self.assertFalse(os.path.exists(made))

    def test_says_whose_keys_are_gone(self):
        """The key file changes its epoch, as after an erasure: an older backup no longer opens what is personal."""
        shop = merx.Shop.start(folder=self.folder)
        self.addCleanup(shop.stop)
        for i in range(3):
            shop.ok("membership.join", {"phone": "138%08d" % i, "name": "Li %d" % i})
        backup = ["backup", "--data", shop.data, "--out"]
        self.good(*backup, self.path("old"), key=shop.owner_key)
        before = self.epochs(shop)
        shop.ok("identity.epoch.rotate")
        end = time.monotonic() + 30
        while (set(before) & set(self.epochs(shop))) and time.monotonic() < end:
            time.sleep(0.02)
        self.good(*backup, self.path("new"), key=shop.owner_key)
        restore = ["restore", "--key-file", shop.data + ".key", "--data"]
        self.assertIn("personal data of 3 customers cannot", self.good(*restore, self.path("a"), "--from", self.path("old")))
        self.assertNotIn("cannot be read", self.good(*restore, self.path("b"), "--from", self.path("new")))

    def epochs(self, shop):
        with open(shop.data + ".key") as file:
            return [int(line.split()[1]) for line in file if line.startswith("epoch ")]

    def test_hot_backups_under_load(self):
        stop = threading.Event()
        sold = []
        self.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 10 ** 9}]})

        def sell():
            till = self.shop.client()
            while not stop.is_set():
                sold.append(till.call("orders.place", self.sale(("TEA", 1000)))[0])
            till.close()

        tills = [threading.Thread(target=sell) for _ in range(3)]
        for till in tills:
            till.start()
        try:
            for i in range(5):
                made = facts(self.make("b%d" % i))
                self.assertEqual(facts(self.restore("b%d" % i, "new%d" % i)), made)
                code, out, err = run("verify", "--data", self.path("new%d" % i))
                self.assertEqual(code, 0, out + err)
        finally:
            stop.set()
            for till in tills:
                till.join()
        self.assertEqual(set(sold), {200})


class Closed(Backup):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.process.terminate()
        cls.shop.process.wait()

    @classmethod
    def tearDownClass(cls):
        cls.shop.serve()
        super().tearDownClass()

    def test_full_circle(self):
        before = self.good("dump", "--data", self.shop.data)
        made = facts(self.make())
        mode = stat.S_IMODE(os.stat(self.path("b")).st_mode)
        self.assertEqual(mode, 0o600)
        self.assertEqual(facts(self.restore()), made)
        again = facts(self.good("backup", "--data", self.path("new"), "--out", self.path("again")))
        self.assertEqual(again, made)
        after = self.good("dump", "--data", self.path("new"))
        self.assertEqual([line for line in after.splitlines() if '"high"' not in line],
                         [line for line in before.splitlines() if '"high"' not in line])

    def test_nothing_personal_or_readable_in_it(self):
        self.make()
        with open(self.path("b"), "rb") as file:
            content = file.read()
        for word in (b"13800000001", b"TEA", b"orders.paid", b"kernel"):
            self.assertNotIn(word, content)

    def test_two_backups_of_one_state_differ_and_hold_the_same(self):
        self.assertEqual(facts(self.make("a")), facts(self.make("b")))
        with open(self.path("a"), "rb") as one, open(self.path("b"), "rb") as two:
            self.assertNotEqual(hashlib.sha256(one.read()).digest(), hashlib.sha256(two.read()).digest())

    def test_the_log_goes_on_in_an_epoch_of_its_own(self):
        self.make()
        self.restore()
        other = self.serve_restored()
        other.ok("orders.place", self.sale(("TEA", 1000)))
        events = other.ok("system.log.list", {"from": 1})["events"]
        self.assertEqual(events[0]["seq"], 1)
        self.assertAlmostEqual(events[0]["epoch"], time.time(), delta=3600)  # nobody can have used it
        self.assertIn("orders.paid", [event["name"] for event in events])
        other.process.terminate()
        other.process.wait()
        self.good("verify", "--data", self.path("new"))

    def test_refusals(self):
        self.make()
        with open(self.path("b"), "rb") as file:
            whole = file.read()

        def put(name, content):
            with open(self.path(name), "wb") as file:
                file.write(content)
            return self.path(name)

        def each(reason, name):
            self.refused(reason, "backup", "--verify", self.path(name), "--key-file", self.key_file())
            self.refused(reason, "restore", "--data", self.path("new"), "--from", self.path(name), "--key-file", self.key_file())

        put("cut", whole[:-1])
        put("changed", whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
        put("longer", whole + b"x")
        put("nothing", b"")
        put("newer", whole[:8] + b"\x07\0\0\0" + whole[12:])
        put("other", b"PK\x03\x04" + whole[4:])
        each("cut", "cut")
        each("changed", "changed")
        each("behind its end", "longer")
        each("cut", "nothing")
        each("version 7", "newer")
        each("not a backup", "other")
        each("cannot be opened", "missing")
        self.assertFalse(os.path.exists(self.path("new")))
        self.assertFalse(os.path.exists(self.path("new.key")))

    def test_another_shop(self):
        self.make()
        stranger = merx.Shop(folder=self.folder)
        stranger.init()
        self.refused("another shop", "backup", "--verify", self.path("b"), "--key-file", stranger.data + ".key")
        self.refused("another shop", "restore", "--data", self.path("new"), "--from", self.path("b"), "--key-file",
                     stranger.data + ".key")
        shutil.copy(stranger.data + ".key", self.path("new.key"))
        self.refused("another shop", "restore", "--data", self.path("new"), "--from", self.path("b"), "--key-file", self.key_file())
        self.assertFalse(os.path.exists(self.path("new")))

    def test_older_than_a_checkpoint(self):
        """What was sold after the backup was signed in a checkpoint beside the folder: it is not given up unasked."""
        self.make()
        self.restore(to="later")
        shop = self.serve_restored(to="later")
        for _ in range(3):
            shop.ok("orders.place", self.sale(("TEA", 1000)))
        given_up = shop.ok("system.log.list", {"from": 1})["events"][0]["epoch"]
        shop.process.terminate()
        shop.process.wait()
        shutil.rmtree(self.path("later"))
        again = ["restore", "--data", self.path("later"), "--from", self.path("b")]
        self.refused("a checkpoint knows of number", *again)
        self.assertFalse(os.path.exists(self.path("later")))
        with open(self.path("later.checkpoint"), "ab") as file:
            file.write(b"not a checkpoint\n")
        self.refused("a checkpoint knows of number", *again)
        self.assertIn(".checkpoint.old", self.good(*again, "--accept-older"))
        shop = self.serve_restored(to="later")
        shop.ok("orders.place", self.sale(("TEA", 1000)))
        event = shop.ok("system.log.list", {"from": 1})["events"][0]
        self.assertGreater(event["epoch"], given_up)
        self.assertEqual(shop.verify().returncode, 0)

    def test_only_an_empty_folder_and_the_key_file_comes_along(self):
        self.make()
        self.refused("not empty", "restore", "--data", self.shop.data, "--from", self.path("b"))
        os.mkdir(self.path("new"))
        self.restore()
        self.assertEqual(stat.S_IMODE(os.stat(self.path("new.key")).st_mode), 0o600)
        self.refused("not empty", "restore", "--data", self.path("new"), "--from", self.path("b"))
        self.good("verify", "--data", self.path("new"))

    def test_the_old_file_stays_when_a_backup_fails(self):
        self.make()
        before = os.stat(self.path("b")).st_ino
        self.refused("no data of a shop", "backup", "--data", self.path("empty"), "--out", self.path("b"), "--key-file", self.key_file())
        self.assertEqual(os.stat(self.path("b")).st_ino, before)
        self.assertEqual(os.listdir(self.folder), ["b"])

    def test_command_line(self):
        for args in (["--out", "x"], ["--data", "a"], ["--data", "a", "--url", "b", "--out", "c"], ["--verify", "x"],
                     ["--verify", "x", "--data", "y", "--key-file", "z"], ["--data", "a", "--ca", "b", "--out", "c"]):
            code, _, err = run("backup", *args)
            self.assertEqual(code, 2, err)
        for args in (["--data", "x"], ["--from", "x"]):
            self.assertEqual(run("restore", *args)[0], 2)


if __name__ == "__main__":
    unittest.main()

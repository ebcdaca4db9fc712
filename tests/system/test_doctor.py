"""merx doctor: what it says of a sound shop, and that it finds what is wrong with one that is not."""

import json
import os
import shutil
import subprocess
import unittest

import merx

CHECKS = {"key-file", "data-folder", "format", "backup", "checkpoint", "tls", "disk-room", "disk-flush", "clock", "time-zones", "open-files",
          "libraries", "shop", "rules"}


class Doctor(unittest.TestCase):
    def setUp(self):
        self.shop = merx.Shop()
        self.addCleanup(self.shop.stop)
        self.shop.init()

    def look(self, *args):
        """-> (exit code, {check: [(result, text), ...]})"""
        done = self.shop.run("doctor", "--data", self.shop.data, "--json", *args)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        found = {}
        for entry in json.loads(done.stdout)["checks"]:
            found.setdefault(entry["check"], []).append((entry["result"], entry["text"]))
        self.assertEqual(done.returncode == 0, json.loads(done.stdout)["healthy"])
        self.assertEqual(done.returncode == 1, any(result == "fail" for entries in found.values() for result, _ in entries))
        return done.returncode, found

    def fails(self, check, because, *args):
        code, found = self.look(*args)
        self.assertEqual(code, 1, found)
        self.assertTrue(any(result == "fail" and because in text for result, text in found.get(check, [])), found.get(check))

    def test_a_closed_shop(self):
        code, found = self.look()
        self.assertEqual(code, 0, found)
        self.assertLessEqual(CHECKS, set(found))
        self.assertTrue(any("Mbed TLS" in text and result == "warn" for result, text in found["libraries"]))
        self.assertEqual(found["backup"][0][0], "warn")
        lines = self.shop.run("doctor", "--data", self.shop.data).stdout.splitlines()
        self.assertTrue(all(line.split()[0] in ("ok", "warn", "fail") for line in lines), lines)
        self.assertFalse(os.path.exists(self.shop.data + ".doctor"))

    def test_a_served_shop(self):
        self.shop.serve(args=["--listen-tls", "127.0.0.1:0"])
        code, found = self.look()
        self.assertEqual(code, 0, found)
        self.assertIn("is ready", found["shop"][0][1])
        self.assertRegex(found["tls"][0][1], r"holds until 20\d\d-")
        self.assertEqual(self.shop.call("shop.settings.get")[0], 200)

    def test_backup_and_checkpoint_are_remembered(self):
        self.shop.serve(demo=True)  # what it sells is in the log
        self.shop.close()
        done = self.shop.run("backup", "--data", self.shop.data, "--out", os.path.join(self.shop.folder, "b.merx"))
        self.assertEqual(done.returncode, 0, done.stderr)
        found = self.look()[1]
        self.assertEqual(found["backup"][0][0], "ok")
        self.assertRegex(found["backup"][0][1], r"The last backup is of 20\d\d-")
        self.assertEqual(found["checkpoint"][0][0], "ok", found["checkpoint"])

    def test_looking_changes_nothing(self):
        """A shop that was restored begins its epoch when it opens for work, a new plugin gets its tables then: not here."""
        backup, again, mine = (os.path.join(self.shop.folder, name) for name in ("b.merx", "again", "mine"))
        for args in (["backup", "--data", self.shop.data, "--out", backup],
                     ["restore", "--data", again, "--from", backup, "--key-file", self.shop.data + ".key"]):
            done = self.shop.run(*args)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.shop.data = again

        def files():
            names = [again + ".key"] + [os.path.join(again, name) for name in os.listdir(again) if name != "lock.mdb"]
            content = {}
            for name in sorted(names):
                with open(name, "rb") as file:
                    content[name] = file.read()
            return content

        done = subprocess.run([merx.PROGRAM, "plugin", "new", "mine"], cwd=self.shop.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        os.chmod(mine, 0o755)
        subprocess.run(["cc", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-z,defs", "-I", os.path.join(merx.ROOT, "include"),
                        "-o", os.path.join(mine, "mine.so"), os.path.join(mine, "mine.c")], check=True, timeout=60)
        before = files()
        self.assertIn(os.path.join(again, "restored"), before)
        code, found = self.look("--plugins", mine, "--plugin", "mine")
        self.assertEqual((code, found["shop"][0][0]), (0, "ok"), found)
        self.assertEqual(files(), before)

    def test_keys(self):
        key = self.shop.data + ".key"
        os.chmod(key, 0o644)
        self.fails("key-file", key)
        os.chmod(key, 0o600)
        with open(key, "r+b") as file:
            file.seek(20)
            file.write(b"X")
        self.fails("key-file", key)
        os.rename(key, key + ".away")
        self.fails("key-file", "is missing")

    def test_the_key_of_another_shop(self):
        with merx.Shop() as other:
            other.init()
            shutil.copy(other.data + ".key", self.shop.data + ".key")
        self.fails("shop", "another shop")

    def test_an_open_folder(self):
        os.chmod(self.shop.data, 0o755)
        self.fails("data-folder", "chmod 700")

    def test_formats(self):
        path = os.path.join(self.shop.data, "format")
        with open(path, "w") as file:
            file.write("merx-data 999\n")
        self.fails("format", "use a newer one")
        with open(path, "w") as file:
            file.write("nonsense\n")
        self.fails("format", "restore a backup")

    def test_rules(self):
        os.mkdir(os.path.join(self.shop.data, "rules"))
        with open(os.path.join(self.shop.data, "rules", "bad.lua"), "w") as file:
            file.write("promotion {{{\n")
        self.fails("rules", "bad.lua")

    def test_tls(self):
        self.shop.serve(args=["--listen-tls", "127.0.0.1:0"])
        self.shop.close()
        tls = self.shop.data + ".tls"
        with open(os.path.join(tls, "server.crt"), "w") as file:
            file.write("nonsense\n")
        self.fails("tls", "not a certificate")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-days", "3",
                        "-keyout", os.path.join(tls, "x.key"), "-out", os.path.join(tls, "server.crt")], check=True, capture_output=True, timeout=60)
        found = self.look()[1]
        self.assertEqual(found["tls"][0][0], "warn")
        os.unlink(os.path.join(tls, "server.crt"))
        self.fails("tls", "no certificate")

    def test_plugins(self):
        folder = os.path.join(self.shop.folder, "plugins")
        os.mkdir(folder, 0o755)
        self.fails("plugins", "absent.so", "--plugins", folder, "--plugin", "absent")
        with open(os.path.join(folder, "text.so"), "w") as file:
            file.write("no program")
        os.chmod(os.path.join(folder, "text.so"), 0o666)
        self.fails("plugins", "others may write", "--plugins", folder, "--plugin", "text")

    def test_no_shop(self):
        done = self.shop.run("doctor", "--data", os.path.join(self.shop.folder, "nothing"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("There is no shop", done.stderr)
        self.assertEqual(self.shop.run("doctor").returncode, 2)


if __name__ == "__main__":
    unittest.main()

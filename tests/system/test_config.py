"""The configuration file, the log and the service: packaging/merx.conf says what serve takes, bad lines are named, no log
holds personal data, and the unit's sandbox leaves a shop that works."""

import ctypes
import json
import os
import re
import socket
import shutil
import struct
import subprocess
import unittest

import merx

PACKAGING = os.path.join(merx.ROOT, "packaging")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


class Config(unittest.TestCase):
    def setUp(self):
        self.shop = merx.Shop()
        self.addCleanup(self.shop.stop)
        self.shop.init()
        self.path = os.path.join(self.shop.folder, "merx.conf")

    def write(self, text):
        with open(self.path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def refused(self, text, because):
        self.write(text)
        done = self.shop.run("serve", "--config", self.path, "--data", self.shop.data, "--listen", "127.0.0.1:0", "--no-supervisor")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(because, done.stderr)

    def test_the_example_names_every_option_once(self):
        options = set(re.findall(r"^  --([a-z-]+)", self.shop.run("serve", "--help").stdout, re.M)) - {"config"}
        lists = {"name", "plugin", "allow"}
        named = re.findall(r"^#?([a-z-]+) = .", read(PACKAGING, "merx.conf"), re.M)
        self.assertEqual(set(named), options)
        self.assertEqual(sorted(n for n in named if n not in lists), sorted(options - lists))

    def test_the_example_is_read_whole(self):
        """With every setting switched on: what is refused then is not a line of it, but what is not there."""
        text = re.sub(r"^#([a-z-]+ = )", r"\1", read(PACKAGING, "merx.conf"), flags=re.M)
        self.write(text)
        done = self.shop.run("serve", "--config", self.path, "--data", self.shop.data, "--no-supervisor", "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertNotIn(self.path, done.stderr)
        self.assertIn("/etc/merx/ca.pem", done.stderr)

    def test_a_shop_is_served_by_its_file_alone(self):
        self.write("# a comment\n\n\t data = %s\r\nlisten=127.0.0.1:0\nlog-format = json\nlog-level = debug\nno-supervisor = yes\n" % self.shop.data)
        self.shop.log = open(os.path.join(self.shop.folder, "log.txt"), "ab")
        self.shop.process = subprocess.Popen([merx.PROGRAM, "serve", "--config", self.path], stdout=subprocess.PIPE, stderr=self.shop.log)
        line = self.shop.process.stdout.readline().decode()
        self.assertTrue(line.startswith("ready http://127.0.0.1:"), line)
        self.shop.port = int(line.rsplit(":", 1)[1])
        self.assertEqual(self.shop.call("shop.settings.get")[0], 200)
        self.assertEqual(self.shop.close(), 0)
        lines = [json.loads(text) for text in self.shop.log_text().splitlines()]
        self.assertTrue(any(re.fullmatch(r"op=shop.settings.get status=200 us=\d+ principal=pri_\w+", line["msg"]) for line in lines), lines)
        self.assertTrue(all(set(line) == {"time", "level", "room", "msg"} for line in lines))

    def test_the_command_line_wins(self):
        self.write("data = /nowhere\nlisten = 127.0.0.1:1\nlog-level = error\nname = a\n")
        self.shop.serve(args=["--config", self.path, "--log-level", "info", "--name", "b", "--listen-tls", "127.0.0.1:0"])
        self.assertEqual(self.shop.call("shop.settings.get")[0], 200)
        self.assertIn("level=info", self.shop.log_text())
        done = subprocess.run(["openssl", "x509", "-in", os.path.join(self.shop.data + ".tls", "server.crt"), "-noout", "-ext", "subjectAltName"],
                              capture_output=True, text=True, timeout=60)
        self.assertRegex(done.stdout, r"DNS:b\b")
        self.assertNotRegex(done.stdout, r"DNS:a\b")

    def test_bad_lines_are_named(self):
        self.refused("\ncolour = red\n", "line 2: There is no setting called colour.")
        self.refused("config = x\n", "line 1: There is no setting called config.")
        self.refused("tls = a\n# more\ntls = b\n", "line 3: tls stands here twice.")
        self.refused("group = 257\n", "line 1: group needs a whole number from 0 to 256, not 257.")
        self.refused("threads = two\n", "line 1: threads needs a whole number from 0 to 64, not two.")
        self.refused("demo = maybe\n", "line 1: demo is yes or no, not maybe.")
        self.refused("log-level = loud\n", "line 1: log-level is error, warn, info or debug, not loud.")
        self.refused("log-format = xml\n", "line 1: log-format is text or json, not xml.")
        self.refused("rules =\n", "line 1: rules needs a value.")
        self.refused("rules\n", "line 1: This is no line of the form name = value.")
        self.refused("name = a\n" * 513, "line 513: name stands here too often.")
        self.refused(b"rules = \xff\n", "not a text in UTF-8")
        self.refused(b"rules = a\0b\n", "not a text in UTF-8")
        self.write("# " + "x" * 70000)
        self.assertIn("larger than", self.shop.run("serve", "--config", self.path).stderr)
        os.unlink(self.path)
        done = self.shop.run("serve", "--config", self.path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot be opened", done.stderr)

    def test_the_command_line_is_checked_alike(self):
        for option, value in (("--group", "257"), ("--threads", "-1"), ("--log-level", "loud"), ("--log-format", "xml")):
            done = self.shop.run("serve", "--data", self.shop.data, option, value)
            self.assertEqual(done.returncode, 2)
            self.assertIn("The option %s " % option, done.stderr)

    def test_a_bad_address_makes_no_demo_shop(self):
        data = os.path.join(self.shop.folder, "new")
        for listen in ("0.0.0.0:0", "nowhere", "127.0.0.1:99999"):
            done = self.shop.run("serve", "--demo", "--data", data, "--listen", listen)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertFalse(os.path.exists(data) or os.path.exists(data + ".key"))
        with socket.create_server(("127.0.0.1", 0)) as taken:
            for listen in ("nowhere", "127.0.0.1:99999", "127.0.0.1:%d" % taken.getsockname()[1]):
                done = self.shop.run("serve", "--demo", "--data", data, "--listen", "127.0.0.1:0", "--listen-tls", listen)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual([name for name in os.listdir(self.shop.folder) if name.startswith("new")], [])

    def test_help_of_a_command(self):
        self.assertEqual(self.shop.run("help", "serve").stdout, self.shop.run("serve", "--help").stdout)
        self.assertEqual(self.shop.run("help", "dance").returncode, 2)
        self.assertIn("usage: merx COMMAND", self.shop.run("help").stdout)
        self.assertIn("usage: merx COMMAND", self.shop.run("--help").stdout)


class Practice(unittest.TestCase):
    def test_a_shop_for_practice_may_move_its_clock(self):
        with merx.Shop() as shop:
            done = shop.run("init", "--data", shop.data, "--practice")
            self.assertEqual(done.returncode, 0, done.stderr)
            shop.owner_key = done.stdout.strip().splitlines()[-1]
            shop.serve()
            self.assertEqual(shop.call("shop.clock.advance", {"ms": 1000})[0], 200)


class Log(unittest.TestCase):
    """Whatever a customer's name and phone pass through, no line of the log has them, at any level."""

    def test_no_personal_data(self):
        name, phone, email = "Canaria Vogelsang", "13987654321", "canaria@vogelsang.example"
        with merx.Shop.start(serve_args=["--log-level", "debug"], demo=True) as shop:
            member = shop.ok("membership.join", {"phone": phone, "name": name})["member"]
            sale = {"channel": "till", "location": "store-1", "member": member, "lines": [{"sku": "TEA-001", "qty": 1000}],
                    "tenders": [{"kind": "cash", "amount": 50000}]}
            status, answer = shop.call("orders.place", sale)
            if status != 200:  # the member stands here by phone
                sale["member"] = phone
                status, answer = shop.call("orders.place", sale)
            shop.call("membership.find", {"phone": phone})
            shop.call("membership.find", {"phone": phone + "x", "name": name})
            shop.call("membership.join", {"phone": phone, "name": name, "email": email})
            shop.call("membership.join", '{"phone": "%s", "name": "%s"' % (phone, name))
            shop.call("membership." + phone, {"name": name})
            shop.client(key=phone).request("GET", "/v1/membership.find?phone=" + phone)
            self.assertEqual(shop.close(), 0)
            log = shop.log_text()
            self.assertIn("op=membership.join status=200", log)
            self.assertIn("op=orders.place", log)
            for secret in (name, "Canaria", "Vogelsang", phone, phone[3:], email, shop.owner_key, shop.owner_key[31:]):
                self.assertNotIn(secret, log)


class Service(unittest.TestCase):
    """packaging/merx.service"""

    def setUp(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        self.unit = os.path.join(PACKAGING, "merx.service")

    def test_the_sandbox_is_tight(self):
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", self.unit], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout[-400:] + done.stderr)
        self.assertLessEqual(float(re.search(r"exposure level for merx.service: ([0-9.]+)", done.stdout).group(1)), 2.0)

    def test_it_serves_the_example(self):
        text = read(self.unit)
        self.assertIn("merx serve --config /etc/merx/merx.conf", text)
        self.assertIn("StateDirectory=merx\n", text)
        self.assertIn("\ndata = /var/lib/merx/", read(PACKAGING, "merx.conf"))

    def allowed_calls(self):
        """Numbers of the calls that the unit's filter allows, by this machine's own lists."""
        def members(name):
            done = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, timeout=60)
            words = {line.strip() for line in done.stdout.splitlines()[1:] if line.startswith("    ") and not line.strip().startswith("#")}
            return set().union(*[members(word) if word.startswith("@") else {word} for word in words])
        allowed = set()
        for line in re.findall(r"^SystemCallFilter=(.*)$", read(self.unit), re.M):
            names = set().union(*[members(w) if w.startswith("@") else {w} for w in line.lstrip("~").split()])
            allowed = allowed - names if line.startswith("~") else allowed | names
        header = subprocess.run(["cc", "-E", "-dM", "-include", "sys/syscall.h", "-xc", "/dev/null"], capture_output=True, text=True, timeout=60).stdout
        numbers = dict(re.findall(r"#define __NR_(\w+) (\d+)$", header, re.M))
        return sorted(int(numbers[name]) for name in allowed | {"execve"} if name in numbers)

    def test_a_shop_works_behind_its_filter(self):
        """The unit's list of system calls as a filter of this test's own; everything else answers EPERM."""
        calls = self.allowed_calls()
        self.assertGreater(len(calls), 150)
        steps = [struct.pack("HBBI", 0x20, 0, 0, 0)]  # load the number of the call
        for number in calls:
            steps += [struct.pack("HBBI", 0x15, 0, 1, number), struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000)]  # equal: allow
        steps.append(struct.pack("HBBI", 0x06, 0, 0, 0x00050000 | 1))  # EPERM
        code = ctypes.create_string_buffer(b"".join(steps))
        program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
        libc = ctypes.CDLL(None, use_errno=True)

        def confine():
            if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
                raise OSError(ctypes.get_errno(), "the filter is not taken")

        if merx.SLOW:
            self.skipTest("a sanitizer needs calls of its own")
        with merx.Shop() as shop:
            shop.init()
            shop.log = open(os.path.join(shop.folder, "log.txt"), "ab")
            shop.process = subprocess.Popen([merx.PROGRAM, "serve", "--data", shop.data, "--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0",
                                             "--demo"], stdout=subprocess.PIPE, stderr=shop.log, preexec_fn=confine)
            for line in shop._ready_lines(merx.time.monotonic() + 60, 2):
                port = int(line.rsplit(":", 1)[1])
                if line.startswith("ready https"):
                    shop.tls_port = port
                else:
                    shop.port = port
            with open("/proc/%d/status" % shop.process.pid) as status:
                self.assertIn("Seccomp:\t2", status.read())
            sale = {"channel": "till", "location": "store-1", "lines": [{"sku": "TEA-001", "qty": 1000}], "tenders": [{"kind": "cash", "amount": 50000}]}
            self.assertEqual(shop.tls_client().call("orders.place", sale)[0], 200)
            self.assertEqual(shop.verify().returncode, 0)
            self.assertEqual(shop.close(), 0, shop.log_text())


if __name__ == "__main__":
    unittest.main()

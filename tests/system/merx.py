"""A real shop for a test: starts the program on an empty folder, talks to it over HTTP, stops it by its pid.

MERX_PROGRAM names the program (default build/release/merx). MERX_SLOW=1 says that it runs under a sanitizer, so that
tests reduce their counts.
"""

import http.client
import itertools
import json
import os
import select
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("MERX_PROGRAM", os.path.join(ROOT, "build", "release", "merx"))
SLOW = os.environ.get("MERX_SLOW") == "1"

_counter = itertools.count(1)


def has_faults():
    """Is this a test build, in which MERX_FAULT makes the world fail?"""
    with open(PROGRAM, "rb") as file:
        return b"MERX_FAULT" in file.read()


def fewer(count, under_sanitizer):
    """`count`, or the smaller number when the program runs under a sanitizer."""
    return under_sanitizer if SLOW else count


class Client:
    """One keep-alive connection; not shared between threads."""

    def __init__(self, port, key, timeout=30, tls=None, source=None):
        """tls: an ssl.SSLContext, for HTTPS; source: the loopback address to come from."""
        self.port, self.key, self.timeout, self.http, self.tls, self.source = port, key, timeout, None, tls, source

    def connect(self):
        source = (self.source, 0) if self.source else None
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=self.timeout, source_address=source, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout, source_address=source)

    def request(self, method, path, body=None, headers=None):
        """-> (status, headers, bytes). Connects again when the server closed the idle connection."""
        for attempt in (1, 2):
            fresh = self.http is None
            if fresh:
                self.http = self.connect()
            try:
                self.http.request(method, path, body, headers or {})
                answer = self.http.getresponse()
                return answer.status, answer.headers, answer.read()
            except (OSError, http.client.HTTPException) as failure:
                self.close()  # whatever it was, the next request begins with a new connection
                closed = isinstance(failure, (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError))
                if fresh or attempt == 2 or not closed:
                    raise

    def call(self, op, body=None, key=None, idem=None, headers=None):
        """POST an operation -> (status, decoded JSON). idem: idempotency key; False sends none."""
        headers = {"Content-Type": "application/json", **(headers or {})}
        bearer = self.key if key is None else key
        if bearer:
            headers["Authorization"] = "Bearer " + bearer
        if idem is None:
            idem = "t-%d-%d" % (os.getpid(), next(_counter))
        if idem:
            headers["Idempotency-Key"] = idem
        text = body if isinstance(body, (str, bytes)) else json.dumps(body or {}, ensure_ascii=False)
        data = text.encode() if isinstance(text, str) else text
        status, _, answer = self.request("POST", "/v1/" + op, data, headers)
        return status, json.loads(answer) if answer else None

    def close(self):
        if self.http is not None:
            self.http.close()
            self.http = None


class Shop:
    """A served data folder. Use as a context manager, or call stop()."""

    def __init__(self, folder=None):
        self.own_folder = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="merx-test-")
        self.data = os.path.join(self.folder, "shop")
        self.process = None
        self.owner_key = None
        self.port = None
        self.tls_port = None
        self._local = threading.local()

    @classmethod
    def start(cls, demo=False, folder=None, serve_args=(), **settings):
        """Make and serve a shop. settings: currency, digits, country, zone, tax_included ("yes"/"no")."""
        shop = cls(folder)
        try:
            shop.init(**settings)
            shop.serve(demo=demo, args=serve_args)
        except BaseException:
            shop.stop()
            raise
        return shop

    def init(self, **settings):
        args = [PROGRAM, "init", "--data", self.data]
        for name, value in settings.items():
            args += ["--" + name.replace("_", "-"), str(value)]
        done = subprocess.run(args, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError("init failed: " + done.stdout + done.stderr)
        self.owner_key = done.stdout.strip().splitlines()[-1]

    def serve(self, demo=False, args=(), env=None, timeout=60):
        """Start serving; waits for the ready line. -> seconds from start to ready."""
        command = [PROGRAM, "serve", "--data", self.data, "--listen", "127.0.0.1:0"] + (["--demo"] if demo else []) + list(args)
        self.log = open(os.path.join(self.folder, "log.txt"), "ab")
        begin = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, env=dict(os.environ, **(env or {})))
        lines = self._ready_lines(begin + timeout, 2 if "--listen-tls" in command else 1)
        for line in lines:
            port = int(line.rsplit(":", 1)[1].strip("/ \n"))
            if line.startswith("ready https:"):
                self.tls_port = port
            else:
                self.port = port
        return time.monotonic() - begin

    def _ready_lines(self, deadline, count):
        text = b""
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise RuntimeError("the shop did not become ready: " + self.log_text()[-2000:])
            more = os.read(self.process.stdout.fileno(), 4096)
            if not more:
                raise RuntimeError("the shop ended (%s): %s" % (self.process.wait(), self.log_text()[-2000:]))
            text += more
            lines = [line for line in text.decode().splitlines(True) if line.startswith("ready ") and line.endswith("\n")]
            if len(lines) >= count:
                return lines

    def log_text(self):
        with open(os.path.join(self.folder, "log.txt"), "r", errors="replace") as log:
            return log.read()

    def client(self, key=None):
        """A connection of its own."""
        return Client(self.port, key or self.owner_key)

    def ca_file(self):
        """The shop's own CA, which a till is given once; served with --listen-tls."""
        return os.path.join(self.data + ".tls", "ca.crt")

    def tls_client(self, key=None, source=None):
        """A connection over HTTPS that verifies the shop's certificate."""
        return Client(self.tls_port, key or self.owner_key, tls=ssl.create_default_context(cafile=self.ca_file()), source=source)

    def _mine(self):
        if getattr(self._local, "port", None) != self.port:
            self._local.client, self._local.port = self.client(), self.port
        return self._local.client

    def call(self, op, body=None, key=None, idem=None, headers=None):
        """An operation on this thread's connection -> (status, decoded JSON)."""
        return self._mine().call(op, body, key, idem, headers)

    def ok(self, op, body=None, **more):
        """An operation that must succeed -> decoded JSON."""
        status, answer = self.call(op, body, **more)
        if status != 200:
            raise AssertionError("%s answered %d: %s" % (op, status, answer))
        return answer

    def make_key(self, role):
        """An API key of a new principal with that role."""
        principal = self.ok("identity.principal.put", {"role": role, "name": role})["principal"]["id"]
        key_id = self.ok("identity.key.create", {"principal": principal})["key"]["id"]
        return self.ok("identity.key.reveal", {"id": key_id})["text"]

    def kill(self):
        """kill -9 of the pid that was started; waits until it and the server under it are gone."""
        with open("/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)) as file:
            children = file.read().split()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + 10
        while any(os.path.exists("/proc/" + child) for child in children) and time.monotonic() < end:
            time.sleep(0.001)
        self._closed()

    def close(self):
        """Ask it to stop and wait; -> exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._closed()
        return code

    def _closed(self):
        self.process.stdout.close()
        self.log.close()
        self.process = None

    def stop(self):
        """Stop serving and, when the folder is its own, remove it. -> exit code."""
        code = self.close()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        return code

    def run(self, *args, key=None, stdin=None):
        """The program's command line -> completed process (text)."""
        env = dict(os.environ, MERX_KEY=key or self.owner_key or "")
        return subprocess.run([PROGRAM, *args], capture_output=True, text=True, env=env, input=stdin, timeout=120)

    def dumped(self, args=()):
        """All that the folder holds, as `merx dump` shows it; the shop is closed for it and serves again."""
        self.close()
        done = self.run("dump", "--data", self.data)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        self.serve(args=args)
        return done.stdout

    def verify(self):
        """`merx verify` on the folder as it is now (served or not)."""
        return self.run("verify", "--data", self.data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class ShopTest(unittest.TestCase):
    """Base of tests that share one shop: `settings` of the class go to Shop.start()."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.shop = Shop.start(**cls.settings)
        cls.addClassCleanup(cls.shop.stop)  # also when a subclass fails to set itself up

    @classmethod
    def tearDownClass(cls):
        served = cls.shop.process is not None and cls.shop.process.poll() is None
        code = cls.shop.stop()
        assert served and code == 0, "the shop did not end cleanly: exit code %s" % code

    def refused(self, status, code, field, op, body, **more):
        """The operation answers this status and problem code and names this field (None = any)."""
        got, answer = self.shop.call(op, body, **more)
        self.assertEqual((got, answer.get("code")), (status, code), answer)
        if field is not None:
            self.assertEqual(answer.get("field"), field, answer)
        self.assertEqual(answer.get("status"), status)
        return answer

    def product(self, sku, price=1000, stock=None, location="store-1", **more):
        """Make a product (and, with `stock` pieces, receive some)."""
        self.shop.ok("catalog.product.put", {"sku": sku, "name": {"en": "Article " + sku}, "price": price, "unit": "piece",
                                             "category": "test", "tax_ppm": 130000, **more})
        if stock:
            self.shop.ok("inventory.receive", {"location": location, "lines": [{"sku": sku, "qty": stock * 1000}]})

    def location(self, name="store-1"):
        self.shop.ok("inventory.location.put", {"id": name, "name": {"en": name}, "zone": "Asia/Shanghai"})


if __name__ == "__main__":
    unittest.main()

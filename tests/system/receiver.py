"""The other side of webhooks: a real HTTP or HTTPS server on loopback that keeps what it got, checks signatures its own way,
and can be told to fail."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time


def check_signature(secret, headers, body):
    """Standard Webhooks, as a receiver writes it: 1 for each signature of the header that this secret made."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    signed = b"%s.%s.%s" % (headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body)
    want = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return sum(hmac.compare_digest(want, each) for each in headers["webhook-signature"].split(" "))


class Receiver:
    """Use as a context manager. answer: status, or a function (number of the request) -> status or (status, headers)."""

    def __init__(self, answer=200, cert=None):
        self.got, self.answer, self.lock, self.count = [], answer, threading.Lock(), 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) != int(self.headers["Content-Length"]):  # the sender was killed in the middle
                    self.close_connection = True
                    return
                with receiver.lock:
                    receiver.count += 1
                    answer = receiver.answer(receiver.count) if callable(receiver.answer) else receiver.answer
                    status, more = answer if isinstance(answer, tuple) else (answer, {})
                    receiver.got.append((status, self.path, dict(self.headers), body))
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.scheme = "http"
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*cert)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def place(self):
        return "127.0.0.1:%d" % self.server.server_address[1]

    @property
    def url(self):
        return "%s://%s" % (self.scheme, self.place)

    def taken(self):
        """What was answered with 2xx: (path, headers, body)."""
        with self.lock:
            return [(path, headers, body) for status, path, headers, body in self.got if 200 <= status < 300]

    def events(self):
        return [json.loads(body) for _, _, body in self.taken()]

    def wait(self, count, seconds=30):
        """Wait until so many were taken."""
        end = time.monotonic() + seconds
        while len(self.taken()) < count and time.monotonic() < end:
            time.sleep(0.01)
        return len(self.taken()) >= count

    def wait_requests(self, count, seconds=30):
        end = time.monotonic() + seconds
        while self.count < count and time.monotonic() < end:
            time.sleep(0.01)
        return self.count >= count

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

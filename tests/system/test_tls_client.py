"""TLS: what our client refuses of servers, against another implementation (OpenSSL) and bytes made by hand."""

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

import merx
from certs import CA, HERE, LEAF, Certs

PEER = os.path.join(os.path.dirname(merx.PROGRAM), "tls_peer")
WEAKEST = "ALL:@SECLEVEL=0"


class Server(threading.Thread):
    """Takes connections, over TLS when there is a context, and hands each to `talk`."""

    def __init__(self, context, talk):
        super().__init__(daemon=True)
        self.context, self.talk = context, talk
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.requests = []
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.settimeout(10)
            try:
                if self.context:
                    connection = self.context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
                self.talk(self, connection)
            except OSError:
                pass
            finally:
                connection.close()

    def close(self):
        self.socket.close()


def answering(text, goodbye=True):
    def talk(server, connection):
        server.requests.append(connection.recv(65536))
        connection.sendall(text)
        if goodbye:
            connection.unwrap()
        else:
            connection.shutdown(socket.SHUT_WR)
    return talk


OK = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")


def context(certs, chain, key, versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2), ciphers=WEAKEST, curve=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers(ciphers)
    made.minimum_version, made.maximum_version = versions
    made.load_cert_chain(chain, certs.path(key + ".key"))
    if curve:
        made.set_ecdh_curve(curve)
    return made


class TheClientRefuses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="merx-test-")
        cls.certs = certs = Certs(cls.folder)
        certs.make("root", None, CA)
        certs.make("middle", "root", CA)
        certs.make("good", "root")
        certs.make("below", "middle")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def fetch(self, port, ca="root.crt", host="localhost", timeout_ms=5000, allow=None, path="/", scheme="https"):
        """-> (status or None, code or body, message)"""
        url = "%s://%s:%d%s" % (scheme, host, port, path)
        ca = self.certs.path(ca) if ca != "-" else ca
        done = subprocess.run([PEER, "fetch", ca, allow or "%s:%d" % (host, port), "GET", url, str(timeout_ms)], capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        first, second, rest = (done.stdout.rstrip("\n").split(" ", 2) + ["", ""])[:3]
        return (None, second, rest) if first == "!" else (int(first), rest, "")

    def serve(self, chain, key, talk=OK, **more):
        server = Server(context(self.certs, chain, key, **more), talk)
        self.addCleanup(server.close)
        return server

    def refuses(self, chain, key, words, code="untrusted", host="localhost", ca="root.crt", **more):
        server = self.serve(chain, key, **more)
        status, got, message = self.fetch(server.port, ca=ca, host=host)
        self.assertIsNone(status)
        self.assertEqual(got, code, message)
        self.assertIn(words, message)
        self.assertEqual(server.requests, [], "a byte of the request left")

    def refuses_cert(self, name, words, below=(), host="localhost", ca="root.crt", issuer="root", **how):
        how.setdefault("extensions", LEAF + HERE)
        self.certs.make(name, issuer, **how)
        self.refuses(self.certs.chain(name, *below), name, words, host=host, ca=ca)

    # what is in order

    def test_a_good_certificate_is_taken(self):
        server = self.serve(self.certs.path("good.crt"), "good")
        self.assertEqual(self.fetch(server.port)[:2], (200, "hi"))
        self.assertEqual(self.fetch(server.port, host="127.0.0.1")[:2], (200, "hi"))
        self.assertEqual(len(server.requests), 2)

    def test_a_chain_and_rsa_are_taken(self):
        server = self.serve(self.certs.chain("below", "middle"), "below")
        self.assertEqual(self.fetch(server.port)[:2], (200, "hi"))
        self.certs.make("rsa", "root", kind="rsa")
        server = self.serve(self.certs.path("rsa.crt"), "rsa")
        self.assertEqual(self.fetch(server.port)[:2], (200, "hi"))

    def test_each_safe_suite_is_spoken(self):
        for suite in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"):
            server = self.serve(self.certs.path("good.crt"), "good", ciphers=suite)
            self.assertEqual(self.fetch(server.port)[:2], (200, "hi"), suite)

    # certificates

    def test_expired(self):
        self.refuses_cert("expired", "has ended", end="20250201000000Z")

    def test_not_yet_valid(self):
        self.refuses_cert("early", "not valid yet", start="20980101000000Z")

    def test_wrong_host(self):
        self.refuses_cert("elsewhere", "for another name", extensions=LEAF + "subjectAltName=DNS:other.example\n")

    def test_wrong_address(self):
        self.refuses_cert("address", "for another name", extensions=LEAF + "subjectAltName=IP:127.0.0.2,DNS:localhost\n", host="127.0.0.1")

    def test_an_address_written_as_a_name(self):
        self.refuses_cert("asname", "for another name", extensions=LEAF + "subjectAltName=DNS:127.0.0.1\n", host="127.0.0.1")

    def test_a_common_name_alone(self):
        self.refuses_cert("common", "for another name", extensions=LEAF, common_name="localhost")

    def test_a_wildcard_for_the_whole_name(self):
        self.refuses_cert("wild", "for another name", extensions=LEAF + "subjectAltName=DNS:*,DNS:*.localhost,DNS:loc*\n")

    def test_self_signed(self):
        self.certs.make("own", None)
        self.refuses(self.certs.path("own.crt"), "own", "not signed by anybody")

    def test_another_ca(self):
        self.certs.make("other", None, CA)
        self.refuses_cert("foreign", "not signed by anybody", issuer="other")

    def test_another_ca_of_the_same_name(self):
        self.certs.make("double", None, CA, common_name="root")
        self.refuses_cert("doubled", "not signed by anybody", issuer="double")

    def test_the_systems_cas_do_not_know_us(self):
        server = self.serve(self.certs.path("good.crt"), "good")
        status, code, message = self.fetch(server.port, ca="-")
        self.assertEqual((status, code), (None, "untrusted" if os.path.exists("/etc/ssl/certs/ca-certificates.crt") else "io"), message)
        self.assertEqual(server.requests, [])

    def test_a_missing_link(self):
        self.refuses(self.certs.path("below.crt"), "below", "not signed by anybody")

    def test_a_chain_longer_than_allowed(self):
        self.certs.make("short", None, CA.replace("CA:TRUE", "CA:TRUE,pathlen:0"))
        self.certs.make("between", "short", CA)
        self.refuses_cert("toolow", "not signed by anybody", issuer="between", below=("between",), ca="short.crt")

    def test_an_endless_chain(self):
        names = ["root"] + ["link%d" % i for i in range(12)]
        for issuer, name in zip(names, names[1:]):
            self.certs.make(name, issuer, CA)
        self.certs.make("deep", names[-1])
        self.refuses(self.certs.chain("deep", *reversed(names[1:])), "deep", "too long a chain")

    def test_a_leaf_that_signs(self):
        self.refuses_cert("child", "not signed by anybody", issuer="good", below=("good",))

    def test_a_ca_without_its_flag(self):
        self.certs.make("flagless", "root", "keyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n")
        self.refuses_cert("unflagged", "not signed by anybody", issuer="flagless", below=("flagless",))

    def test_a_ca_that_may_not_sign(self):
        self.certs.make("signless", "root", CA.replace("keyCertSign,", ""))
        self.refuses_cert("unsigned", "not signed by anybody", issuer="signless", below=("signless",))

    def test_an_expired_ca_between(self):
        self.certs.make("oldmiddle", "root", CA, end="20250201000000Z")
        self.refuses_cert("old", "has ended", issuer="oldmiddle", below=("oldmiddle",))

    def test_an_expired_root(self):
        self.certs.make("oldroot", None, CA, end="20250201000000Z")
        self.refuses_cert("oldest", "has ended", issuer="oldroot", ca="oldroot.crt")

    def test_for_clients_only(self):
        self.refuses_cert("forclients", "not meant for a server", extensions=LEAF.replace("serverAuth", "clientAuth") + HERE)

    def test_a_ca_for_clients_only(self):
        self.certs.make("clientca", "root", CA + "extendedKeyUsage=clientAuth\n")
        self.refuses_cert("strange", "not meant for a server", issuer="clientca", below=("clientca",))

    def test_a_short_rsa_key(self):
        self.refuses_cert("short1024", "too weak", kind="rsa1024")

    def test_sha1(self):
        self.refuses_cert("sha1", "too weak", digest="sha1")

    def test_a_curve_nobody_asked_for(self):
        self.certs.make("k256", "root", kind="k256")
        self.refuses(self.certs.path("k256.crt"), "k256", "", ciphers=WEAKEST)

    def test_limits_of_names_marked_critical(self):
        self.certs.make("limited", "root", CA + "nameConstraints=critical,permitted;DNS:example.com\n")
        self.refuses_cert("outside", "cannot be judged", issuer="limited", below=("limited",))

    def test_limits_of_names(self):
        self.certs.make("limited2", "root", CA + "nameConstraints=permitted;DNS:example.com\n")
        self.refuses_cert("outside2", "limits", issuer="limited2", below=("limited2",))

    def test_an_unknown_critical_extension(self):
        self.refuses_cert("critical", "cannot be judged", extensions=LEAF + HERE + "1.2.3.4.5=critical,ASN1:UTF8String:x\n")

    # protocol and suites

    def test_tls_1_0(self):
        self.refuses(self.certs.path("good.crt"), "good", "", versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1))

    def test_tls_1_1(self):
        self.refuses(self.certs.path("good.crt"), "good", "", versions=(ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1))

    def test_no_version_in_common(self):
        self.refuses(self.certs.path("good.crt"), "good", "", versions=(ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3))

    def weak_suite(self, suite, key="good"):
        if key == "rsa2":
            self.certs.make("rsa2", "root", LEAF.replace("digitalSignature", "digitalSignature,keyEncipherment") + HERE, kind="rsa")
        self.refuses(self.certs.path(key + ".crt"), key, "no kind of TLS in common", ciphers=suite + ":@SECLEVEL=0")

    def test_rsa_key_exchange(self):
        self.weak_suite("AES128-GCM-SHA256", "rsa2")

    def test_finite_field_dhe(self):
        self.weak_suite("DHE-RSA-AES128-GCM-SHA256", "rsa2")

    def test_cbc(self):
        self.weak_suite("ECDHE-ECDSA-AES128-SHA")

    def test_cbc_sha256(self):
        self.weak_suite("ECDHE-ECDSA-AES128-SHA256")

    def test_null_cipher(self):
        self.weak_suite("ECDHE-ECDSA-NULL-SHA")

    def test_anonymous(self):
        self.weak_suite("AECDH-AES128-SHA")

    def test_a_group_nobody_asked_for(self):
        self.refuses(self.certs.path("good.crt"), "good", "no kind of TLS in common", curve="secp521r1")

    # bytes

    def raw(self, talk, code, **more):
        server = Server(None, talk)
        self.addCleanup(server.close)
        status, got, message = self.fetch(server.port, **more)
        self.assertEqual((status, got), (None, code), message)

    def test_plain_http_at_the_other_end(self):
        self.raw(lambda server, c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), "io")

    def test_a_connection_closed_at_once(self):
        self.raw(lambda server, c: None, "io")

    def test_a_handshake_cut_short(self):
        self.raw(lambda server, c: (c.recv(4096), c.sendall(b"\x16\x03\x03\x00\x40\x02\x00\x00\x3c\x03\x03")), "io")

    def test_garbage(self):
        self.raw(lambda server, c: (c.recv(4096), c.sendall(os.urandom(64).replace(b"\x16", b"x") * 10)), "io")

    def test_a_record_larger_than_any(self):
        self.raw(lambda server, c: (c.recv(4096), c.sendall(b"\x16\x03\x03\xff\xff" + b"x" * 65535)), "io")

    def test_silence(self):
        self.raw(lambda server, c: c.recv(65536) and time.sleep(2), "timeout", timeout_ms=300)

    # answers

    def test_an_answer_cut_without_a_goodbye(self):
        server = self.serve(self.certs.path("good.crt"), "good", answering(b"HTTP/1.1 200 OK\r\n\r\nhalf of", goodbye=False))
        status, code, message = self.fetch(server.port)
        self.assertEqual((status, code), (None, "io"))
        self.assertIn("ended before the answer was complete", message)

    def test_an_answer_that_ends_with_a_goodbye(self):
        server = self.serve(self.certs.path("good.crt"), "good", answering(b"HTTP/1.1 200 OK\r\n\r\nall of it"))
        self.assertEqual(self.fetch(server.port)[:2], (200, "all of it"))

    def test_an_answer_shorter_than_it_says(self):
        server = self.serve(self.certs.path("good.crt"), "good", answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"))
        self.assertEqual(self.fetch(server.port)[:2], (None, "io"))

    def test_an_answer_without_end(self):
        def drip(server, connection):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(100):
                connection.sendall(b"x")
                time.sleep(0.05)
        server = self.serve(self.certs.path("good.crt"), "good", drip)
        self.assertEqual(self.fetch(server.port, timeout_ms=400)[:2], (None, "timeout"))

    def test_a_redirect_is_not_followed(self):
        other = self.serve(self.certs.path("good.crt"), "good")
        there = b"HTTP/1.1 302 Found\r\nLocation: https://localhost:%d/\r\nContent-Length: 0\r\n\r\n" % other.port
        server = self.serve(self.certs.path("good.crt"), "good", answering(there))
        self.assertEqual(self.fetch(server.port)[0], 302)
        self.assertEqual(other.requests, [])

    def test_a_private_address(self):
        server = self.serve(self.certs.path("good.crt"), "good")
        for host in ("127.0.0.1", "localhost"):
            self.assertEqual(self.fetch(server.port, host=host, allow="127.0.0.1:1")[:2], (None, "forbidden"))
        self.assertEqual(server.requests, [])

    def test_plain_http_that_is_not_allowed(self):
        server = Server(None, lambda server, c: server.requests.append(c.recv(100)))
        self.addCleanup(server.close)
        self.assertEqual(self.fetch(server.port, scheme="http", allow="127.0.0.1:1")[:2], (None, "forbidden"))
        self.assertEqual(server.requests, [])

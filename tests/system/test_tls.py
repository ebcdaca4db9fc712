"""TLS: what our server refuses of clients, against another implementation (OpenSSL) and bytes made by hand."""

import os
import select
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest

import merx

PEER = os.path.join(os.path.dirname(merx.PROGRAM), "tls_peer")
WEAKEST = "ALL:@SECLEVEL=0"
X25519, P256, P521 = 29, 23, 25
SAFE = (0xCCA9, 0xC02B, 0xC02C)


def extension(number, body):
    return struct.pack(">HH", number, len(body)) + body


def hello(suites=SAFE, version=0x0303, groups=(X25519, P256), compressions=b"\0", more=b"", record=b"\x03\x01"):
    """A ClientHello in a record."""
    listed = b"".join(struct.pack(">H", g) for g in groups)
    extensions = extension(10, struct.pack(">H", len(listed)) + listed) + extension(11, b"\x01\x00")
    extensions += extension(13, b"\x00\x04\x04\x03\x04\x01") + more
    body = struct.pack(">H", version) + os.urandom(32) + b"\0" + struct.pack(">H", 2 * len(suites))
    body += b"".join(struct.pack(">H", s) for s in suites) + bytes([len(compressions)]) + compressions
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return b"\x16" + record + struct.pack(">H", len(message)) + message


class Peer:
    """Our server in a process of its own."""

    def __init__(self, folder, **opts):
        self.process = subprocess.Popen([PEER, "serve", folder] + ["%s=%s" % o for o in opts.items()], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port, self.fingerprint, self.plain = self.process.stdout.readline().split()
        self.port, self.plain, self.ca = int(self.port), int(self.plain), os.path.join(folder, "ca.crt")

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def trust(self):
        return ssl.create_default_context(cafile=self.ca)


def until_end(connection):
    got = b""
    try:
        while True:
            more = connection.recv(65536)
            if not more:
                return got
            got += more
    except ConnectionResetError:
        return got


class TheServerRefuses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="merx-test-")
        cls.peer = Peer(os.path.join(cls.folder, "tls"), hello_ms=700, plain=1)

    @classmethod
    def tearDownClass(cls):
        cls.peer.close()
        shutil.rmtree(cls.folder)

    def tearDown(self):
        """Whatever happened, the next one is served."""
        with self.peer.trust().wrap_socket(self.peer.connect(), server_hostname="localhost") as connection:
            self.assertEqual(self.ask(connection), b"GET /after 0 127.0.0.1 secure")

    def ask(self, connection, path="/after"):
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path.encode())
        got = b""
        while b"\r\n\r\n" not in got:
            got += connection.recv(65536)
        head, _, body = got.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
        return body

    def refused(self, sent, alert=None):
        """Nothing of a handshake comes back: an alert or nothing, then the end."""
        with self.peer.connect() as connection:
            connection.sendall(sent)
            got = until_end(connection)
        if got:
            self.assertEqual(got[0], 21, got)
            self.assertEqual(got[5], 2, "the alert is not fatal")
        if alert is not None:
            self.assertEqual(got[6:7], bytes([alert]))

    HANDSHAKE_FAILURE, PROTOCOL_VERSION, UNEXPECTED, NO_PROTOCOL = 40, 70, 10, 120

    def test_a_good_hello_is_answered(self):
        with self.peer.connect() as connection:
            connection.sendall(hello())
            self.assertEqual(connection.recv(5)[0], 22)

    # versions

    def test_tls_1_1(self):
        self.refused(hello(version=0x0302), self.PROTOCOL_VERSION)

    def test_tls_1_0(self):
        self.refused(hello(version=0x0301), self.PROTOCOL_VERSION)

    def test_ssl_3(self):
        self.refused(hello(version=0x0300, record=b"\x03\x00"), self.PROTOCOL_VERSION)

    def test_ssl_2(self):
        self.refused(b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"\x07\x00\xc0\x05\x00\x80\x03\x00\x80\x01\x00\x80\x08\x00\x80"
                     b"\x06\x00\x40" + os.urandom(19))

    def test_version_of_another_world(self):
        self.refused(hello(record=b"\x04\x01"), self.PROTOCOL_VERSION)

    def test_a_fallback_that_was_forced(self):
        self.refused(hello(SAFE + (0x5600,), version=0x0302), self.PROTOCOL_VERSION)

    def old_openssl(self, version):
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.set_ciphers(WEAKEST)
        old.minimum_version = old.maximum_version = version
        old.load_verify_locations(self.peer.ca)
        with self.assertRaises(ssl.SSLError):
            old.wrap_socket(self.peer.connect(), server_hostname="localhost")

    def test_openssl_with_tls_1_0(self):
        self.old_openssl(ssl.TLSVersion.TLSv1)

    def test_openssl_with_tls_1_1(self):
        self.old_openssl(ssl.TLSVersion.TLSv1_1)

    # suites

    def test_rsa_key_exchange(self):
        self.refused(hello((0x009C, 0x009D, 0x002F)), self.HANDSHAKE_FAILURE)

    def test_cbc(self):
        self.refused(hello((0xC009, 0xC00A, 0xC013, 0xC023, 0xC024)), self.HANDSHAKE_FAILURE)

    def test_triple_des(self):
        self.refused(hello((0x000A, 0xC008, 0xC012)), self.HANDSHAKE_FAILURE)

    def test_rc4(self):
        self.refused(hello((0x0005, 0xC007, 0xC011)), self.HANDSHAKE_FAILURE)

    def test_no_cipher_at_all(self):
        self.refused(hello((0x0001, 0x0002, 0xC006)), self.HANDSHAKE_FAILURE)

    def test_export(self):
        self.refused(hello((0x0003, 0x0006, 0x0008)), self.HANDSHAKE_FAILURE)

    def test_anonymous(self):
        self.refused(hello((0xC018, 0x0034, 0x00A6)), self.HANDSHAKE_FAILURE)

    def test_finite_field_dhe(self):
        self.refused(hello((0x009E, 0x0033, 0xCCAA)), self.HANDSHAKE_FAILURE)

    def test_shared_secret(self):
        self.refused(hello((0x00A8, 0x00AE, 0xCCAB)), self.HANDSHAKE_FAILURE)

    def test_static_ecdh(self):
        self.refused(hello((0xC02D, 0xC031, 0xC004)), self.HANDSHAKE_FAILURE)

    def test_ccm(self):
        self.refused(hello((0xC0AC, 0xC0AE)), self.HANDSHAKE_FAILURE)

    def test_only_tls_1_3_suites(self):
        self.refused(hello((0x1301, 0x1302, 0x1303)), self.HANDSHAKE_FAILURE)

    def test_no_suite(self):
        self.refused(hello(()))

    def test_a_group_we_do_not_have(self):
        self.refused(hello(groups=(P521, 24, 22)), self.HANDSHAKE_FAILURE)

    def test_compression_only(self):
        self.refused(hello(compressions=b"\x01"))

    def test_another_protocol_inside(self):
        self.refused(hello(more=extension(16, b"\x00\x03\x02h2")), self.NO_PROTOCOL)

    # bytes

    def test_plain_http(self):
        with self.peer.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            got = until_end(connection)
        self.assertTrue(got.startswith(b"HTTP/1.1 400 "), got)
        head, _, body = got.partition(b"\r\n\r\n")
        self.assertIn(b"Content-Length: %d\r\n" % len(body), head)
        self.assertIn(b"https://", body)

    def test_garbage(self):
        for first in (0, 1, 20, 21, 23, 24, 0x47 + 0x80, 255):
            self.refused(bytes([first]) + os.urandom(200))

    def test_data_before_the_handshake(self):
        self.refused(b"\x17\x03\x03\x00\x10" + b"x" * 16, self.UNEXPECTED)

    def test_a_record_larger_than_any(self):
        self.refused(b"\x16\x03\x01\xff\xff" + b"\x01" * 100, self.UNEXPECTED)

    def test_a_hello_larger_than_ours(self):
        self.refused(hello(more=extension(21, b"\0" * 12000)), self.UNEXPECTED)

    def test_a_hello_as_large_as_others_make_it(self):
        with self.peer.connect() as connection:
            connection.sendall(hello(more=extension(21, b"\0" * 6000)))
            self.assertEqual(connection.recv(5)[0], 22)

    def test_a_record_without_a_message(self):
        self.refused(b"\x16\x03\x01\x00\x00", self.UNEXPECTED)

    def test_a_hello_longer_than_its_record(self):
        text = bytearray(hello())
        text[8] += 1
        self.refused(bytes(text), self.UNEXPECTED)

    def test_a_hello_that_is_none(self):
        text = bytearray(hello())
        text[5] = 2
        self.refused(bytes(text), self.UNEXPECTED)

    def test_lengths_that_lie(self):
        good = hello()
        for at in (43, 44, 45, 52, 53, len(good) - 40, len(good) - 9):
            text = bytearray(good)
            text[at] = 255
            with self.peer.connect() as connection:
                connection.sendall(bytes(text))
                connection.shutdown(socket.SHUT_WR)
                until_end(connection)

    def test_every_byte_of_a_hello_changed(self):
        good = hello()
        for at in range(len(good)):
            with self.peer.connect() as connection:
                connection.sendall(good[:at] + bytes([good[at] ^ 0x41]) + good[at + 1:])
                connection.shutdown(socket.SHUT_WR)
                until_end(connection)

    def test_a_hello_cut_anywhere(self):
        good = hello()
        for at in range(0, len(good), 7):
            with self.peer.connect() as connection:
                connection.sendall(good[:at])
                connection.shutdown(socket.SHUT_WR)
                self.assertEqual(until_end(connection), b"")

    def ends_in_time(self, sent, then=None):
        started = time.monotonic()
        with self.peer.connect() as connection:
            connection.sendall(sent)
            if then:
                then(connection)
            until_end(connection)
        self.assertLess(time.monotonic() - started, 8)

    def test_silence(self):
        self.ends_in_time(b"")

    def test_half_a_hello(self):
        self.ends_in_time(hello()[:60])

    def test_a_hello_and_no_more(self):
        self.ends_in_time(hello())

    def test_a_hello_byte_by_byte(self):
        def drip(connection):
            try:
                for byte in hello():
                    connection.sendall(bytes([byte]))
                    time.sleep(0.02)
            except OSError:
                pass
        self.ends_in_time(b"", drip)

    def test_a_second_hello_in_the_handshake(self):
        with self.peer.connect() as connection:
            connection.sendall(hello() + hello())
            got = until_end(connection)
        self.assertEqual(got.count(b"\x16\x03\x03"), 4)  # the first flight alone

    # sessions

    def test_renegotiation(self):
        client = subprocess.Popen(["openssl", "s_client", "-connect", "127.0.0.1:%d" % self.peer.port, "-CAfile", self.peer.ca, "-tls1_2"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            time.sleep(0.3)
            client.stdin.write(b"R\n")
            client.stdin.flush()
            time.sleep(0.3)
            output, _ = client.communicate(timeout=10)
        finally:
            client.kill()
            client.wait()
        self.assertIn(b"RENEGOTIATING", output)
        self.assertIn(b"no renegotiation", output)

    def tls_1_2(self, cafile=None):
        made = ssl.create_default_context(cafile=cafile or self.peer.ca)
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        return made

    def test_a_ticket_is_taken_and_another_shops_is_not(self):
        ours = self.tls_1_2()
        with ours.wrap_socket(self.peer.connect(), server_hostname="localhost") as connection:
            session = connection.session
        with ours.wrap_socket(self.peer.connect(), server_hostname="localhost", session=session) as connection:
            self.assertTrue(connection.session_reused)
            self.assertEqual(self.ask(connection, "/again"), b"GET /again 0 127.0.0.1 secure")
        other = Peer(os.path.join(self.folder, "other"))
        try:
            both = self.tls_1_2()
            both.load_verify_locations(other.ca)
            with both.wrap_socket(self.peer.connect(), server_hostname="localhost") as connection:
                session = connection.session
            with both.wrap_socket(other.connect(), server_hostname="localhost", session=session) as connection:
                self.assertFalse(connection.session_reused)
            with self.assertRaises(ssl.SSLCertVerificationError):
                ours.wrap_socket(other.connect(), server_hostname="localhost")
        finally:
            other.close()

    def test_a_ticket_that_was_changed(self):
        ours = self.tls_1_2()
        ticket = os.urandom(200)
        with self.peer.connect() as connection:
            connection.sendall(hello(more=extension(35, ticket)))
            self.assertEqual(connection.recv(5)[0], 22)  # a full handshake
        with ours.wrap_socket(self.peer.connect(), server_hostname="localhost") as connection:
            self.assertFalse(connection.session_reused)

    def test_both_say_goodbye(self):
        connection = self.tls_1_2().wrap_socket(self.peer.connect(), server_hostname="localhost", suppress_ragged_eofs=False)
        self.ask(connection)
        connection.unwrap().close()  # raises when the server only hangs up
        connection = self.tls_1_2().wrap_socket(self.peer.connect(), server_hostname="localhost", suppress_ragged_eofs=False)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while connection.recv(65536):  # as above
            continue
        connection.close()

    def test_a_record_that_was_changed(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = self.tls_1_2().wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.peer.connect() as connection:
            while True:
                try:
                    session.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                    incoming.write(connection.recv(65536))
            session.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            record = bytearray(outgoing.read())
            record[-3] ^= 1
            connection.sendall(bytes(record))
            incoming.write(until_end(connection))
            with self.assertRaises((ssl.SSLError, ssl.SSLWantReadError)):
                session.read(10)

    def test_what_is_large_goes_both_ways(self):
        with self.tls_1_2().wrap_socket(self.peer.connect(), server_hostname="localhost") as connection:
            for size in (0, 1, 16383, 16384, 16385, 3000000):
                self.assertEqual(len(self.ask(connection, "/big?%d" % size)), size)
            connection.sendall(b"POST /up HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1000000)
            self.assertIn(b"POST /up 1000000 ", connection.recv(4096))
            connection.sendall(b"GET /p HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50)  # pipelined: several in a record
            got = b""
            while got.count(b"GET /p 0") < 50:
                got += connection.recv(65536)

    def test_a_slow_reader_gets_all_of_it(self):
        with self.tls_1_2().wrap_socket(self.peer.connect(), server_hostname="localhost") as connection:
            connection.sendall(b"GET /big?5000000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.5)
            got = 0
            while got < 5000000:
                more = len(connection.recv(65536))
                self.assertGreater(more, 0)
                got += more

    def test_tls_on_the_plain_port(self):
        with socket.create_connection(("127.0.0.1", self.peer.plain), timeout=10) as connection:
            connection.sendall(hello())
            self.assertTrue(until_end(connection).startswith(b"HTTP/1.1 400 "))


class SessionsAreCapped(unittest.TestCase):
    def start(self, **opts):
        folder = tempfile.mkdtemp(prefix="merx-test-")
        self.addCleanup(shutil.rmtree, folder)
        peer = Peer(os.path.join(folder, "tls"), hello_ms=20000, idle_ms=60000, plain=1, **opts)
        self.addCleanup(peer.close)
        return peer

    def open(self, peer, path):
        connection = peer.trust().wrap_socket(peer.connect(), server_hostname="localhost")
        self.addCleanup(connection.close)
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
        return connection

    def test_a_third_waits_while_two_are_at_work(self):
        peer = self.start(tls_connections=2)
        first, second = (self.open(peer, b"/hold") for _ in range(2))
        done = threading.Event()

        def shake():
            self.assertTrue(self.open(peer, b"/").recv(4096).startswith(b"HTTP/1.1 200 "))
            done.set()
        waiting = threading.Thread(target=shake)
        waiting.start()
        self.assertFalse(done.wait(0.5))
        with socket.create_connection(("127.0.0.1", peer.plain), timeout=10) as plain:
            plain.sendall(b"GET /release HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            until_end(plain)
        for connection in (first, second):
            self.assertIn(b"held", connection.recv(4096))
        self.assertTrue(done.wait(10))
        waiting.join()

    def test_a_third_takes_the_place_of_who_does_nothing(self):
        peer = self.start(tls_connections=2)
        first, second, third = (self.open(peer, b"/") for _ in range(3))
        for connection in (first, second, third):
            self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200 "))
        idle = [first, second]
        readable, _, _ = select.select(idle, [], [], 10)
        self.assertEqual(len(readable), 1)
        self.assertEqual(until_end(readable[0]), b"")

    def test_a_crowd_at_the_door_costs_little(self):
        """Hellos that never come in whole hold no session: with two of them, tills still get in."""
        peer = self.start(tls_connections=2, connections=400)
        crowd = [peer.connect() for _ in range(200)]
        try:
            for connection in crowd:
                connection.sendall(hello()[:-1])
            with peer.trust().wrap_socket(peer.connect(), server_hostname="localhost") as till:
                till.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertTrue(till.recv(4096).startswith(b"HTTP/1.1 200 "))
        finally:
            for connection in crowd:
                connection.close()

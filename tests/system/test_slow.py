"""Thousands of clients that connect and then take their time, while a till sells.

In the gate for a few seconds; MERX_LONG=1 goes on for a minute and longer. The till's times are printed, and fail the test
only far beyond what a busy machine could explain.
"""

import multiprocessing
import os
import random
import re
import resource
import socket
import time
import unittest

import merx
from sales import OrdersTest

LONG = os.environ.get("MERX_LONG") == "1"
HELD = merx.fewer(2000, 600)  # connections at once, half of them to the TLS port
OFFERED = merx.fewer(10000, 3000)
SECONDS = 75 if LONG else 4
SALES = 400 if LONG else 60
GROWTH_MAX_KB = 64 << 10
P99_MAX_S = 2.0

HEAD = b"POST /v1/orders.place HTTP/1.1\r\nHost: shop\r\n"
HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(32))  # the beginning of a ClientHello


class Slow:
    """One slow connection: what it sends first, and then again and again."""

    plain = [
        (b"", b""),  # says nothing
        (b"G", b""),  # stops after the first byte
        (HEAD + b"X-Long: ", b"x"),  # a header without end, byte by byte
        (HEAD + b"Content-Length: 1000000\r\n\r\n", b"{" * 50),  # a body without end
        (HEAD + b"X-Large: " + b"y" * 20000, b"y" * 100),  # a header beyond the limit
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n"),
        (b"GET /healthz HTTP/1.1\r\nHost: shop\r\n\r\n" * 40, b"GET /healthz HTTP/1.1\r\nHost: shop\r\n\r\n"),  # reads no answer
    ]
    tls = [
        (b"", b""),
        (HELLO[:3], b""),
        (HELLO, b"\0"),  # a hello, byte by byte
        (b"GET / HTTP/1.1\r\n", b"x"),
        (b"\x16\x03\x01\x40\x00" + b"\x01\x00\x3f\xfc", b"\0" * 20),  # announces a hello of 16 KB
    ]

    def __init__(self, port, kinds):
        self.first, self.drip = random.choice(kinds)
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", port))

    def go_on(self):
        """-> False when the server has ended it."""
        try:
            if self.first:
                sent = self.socket.send(self.first)
                self.first = self.first[sent:]
            elif self.drip:
                self.socket.send(self.drip)
            return True
        except BlockingIOError:
            return True
        except OSError:
            return False


def attack(ports, report, stop):
    """Holds HELD connections for as long as it may, until it has offered OFFERED and was told to stop."""
    slow, offered, ended = [], 0, 0
    while not stop.is_set() or offered < OFFERED:
        while len(slow) < HELD:
            tls = offered % 2
            slow.append(Slow(ports[tls], Slow.tls if tls else Slow.plain))
            offered += 1
        alive = [one for one in slow if one.go_on()]
        if offered < OFFERED:  # somebody always leaves, and somebody comes
            alive, gone = alive[HELD // 20:], alive[:HELD // 20]
            for one in gone:
                one.socket.close()
        for one in set(slow) - set(alive):
            one.socket.close()
            ended += 1
        slow = alive
        time.sleep(0.02)
    report.send((offered, ended))


def memory_kb(pid):
    """What the process holds; the pages of the shop's files, which grow with each sale, are the system's."""
    with open("/proc/%d/status" % pid) as status:
        return int(re.search(r"RssAnon:\s+(\d+) kB", status.read()).group(1))


def server_pid(shop):
    """The process that serves: the supervisor's child."""
    with open("/proc/%d/task/%d/children" % (shop.process.pid, shop.process.pid)) as children:
        pids = children.read().split()
    return int(pids[0]) if pids else shop.process.pid


class SlowClients(OrdersTest):
    @classmethod
    def serve_args(cls):
        return ["--listen-tls", "127.0.0.1:0"]

    @classmethod
    def fill(cls):
        super().fill()
        cls.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA", "qty": 10**9}]})

    def sell(self, till, count):
        """-> seconds of each sale, in order of length"""
        body, times = self.sale(("TEA", 1000)), []
        for _ in range(count):
            begin = time.monotonic()
            status, answer = till.call("orders.place", body)
            times.append(time.monotonic() - begin)
            self.assertEqual(status, 200, answer)
        return sorted(times)

    @staticmethod
    def words(times):
        return "p50 %.1f ms, p99 %.1f ms" % (1000 * times[len(times) // 2], 1000 * times[len(times) * 99 // 100])

    def test_tills_sell_while_thousands_dawdle(self):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        pid, plain, secure = server_pid(self.shop), self.shop.client(), self.shop.tls_client()
        self.sell(plain, 20)
        self.sell(secure, 20)
        before, memory = self.sell(plain, SALES), memory_kb(pid)
        receive, send = multiprocessing.Pipe(False)
        stop = multiprocessing.Event()
        crowd = multiprocessing.Process(target=attack, args=((self.shop.port, self.shop.tls_port), send, stop))
        crowd.start()
        try:
            during, during_tls, largest, begin = [], [], memory, time.monotonic()
            while time.monotonic() - begin < SECONDS or len(during) < SALES:
                during += self.sell(plain, 10)
                during_tls += self.sell(secure, 10)
                largest = max(largest, memory_kb(pid))
            late = self.shop.client()  # a till that is switched on in the middle of it
            self.sell(late, 5)
            late_tls = self.shop.tls_client()
            self.sell(late_tls, 5)
        finally:
            stop.set()
            told = receive.poll(60) and receive.recv()
            crowd.join(10)
        self.assertTrue(told, "the crowd did not get in")
        largest = max(largest, memory_kb(pid))
        during, during_tls = sorted(during), sorted(during_tls)
        print("\nslow clients: %d offered, %d ended; memory %d KB + %d KB" % (*told, memory, largest - memory))
        print("till before: %s; meanwhile: %s; over TLS: %s" % (self.words(before), self.words(during), self.words(during_tls)))
        self.assertGreaterEqual(told[0], OFFERED)
        self.assertLess(during[len(during) * 99 // 100], P99_MAX_S)
        self.assertLess(during_tls[len(during_tls) * 99 // 100], P99_MAX_S)
        if not merx.SLOW:  # a sanitizer keeps what was freed
            self.assertLess(largest - memory, GROWTH_MAX_KB)
        for client in (plain, secure, late, late_tls):
            client.close()
        self.assertEqual(self.shop.client().request("GET", "/healthz")[0], 200)


if __name__ == "__main__":
    unittest.main()

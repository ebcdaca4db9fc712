"""A shop full of tills: several of them and a web channel sell over TLS against one server, each as itself.

Tills come from addresses of their own (127.0.0.2 and up). A till that lost the reply asks again with its key; a crowd from
the web is told to wait before a till is."""

import json
import socket
import ssl
import threading
import unittest

import merx

TILLS = 6


class ManyTills(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        cls.shop = merx.Shop.start(serve_args=["--listen-tls", "127.0.0.1:0"])
        cls.addClassCleanup(cls.shop.stop)
        test = cls()
        test.location()
        test.product("TEA", price=1990, stock=100000)
        cls.cashiers = [cls.shop.make_key("cashier") for _ in range(TILLS)]
        cls.web = cls.shop.make_key("channel")

    def sale(self, till=None, channel="till", qty=1000, total=1990):
        body = {"channel": channel, "location": "store-1", "lines": [{"sku": "TEA", "qty": qty}],
                "tenders": [{"kind": "cash", "amount": total}]}
        return {**body, "till": till} if till else body

    def in_threads(self, jobs):
        failures = []

        def guarded(job, args):
            try:
                job(*args)
            except BaseException as failure:  # noqa: B036: the main thread must hear of anything
                failures.append(failure)

        threads = [threading.Thread(target=guarded, args=(job, args)) for job, *args in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_tills_and_the_web_sell_at_once(self):
        """A feature of S0-1, S1-11: gapless receipt numbers for each till, one stock for all channels, over TLS."""
        count, numbers = merx.fewer(40, 10), {}
        before = self.shop.ok("inventory.stock", {"sku": "TEA", "location": "store-1"})["on_hand"]

        def till(index):
            client = self.shop.tls_client(self.cashiers[index], source="127.0.0.%d" % (index + 2))
            name = "till-%d" % (index + 1)
            numbers[name] = []
            for _ in range(count):
                status, answer = client.call("orders.place", self.sale(name))
                self.assertEqual(status, 200, answer)
                numbers[name].append(answer["order"]["number"])
            client.close()

        def web():
            client = self.shop.tls_client(self.web, source="127.0.0.100")
            for _ in range(count):
                status, answer = client.call("orders.place", self.sale(channel="web"))
                self.assertEqual(status, 200, answer)
            client.close()

        self.in_threads([(till, index) for index in range(TILLS)] + [(web,)])
        for name, given in numbers.items():
            self.assertEqual(given, ["%s-%06d" % (name, number) for number in range(1, count + 1)])
        after = self.shop.ok("inventory.stock", {"sku": "TEA", "location": "store-1"})["on_hand"]
        self.assertEqual(before - after, (TILLS + 1) * count * 1000)

    def test_a_lost_reply_is_asked_for_again(self):
        """A feature of S0-1: the till cuts the connection after sending, does not know, and asks with the same key."""
        sold_before = self.shop.ok("inventory.stock", {"sku": "TEA", "location": "store-1"})["on_hand"]
        for number in range(merx.fewer(20, 6)):
            client = self.shop.tls_client(self.cashiers[0], source="127.0.0.2")
            connection = client.connect()
            body = self.sale("till-9")
            headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.cashiers[0],
                       "Idempotency-Key": "lost-%d" % number}
            connection.request("POST", "/v1/orders.place", json.dumps(body), headers)
            connection.close()  # the reply, if there was one, is lost
            status, answer = client.call("orders.place", body, idem="lost-%d" % number)
            self.assertEqual(status, 200, answer)
            again, same = client.call("orders.place", body, idem="lost-%d" % number)
            self.assertEqual((again, same), (200, answer))
            status, other = client.call("orders.place", self.sale("till-9", qty=2000, total=3980), idem="lost-%d" % number)
            self.assertEqual((status, other["code"]), (422, "key_reused"))
            client.close()
        sold = sold_before - self.shop.ok("inventory.stock", {"sku": "TEA", "location": "store-1"})["on_hand"]
        self.assertEqual(sold, merx.fewer(20, 6) * 1000)

    def test_a_till_trusts_only_its_own_shop(self):
        """A till with another CA, or one that asks for another name, sends nothing."""
        stranger = merx.Client(self.shop.tls_port, self.cashiers[0], tls=ssl.create_default_context())
        with self.assertRaises(ssl.SSLCertVerificationError):
            stranger.call("shop.settings.get", idem=False)
        context = ssl.create_default_context(cafile=self.shop.ca_file())
        with self.assertRaises(ssl.SSLCertVerificationError):
            with socket.create_connection(("127.0.0.1", self.shop.tls_port), timeout=10) as raw:
                context.wrap_socket(raw, server_hostname="shop.example")

    def test_sessions_go_on_without_a_new_handshake(self):
        """A till that comes back resumes its session by ticket."""
        context = ssl.create_default_context(cafile=self.shop.ca_file())
        session = None
        for visit in range(3):
            with socket.create_connection(("127.0.0.1", self.shop.tls_port), timeout=10) as raw:
                with context.wrap_socket(raw, server_hostname="127.0.0.1", session=session) as secure:
                    self.assertEqual(secure.session_reused, visit > 0)
                    self.assertEqual(secure.version(), "TLSv1.2")
                    secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
                    self.assertTrue(secure.recv(4096).startswith(b"HTTP/1.1 200"))
                    session = secure.session


if __name__ == "__main__":
    unittest.main()

"""The stream of events of the real program: what a screen in the shop sees of its sales."""

import json
import os
import socket
import ssl
import time
import unittest

import merx
from sales import OrdersTest

LONG = os.environ.get("MERX_LONG") == "1"


class Listener:
    """GET /v1/events, as a browser's EventSource reads it."""

    def __init__(self, shop, query="", last_id=None, key=None, tls=False):
        self.socket = socket.create_connection(("127.0.0.1", shop.tls_port if tls else shop.port), timeout=20)
        if tls:
            self.socket = ssl.create_default_context(cafile=shop.ca_file()).wrap_socket(self.socket, server_hostname="127.0.0.1")
        # HTTP/1.0: the text comes without chunks around it
        self.socket.sendall(("GET /v1/events%s HTTP/1.0\r\nAuthorization: Bearer %s\r\n%s\r\n" % (
            query, key or shop.owner_key, "Last-Event-ID: %s\r\n" % last_id if last_id else "")).encode())
        self.text = b""
        self.last_id = None
        head = self._until(b"\r\n\r\n").decode()
        self.status = int(head.split(" ", 2)[1])
        self.headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)

    def _until(self, end):
        while end not in self.text:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.text += more
        piece, self.text = self.text.split(end, 1)
        return piece

    def block(self):
        """-> the next block as a dict of its fields, comments under ''"""
        fields = {}
        for line in self._until(b"\n\n").decode().split("\n"):
            name, _, value = line.partition(":")
            fields[name] = value[1:] if value.startswith(" ") else value
        self.last_id = fields.get("id", self.last_id)
        return fields

    def event(self):
        """-> (type, CloudEvent)"""
        while True:
            fields = self.block()
            if "data" in fields:
                return fields["event"], json.loads(fields["data"])

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Events(OrdersTest):
    @classmethod
    def serve_args(cls):
        return ["--listen-tls", "127.0.0.1:0"]

    def test_a_screen_sees_a_sale(self):
        with Listener(self.shop, "?types=orders.paid") as screen, Listener(self.shop, "?types=orders.*", tls=True) as secure:
            self.assertEqual((screen.status, screen.headers["Content-Type"]), (200, "text/event-stream"))
            screen.block()
            secure.block()
            order = self.place(("TEA", 2000))["order"]
            kind, event = screen.event()
            self.assertEqual((kind, event["type"], event["specversion"]), ("orders.paid", "orders.paid", "1.0"))
            self.assertEqual(event["data"]["order"] if "order" in event["data"] else event["data"]["id"], order["id"])
            self.assertTrue(secure.event()[0].startswith("orders."))

    def test_who_comes_back_has_missed_nothing(self):
        with Listener(self.shop) as first:
            first.block()
            begin = first.last_id
            self.place(("TEA", 1000))
            seen = [first.event()[1]["sequence"] for _ in range(2)]
            middle = first.last_id
        self.place(("TEA", 1000))
        head = self.shop.ok("system.log.list", {"from": 1, "limit": 500})["next"] - 1
        with Listener(self.shop, last_id=middle) as again:
            while int(seen[-1]) < head:
                seen.append(again.event()[1]["sequence"])
        after = int(begin.split("-")[1])
        self.assertEqual([int(number) for number in seen], list(range(after + 1, head + 1)))
        with Listener(self.shop, "?after=%d" % after) as from_there:
            self.assertEqual(int(from_there.event()[1]["sequence"]), after + 1)

    def test_a_place_that_is_not_in_the_log_is_refused(self):
        client = self.shop.client()
        for query, last_id, status, field in (("?after=99999999", None, 400, "after"), ("", "1-99999999", 400, "Last-Event-ID"),
                                              ("", "7-1", 409, "Last-Event-ID"), ("?colour=red", None, 400, "colour")):
            headers = {"Authorization": "Bearer " + self.shop.owner_key}
            if last_id:
                headers["Last-Event-ID"] = last_id
            got, _, text = client.request("GET", "/v1/events" + query, headers=headers)
            self.assertEqual((got, json.loads(text)["field"]), (status, field), text)
        client.close()

    def test_a_revoked_key_hears_no_more(self):
        principal = self.shop.ok("identity.principal.put", {"role": "auditor", "name": "listener"})["principal"]["id"]
        key = self.shop.ok("identity.key.create", {"principal": principal})["key"]["id"]
        text = self.shop.ok("identity.key.reveal", {"id": key})["text"]
        with Listener(self.shop, "?types=orders.paid", key=text) as screen:
            screen.block()
            self.place(("TEA", 1000))
            screen.event()
            self.shop.ok("identity.key.revoke", {"id": key})
            self.place(("TEA", 1000))
            self.assertRaises(EOFError, screen.event)
        with Listener(self.shop, key=text) as screen:
            self.assertEqual(screen.status, 401)
        with Listener(self.shop, key=self.cashier) as screen:
            self.assertEqual(screen.status, 403)

    @unittest.skipUnless(LONG, "takes half a minute")
    def test_a_quiet_line_beats(self):
        with Listener(self.shop, "?types=nothing.at_all") as screen:
            screen.block()
            self.place(("TEA", 1000))
            begin = time.monotonic()
            fields = screen.block()
            self.assertIn("", fields)
            self.assertNotIn("data", fields)
            self.assertLess(10, time.monotonic() - begin)
            self.assertEqual(int(screen.last_id.split("-")[1]), self.shop.ok("system.log.list", {"from": 1, "limit": 500})["next"] - 1)


class TheEnd(unittest.TestCase):
    def test_a_shop_that_closes_ends_its_streams(self):
        shop = merx.Shop.start()
        listeners = [Listener(shop) for _ in range(5)]
        for one in listeners:
            one.block()
        begin = time.monotonic()
        self.assertEqual(shop.stop(), 0)
        self.assertLess(time.monotonic() - begin, 4)  # less than the server would wait for running requests
        for one in listeners:
            self.assertRaises((EOFError, ConnectionResetError), one.event)
            one.close()


if __name__ == "__main__":
    unittest.main()

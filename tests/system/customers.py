"""Customers in their own sessions, for tests: a shop whose messages go to a real receiver, and how one logs in."""

import itertools
import json
import time

import merx
from receiver import Receiver

_phones = itertools.count(1)


def new_phone():
    return "+8613755%06d" % next(_phones)


class CustomerTest(merx.ShopTest):
    """A shop with a message gateway, reached at self.gateway."""

    demo = False
    serve_args = ()

    @classmethod
    def setUpClass(cls):
        cls.gateway = Receiver()
        cls.gateway.__enter__()
        cls.addClassCleanup(cls.gateway.__exit__, None, None, None)
        cls.shop = merx.Shop.start(demo=cls.demo, **{**cls.settings, "serve_args": ["--allow", cls.gateway.place, *cls.serve_args]})
        cls.addClassCleanup(cls.shop.stop)
        if not cls.demo:
            cls.shop.ok("shop.settings.put", {"practice": True})
        cls.shop.ok("identity.customer.settings.put", {"message_url": cls.gateway.url + "/messages?token=geheim"})

    def advance(self, ms):
        self.shop.ok("shop.clock.advance", {"ms": ms})

    def join(self, phone=None, **more):
        return self.shop.ok("membership.join", {"phone": phone or new_phone(), **more})["member"]["id"]

    def code_for(self, ask, seconds=10):
        """The code in the message that follows `ask`, a function that has one sent."""
        before = len(self.gateway.taken())
        ask()
        end = time.monotonic() + seconds
        while len(self.gateway.taken()) == before and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(len(self.gateway.taken()), before + 1, "no message came")
        return json.loads(self.gateway.taken()[-1][2])["code"]

    def proof_of(self, member):
        return self.code_for(lambda: self.shop.ok("identity.proof.ask", {"member": member}))

    def login(self, phone):
        """Token of a session that the customer opened herself."""
        code = self.code_for(lambda: self.shop.ok("identity.customer.code", {"phone": phone}))
        return self.shop.ok("identity.customer.open", {"phone": phone, "code": code})["token"]

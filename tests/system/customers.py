"""Customers in their own sessions: a real message gateway on loopback, from which a test reads their one-time codes."""

import json
import time

import merx
import receiver


class CustomerTest(merx.ShopTest):
    """Base of tests that share one shop with a message gateway."""

    serve_args = ()

    @classmethod
    def setUpClass(cls):
        cls.gateway = receiver.Receiver()
        cls.gateway.__enter__()
        cls.addClassCleanup(cls.gateway.__exit__)
        cls.settings = {**cls.settings, "serve_args": ["--allow", cls.gateway.place, *cls.serve_args]}
        super().setUpClass()
        cls.shop.ok("identity.customer.settings.put", {"message_url": cls.gateway.url})

    @classmethod
    def messages(cls):
        return [json.loads(body) for _, _, body in cls.gateway.taken()]

    @classmethod
    def code(cls, phone, before):
        """The code that came for this phone (E.164) behind so many messages."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for message in cls.messages()[before:]:
                if message["to"].get("phone") == phone:
                    return message["code"]
            time.sleep(0.01)
        raise AssertionError("no code came for the customer")

    @classmethod
    def session(cls, phone):
        """A token of the customer with this phone number."""
        before = len(cls.messages())
        cls.shop.ok("identity.customer.code", {"phone": phone}, key="")
        return cls.shop.ok("identity.customer.open", {"phone": phone, "code": cls.code(phone, before)}, key="", idem=False)["token"]

    @classmethod
    def proof(cls, phone, member):
        """A fresh one-time code with which a member proves herself at a till."""
        before = len(cls.messages())
        cls.shop.ok("identity.proof.ask", {"member": member})
        return cls.code(phone, before)

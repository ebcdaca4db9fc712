"""Points theft (reliability 51): a phone number alone redeems nothing; what proves is a code that came to her, her turning QR code or her PIN;
and what was linked lately proves nothing yet."""

import unittest

from customers import CustomerTest, new_phone


class Proofs(CustomerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "Asia/Shanghai"})
        cls.shop.ok("catalog.product.put", {"sku": "P", "name": {"en": "P"}, "price": 1000, "unit": "piece", "category": "p", "tax_ppm": 0})
        cls.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "P", "qty": 1000000}]})
        cls.shop.ok("loyalty.settings.put", {"burn_minor_per_point": 10, "minor_per_point": 100})
        cls.cashier = cls.shop.make_key("cashier")

    def setUp(self):
        self.advance(61000)  # limits of the last test are over
        self.phone = new_phone()
        self.member = self.join(self.phone)
        self.shop.ok("loyalty.points.adjust", {"member": self.member, "points": 1000, "reason": "test"})

    def points(self, member=None):
        return self.shop.ok("loyalty.points.balance", {"member": member or self.member})["points"]

    def pay(self, proof=None, member=None, key=None, **more):
        tender = {"kind": "points", "amount": 500}
        if proof is not None:
            tender["proof"] = proof
        sale = {"channel": "till", "location": "store-1", "member": member or self.member, "lines": [{"sku": "P", "qty": 1000}],
                "tenders": [tender, {"kind": "cash", "amount": 500}], **more}
        return self.shop.call("orders.place", sale, key=key or self.cashier)

    def denied(self, code, *args, **more):
        before = self.points()
        status, answer = self.pay(*args, **more)
        self.assertEqual((status, answer.get("code")), (409, code), answer)
        self.assertEqual(self.points(), before, "a refused sale takes no points")

    def test_a_phone_number_alone_is_refused(self):
        """reliability 51: the cashier types the customer's phone number, or makes something up."""
        self.denied("proof_needed")
        self.denied("proof_needed", "")
        for made_up in (self.phone, self.member, "000000", "mxq_" + "A" * 106):
            self.denied("proof_wrong", made_up)

    def test_a_code_that_came_to_her(self):
        code = self.proof_of(self.member)
        self.assertEqual(self.pay(code)[0], 200)
        self.denied("proof_wrong", code)
        code = self.proof_of(self.member)
        self.advance(5 * 60000 + 1000)
        self.denied("proof_wrong", code)

    def test_the_code_of_another(self):
        other = self.join()
        self.denied("proof_wrong", self.proof_of(other))

    def test_her_qr_code(self):
        token = self.login(self.phone)
        text = self.shop.ok("identity.customer.qr", {}, key=token)["text"]
        whose = self.shop.ok("identity.customer.scan", {"qr": text}, key=self.cashier)
        self.assertEqual(whose["member"], self.member)
        self.assertEqual(self.pay(text)[0], 200)
        self.denied("proof_wrong", text)
        self.advance(30000)
        text = self.shop.ok("identity.customer.qr", {}, key=token)["text"]
        self.advance(90000)
        self.denied("proof_wrong", text)
        self.refused(404, "not_found", "qr", "identity.customer.scan", {"qr": text}, key=self.cashier)

    def test_her_pin(self):
        token = self.login(self.phone)
        self.refused(400, "bad_input", "pin", "identity.customer.pin.set", {"pin": "111111"}, key=token)
        self.refused(400, "bad_input", "pin", "identity.customer.pin.set", {"pin": "4829"}, key=token)
        self.shop.ok("identity.customer.pin.set", {"pin": "739152"}, key=token)
        self.assertEqual(self.pay("739152")[0], 200)
        self.denied("proof_wrong", "739153")
        self.refused(403, "forbidden", None, "identity.customer.pin.set", {"pin": "739152"}, key=self.cashier)

    def test_too_many_wrong_ones(self):
        for _ in range(5):
            self.denied("proof_wrong", "482913")
        self.assertEqual(self.pay("482913")[0], 429)
        code = self.proof_of(self.member)
        self.assertEqual(self.pay(code)[0], 429, "the right one has to wait as well")
        self.advance(60000)
        self.assertEqual(self.pay(code)[0], 200)

    def test_a_phone_that_was_linked_lately(self):
        """reliability 51: somebody has his own phone linked to her, and asks for the code there."""
        thief = new_phone()
        person = self.shop.ok("identity.person.find", {"kind": "phone", "value": self.phone})["person"]
        self.advance(60000)
        self.shop.ok("identity.person.link", {"person": person, "kind": "phone", "value": thief, "source": "till"})
        token = self.login(thief)
        for op, body in (("identity.customer.qr", {}), ("identity.customer.pin.set", {"pin": "739152"}), ("privacy.export.ask", {}),
                         ("privacy.erase", {"reason": "theft", "forfeit": True})):
            self.refused(409, "proof_new", None, op, body, key=token)
        self.shop.ok("identity.person.unlink", {"person": person, "kind": "phone", "value": self.phone})
        code = self.proof_of(self.member)  # goes to the thief's phone now
        self.denied("proof_new", code)
        self.advance(25 * 3600 * 1000)
        self.assertEqual(self.pay(self.proof_of(self.member))[0], 200)

    def test_no_proof_is_kept(self):
        code = self.proof_of(self.member)
        status, answer = self.pay(code)
        self.assertEqual(status, 200, answer)
        self.assertNotIn(code, str(answer.get("payments", "")))
        self.assertNotIn("proof\":\"" + code, self.shop.log_text())


if __name__ == "__main__":
    unittest.main()

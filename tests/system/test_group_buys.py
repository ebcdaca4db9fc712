"""Group-buys and bargains over HTTP: opened, joined and helped by each once, bought at what was reached."""

import threading
import unittest

from test_coupons import DAY, CouponsTest


class Groups(CouponsTest):
    def test_a_group_buys_when_it_is_complete(self):
        """A group-buy from its terms to the sale."""
        self.refused(409, "no_campaign", "rule", "promotions.group.open", {"rule": "together", "member": self.friends[0]})
        self.shop.ok("promotions.campaign.put", {"rule": "together", "size": 3, "hours": 24})
        first = self.shop.ok("promotions.group.open", {"rule": "together", "member": self.friends[0]}, key=self.cashier)
        self.refused(409, "already_open", "member", "promotions.group.open", {"rule": "together", "member": self.friends[0]})
        self.refused(409, "already_joined", "member", "promotions.group.join", {"code": first["code"], "member": self.friends[0]})
        buy = lambda friend, coupon: self.place(("SHIRT", 1000), coupons=[coupon], member=friend)["order"]["total"]
        second = self.shop.ok("promotions.group.join", {"code": first["code"], "member": self.friends[1]})
        self.assertEqual((second["group"]["joined"], second["group"]["missing"], second["group"]["state"]), (2, 1, "open"))
        said = self.checked(first["code"], member=self.friends[0])
        self.assertEqual((said["state"], said["missing"]), ("usable", 1))
        self.assertIn("1 more must join", said["why"])
        self.assertEqual(buy(self.friends[0], first["coupon"]), 6000, "not before it is complete")
        third = self.shop.ok("promotions.group.join", {"code": first["code"], "member": self.friends[2]})
        self.assertEqual((third["group"]["state"], third["group"]["missing"]), ("complete", 0))
        self.refused(409, "group_complete", "code", "promotions.group.join", {"code": first["code"], "member": self.friends[3]})
        self.assertIn("It may be used until 20", self.checked(first["code"], member=self.friends[0])["why"])
        self.assertEqual(buy(self.friends[0], first["coupon"]), 3000)
        self.assertEqual(buy(self.friends[1], first["code"]), 3000, "the shared code does as well, for whoever is in the group")
        self.refused(409, "coupon_not_usable", "coupons[0]", "orders.place",
                     self.sale(("SHIRT", 1000), coupons=[first["coupon"]], member=self.friends[0]))
        self.assertEqual(self.checked(first["code"], member=self.friends[3])["state"], "unknown")
        self.assertEqual(self.shop.ok("system.verify")["findings"], [])

    def test_a_group_ends_with_its_time(self):
        self.shop.ok("promotions.campaign.put", {"rule": "together", "size": 3, "hours": 24})
        group = self.shop.ok("promotions.group.open", {"rule": "together", "member": self.friends[4]})
        self.shop.ok("shop.clock.advance", {"ms": DAY + 1000})
        self.refused(409, "group_ended", "code", "promotions.group.join", {"code": group["code"], "member": self.friends[5]})
        self.assertEqual(self.shop.ok("promotions.group.get", {"code": group["code"]})["group"]["missing"], 0)
        self.until(lambda: self.shop.ok("promotions.group.get", {"code": group["code"]})["group"]["state"] == "ended")
        self.assertEqual(self.checked(group["code"], member=self.friends[4])["state"], "expired")
        ended = [event["data"]["group"] for event in self.shop.ok("system.log.list", {"limit": 500, "type": "promotions.group.ended"})["events"]]
        self.assertEqual(ended.count(group["code"]), 1)
        self.shop.ok("promotions.group.open", {"rule": "together", "member": self.friends[4]})

    def test_many_join_at_once_and_nobody_is_counted_twice(self):
        self.shop.ok("promotions.campaign.put", {"rule": "crowd", "size": 4, "hours": 24})
        code = self.shop.ok("promotions.group.open", {"rule": "crowd", "member": self.friends[0]})["code"]
        answers = []

        def join(friend):
            client = self.shop.client()
            answers.append(client.call("promotions.group.join", {"code": code, "member": friend})[0])
            client.close()

        threads = [threading.Thread(target=join, args=(friend,)) for friend in self.friends[1:] * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((answers.count(200), answers.count(409)), (3, len(threads) - 3))
        self.assertEqual(self.shop.ok("promotions.group.get", {"code": code})["group"]["joined"], 4)

    def test_a_bargain_gets_cheaper_by_each_helper_down_to_its_floor(self):
        self.shop.ok("promotions.campaign.put", {"rule": "haggle", "floor": 2500, "cut": 600, "helpers": 5, "hours": 24})
        ask = {"rule": "haggle", "member": self.friends[0], "sku": "SHIRT-2", "location": "store-1"}
        bargain = self.shop.ok("promotions.bargain.open", ask)
        self.refused(409, "already_open", "member", "promotions.bargain.open", ask)
        help_by = lambda friend: self.shop.call("promotions.bargain.help", {"code": bargain["code"], "member": friend})
        total = lambda: self.quote(("SHIRT-2", 1000), coupons=[bargain["coupon"]], member=self.friends[0])["total"]
        self.refused(409, "own_bargain", "member", "promotions.bargain.help", {"code": bargain["code"], "member": self.friends[0]})
        self.assertEqual(total(), 4000)
        self.assertEqual(help_by(self.friends[1])[1]["group"]["amount"], 600)
        self.assertEqual(total(), 3400)
        self.assertEqual(help_by(self.friends[1])[1]["code"], "already_joined")
        self.assertEqual(help_by(self.friends[2])[1]["group"]["amount"], 1200)
        last = help_by(self.friends[3])[1]["group"]
        self.assertEqual((last["amount"], last["state"]), (1500, "complete"))
        self.assertEqual(total(), 2500)
        self.assertEqual(help_by(self.friends[4])[1]["code"], "group_complete")
        self.assertEqual(self.place(("SHIRT-2", 2000), coupons=[bargain["code"]], member=self.friends[0])["order"]["discount"] > 0, True)
        self.refused(409, "nothing_to_bargain", "sku", "promotions.bargain.open", {**ask, "sku": "TEA"})
        self.refused(404, "not_found", "sku", "promotions.bargain.open", {**ask, "sku": "NONE"})

    def test_a_bargain_is_of_its_article_and_of_one_piece(self):
        """What helpers took off a dear article does not come off another one of the same promotion."""
        self.shop.ok("promotions.campaign.put", {"rule": "shirts", "floor": 1000, "cut": 3000, "helpers": 2, "hours": 24})
        dear = self.shop.ok("promotions.bargain.open", {"rule": "shirts", "member": self.friends[6], "sku": "SHIRT", "location": "store-1"})
        self.shop.ok("promotions.bargain.help", {"code": dear["code"], "member": self.friends[7]})
        quote = lambda *lines: self.quote(*lines, coupons=[dear["coupon"]], member=self.friends[6])["total"]
        self.assertEqual(quote(("SHIRT-2", 1000)), 4000)
        self.assertEqual(quote(("SHIRT-2", 1000), ("SHIRT", 2000)), 4000 + 3000 + 6000)

    def test_terms_are_a_groups_or_a_bargains(self):
        put = lambda **terms: {"rule": "terms", "hours": 24, **terms}
        for field, body in (("size", put()), ("size", put(size=3, cut=1, helpers=2)), ("cut", put(floor=5, helpers=2)), ("helpers", put(cut=5))):
            self.refused(400, "bad_input", field, "promotions.campaign.put", body)
        made = self.shop.ok("promotions.campaign.put", put(size=2))["campaign"]
        self.refused(409, "conflict", "if_rev", "promotions.campaign.put", put(size=5, if_rev=made["rev"] + 1))
        self.assertEqual(self.shop.ok("promotions.campaign.put", put(size=5, if_rev=made["rev"]))["campaign"]["size"], 5)
        self.refused(409, "no_campaign", "rule", "promotions.bargain.open",
                     {"rule": "terms", "member": self.friends[0], "sku": "SHIRT-2"})


if __name__ == "__main__":
    unittest.main()

"""Fraud stories of what is allowed, and is seen: each stands in the exception report at once, and stands out in the end."""

import merx
from customers import new_phone
from fraud_shop import CASH, PLACE

STOLEN = merx.fewer(110, 30)  # receipts that customers left behind


class Seen:
    def story_sweethearting(self):
        """Friends get it for a tenth."""
        thief = self.thieves["till-sweetheart"]
        for _ in range(merx.fewer(30, 12)):
            thief.sell([{"sku": self.skus[1], "qty": 1000, "price": self.prices[self.skus[1]] // 10, "reason": "a scratch"}])
        self.stands(thief, "price_override")

    def story_one_dear_thing_for_a_penny(self):
        """Once is enough."""
        thief = self.thieves["one-dear-thing"]
        thief.sell([{"sku": "DEAR", "qty": 1000, "price": 1, "reason": "a scratch"}])
        self.stands(thief, "large_override")

    def story_a_manager_who_approves_everything(self):
        """Large refunds go through two hands, and it is always the same two."""
        thief = self.thieves["always-approved"]
        for _ in range(8):
            self.approved_refund(thief, self.managers[0])
        self.stands(thief, "approval_used")

    def story_stock_that_broke(self):
        """What was carried out is written off."""
        thief = self.thieves["writes-off"]
        for sku in self.skus[:20]:
            thief.ok("inventory.adjust", {"location": PLACE, "lines": [{"sku": sku, "qty": -1000}], "reason": "broken"})
        self.stands(thief, "stock_by_hand")

    def story_goods_that_never_came(self):
        """Money out of the drawer for goods nobody brought, without receipt."""
        thief = self.thieves["till-no-goods"]
        for _ in range(merx.fewer(15, 8)):
            thief.ok("orders.return", {"location": PLACE, "till": thief.till, "reason": "a present", "lines": [{"sku": self.skus[2], "qty": 1000}]})
        self.stands(thief, "refund_without_receipt")

    def story_receipts_from_the_bin(self):
        """Refunds on receipts that customers left behind."""
        thief = self.thieves["till-old-receipts"]
        for order in self.old[-STOLEN:]:
            thief.take_back(order, len(order["lines"]))
        self.stands(thief, "refund")

    def story_void_after_the_customer_left(self):
        """A cash sale is taken back a minute later; the customer has the goods, the cashier the money."""
        thief = self.thieves["till-voids"]
        for _ in range(merx.fewer(15, 8)):
            thief.take_back(self.buy(thief))
        self.stands(thief, "refund_soon")

    def story_own_card_on_customers_sales(self):
        """Strangers earn points for her."""
        thief, mine = self.thieves["till-own-card"], self.member()
        for _ in range(merx.fewer(40, 30)):
            self.buy(thief, member=mine)
        self.stands(thief, "one_member_often", about=mine)

    def story_coupon_of_the_drawer(self):
        """The customer pays the full price, the coupon goes in afterwards and the difference into a pocket."""
        thief = self.thieves["till-own-coupon"]
        for _ in range(merx.fewer(90, 25)):
            self.buy(thief, coupons=["SPRING"])
        self.stands(thief, "coupon_used")

    def story_carts_that_are_never_sold(self):
        """The price is told, the money taken, the cart dropped."""
        thief = self.thieves["till-dropped-carts"]
        for _ in range(merx.fewer(15, 8)):
            thief.ok("orders.held.drop", {"held": thief.ok("orders.hold", thief.sale([(self.skus[0], 1)]))["held"]})
        self.stands(thief, "cart_dropped")

    def story_rests_of_gift_cards(self):
        """What customers forget on their cards is paid out, to her."""
        thief = self.thieves["pays-out"]
        for _ in range(8):
            thief.ok("wallet.unload", {"code": self.card(400)[1], "amount": 400, "location": PLACE, "reason": "the rest"})
        self.stands(thief, "gift_card_paid_out")

    def story_points_for_a_friend(self):
        thief, friend = self.thieves["gives-points"], self.member()
        for _ in range(15):
            thief.ok("loyalty.points.adjust", {"member": friend, "points": 900, "reason": "a complaint"})
        self.stands(thief, "points_by_hand")

    def story_many_small_redemptions(self):
        """Points of several hijacked accounts, a few at a time."""
        thief, phone = self.thieves["till-small-points"], new_phone()
        member = self.shop.ok("membership.join", {"phone": phone})["member"]["id"]
        self.shop.ok("identity.customer.pin.set", {"pin": "497208"}, key=self.login(phone))
        self.managers[1].ok("loyalty.points.adjust", {"member": member, "points": 500, "reason": "a complaint"})
        for _ in range(10):
            self.buy(thief, member=member, tenders=[{"kind": "points", "amount": 10, "proof": "497208"}] + CASH)
        self.stands(thief, "points_spent")

    def story_addresses_for_sale(self):
        """One customer's data after the other, without a sale."""
        thief = self.thieves["nosy"]
        for member in self.members[:100]:
            thief.ok("membership.get", {"id": member}, idem=False)
        self.stands(thief, "personal_data_shown")

    def story_customers_lose_their_cards(self):
        """Cards are taken off customers, to be bound to somebody else."""
        thief = self.thieves["unlinks"]
        for number in range(8):
            known = {"person": self.strangers(1)[0], "kind": "card", "value": "F-%d" % number}
            self.honest[number].ok("identity.person.link", known)
            thief.ok("identity.person.unlink", known)
        self.stands(thief, "identifier_taken_away")

    def story_her_own_phone_on_strangers(self):
        """Her phone is added to customers: it proves nothing on that day, and the adding is listed."""
        thief, mine = self.thieves["adds-phones"], [new_phone() for _ in range(12)]
        for phone, person in zip(mine, self.strangers(12)):
            thief.ok("identity.person.link", {"person": person, "kind": "phone", "value": phone})
        self.refused(409, "proof_new", None, "identity.customer.pin.set", {"pin": "497208"}, key=self.login(mine[0]))
        self.stands(thief, "identifier_added")

    def story_strangers_become_one(self):
        """Accounts with points are merged into the manager's own."""
        thief, (mine, *others) = self.thieves["pools"], self.strangers(15)
        for stranger in others:
            thief.ok("identity.person.merge", {"from": stranger, "into": mine, "reason": "the same"})
        self.stands(thief, "persons_merged")

"""Households and dependents; and what membership answers to other plugins, asked by a plugin built as a partner would."""

import datetime
import os
import subprocess
import tempfile
import unittest

import consents
import merx
from customers import CustomerTest, new_phone

DAY = 24 * 3600 * 1000
NOBODY = "mem_" + "0" * 26


class Asked(CustomerTest):
    @classmethod
    def setUpClass(cls):
        here = os.path.dirname(os.path.abspath(__file__))
        folder = tempfile.TemporaryDirectory(prefix="merx-asks-")
        cls.addClassCleanup(folder.cleanup)
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", "-Wno-missing-field-initializers", "-fPIC",
                        "-shared", "-fvisibility=hidden", "-I" + os.path.join(merx.ROOT, "include"),
                        "-o", os.path.join(folder.name, "asks.so"), os.path.join(here, "asks.c")], check=True, timeout=60)
        os.chmod(folder.name, 0o755)
        cls.serve_args = ["--plugins", folder.name, "--plugin", "asks"]
        super().setUpClass()

    def merge(self, one, two):
        persons = [self.shop.ok("asks.member", {"member": m})["person"] for m in (one, two)]
        return self.shop.ok("identity.person.merge", {"into": persons[0], "from": persons[1], "reason": "the same"})


class Households(Asked):
    def house(self, owner, *guests):
        return self.shop.ok("membership.household.put", {"member": owner, "invite": list(guests)})["household"]

    def enter(self, house, guest):
        return self.shop.ok("membership.household.join", {"household": house, "member": guest, "proof": self.proof_of(guest)})

    def shown(self, member, **more):
        return self.shop.ok("membership.household.get", {"member": member}, **more)

    def test_the_owner_invites_and_the_other_accepts_with_a_proof(self):
        """S2-15 (a part): who lives together is known, and only whoever was asked and proved it belongs to it."""
        owner, guest, other = self.join(), self.join(), self.join()
        house = self.house(owner, guest)
        body = {"household": house, "member": guest}
        self.refused(409, "proof_needed", None, "membership.household.join", body)
        self.refused(409, "proof_wrong", None, "membership.household.join", {**body, "proof": self.proof_of(other)})
        self.refused(409, "not_invited", "member", "membership.household.join", {**body, "member": other, "proof": "x"})
        self.assertEqual(self.shop.call("asks.household", {"member": guest})[0], 404)
        self.enter(house, guest)
        self.assertEqual(self.shop.ok("asks.household", {"member": guest}), {"household": house, "owner": owner, "members": [owner, guest]})
        self.refused(409, "not_the_owner", "member", "membership.household.put", {"member": guest, "invite": [other]})
        second = self.house(other, guest)
        self.refused(409, "in_a_household", "member", "membership.household.join", {"household": second, "member": guest, "proof": "x"})
        self.refused(404, "not_found", "household", "membership.household.join", {**body, "household": "hsh_" + "0" * 26, "proof": "x"})

    def test_leaving(self):
        owner, guest, third = self.join(), self.join(), self.join()
        house = self.house(owner, guest, third)
        self.enter(house, guest)
        self.enter(house, third)
        self.refused(409, "not_the_owner", "by", "membership.household.leave", {"member": owner, "by": guest})
        self.shop.ok("membership.household.leave", {"member": owner})
        self.assertEqual((self.shown(third)["owner"], self.shown(third)["members"]), (guest, [guest, third]))
        self.shop.ok("membership.household.leave", {"member": third, "by": guest})
        self.shop.ok("membership.household.leave", {"member": guest})
        self.refused(409, "in_no_household", "member", "membership.household.leave", {"member": guest})
        self.assertNotIn("household", self.shown(guest))

    def test_who_became_one_leaves_as_one(self):
        owner, guest, third = self.join(), self.join(), self.join()
        house = self.house(owner, guest, third)
        self.enter(house, guest)
        self.enter(house, third)
        self.merge(owner, guest)
        self.shop.ok("membership.household.leave", {"member": guest})
        self.assertNotIn("household", self.shown(owner))
        self.assertEqual((self.shown(third)["owner"], self.shown(third)["members"]), (third, [third]))

    def test_a_household_has_an_end(self):
        owner = self.join()
        guests = [self.join() for _ in range(16)]
        self.house(owner, *guests[:15])
        self.refused(409, "household_full", "invite", "membership.household.put", {"member": owner, "invite": [guests[15]]})
        self.shop.ok("membership.household.put", {"member": owner, "uninvite": [guests[0]]})
        self.shop.ok("membership.household.put", {"member": owner, "invite": [guests[15]]})
        self.refused(404, "not_found", "invite", "membership.household.put", {"member": owner, "invite": [NOBODY]})

    def test_a_customer_asks_for_herself_alone(self):
        phones = [new_phone(), new_phone()]
        owner, guest = (self.join(phone) for phone in phones)
        token = self.login(phones[1])
        house = self.house(owner, guest)
        self.shop.ok("membership.household.join", {"household": house, "member": guest}, key=token)
        self.refused(403, "forbidden", None, "membership.household.get", {"member": owner}, key=token)
        self.refused(403, "forbidden", None, "membership.household.leave", {"member": owner}, key=token)
        self.assertEqual(self.shown(guest, key=token)["members"], [owner, guest])
        self.shop.ok("membership.household.leave", {"member": guest}, key=token)

    def test_dependents_are_sealed_and_shown_by_right(self):
        """S2-3 (a part): a baby's birth month."""
        owner, cashier = self.join(), self.shop.make_key("cashier")
        made = self.shop.ok("membership.dependent.put", {"member": owner, "kind": "child", "name": "Tiny Canary", "year": 2025, "month": 5})
        self.shop.ok("membership.dependent.put", {"member": owner, "id": made["id"], "name": "Tiny Two"})
        self.assertEqual(self.shown(owner)["dependents"], [{"id": made["id"], "member": owner, "kind": "child", "name": "Tiny Two", "born": "2025-05"}])
        self.assertNotIn("Tiny", str(self.shown(owner, key=cashier)))
        for change, code, field in [({"month": 13}, "out_of_range", "month"), ({"year": 2025}, "missing_field", "month"), ({"name": " "}, "bad_input", "name"),
                                    ({"kind": "car"}, "out_of_range", "kind"), ({"year": 2199, "month": 1}, "out_of_range", "month")]:
            with self.subTest(change=change):
                self.refused(400, code, field, "membership.dependent.put", {"member": owner, "kind": "pet", **change})
        self.refused(400, "missing_field", "kind", "membership.dependent.put", {"member": owner, "name": "x"})
        self.refused(404, "not_found", "id", "membership.dependent.remove", {"member": self.join(), "id": made["id"]})
        self.shop.ok("membership.dependent.remove", {"member": owner, "id": made["id"]})
        self.assertEqual(self.shown(owner)["dependents"], [])

    def test_whoever_is_forgotten_is_in_no_household(self):
        owner, guest = self.join(), self.join()
        house = self.house(owner, guest)
        self.enter(house, guest)
        self.shop.ok("membership.dependent.put", {"member": owner, "kind": "pet", "name": "Rex"})
        self.shop.ok("privacy.erase", {"member": owner, "reason": "asked"})
        self.assertEqual((self.shown(guest)["owner"], self.shown(guest)["members"], self.shown(guest)["dependents"]), (guest, [guest], []))


class Points(Asked):
    def test_counts_over_keys_and_ids(self):
        one, two = self.join(), self.join()
        for member, name, delta in [(one, "class:art", 1), (one, "class:brew", 2), (two, "class:brew", 3), (two, "class:cup", -1), (two, "classic:x", 9)]:
            self.shop.ok("asks.add", {"member": member, "name": name, "delta": delta, "source": name})
        count = lambda **ask: self.shop.ok("asks.count", ask)["value"]
        both = [one, two]
        self.assertEqual(count(members=both, name="class:brew"), 5)
        self.assertEqual(count(members=both, name="class:*"), 5)
        self.assertEqual(count(members=both, name="class:*", distinct=True), 2)
        self.assertEqual(count(members=[one], name="class:*", distinct=True), 2)
        self.assertEqual(count(members=both, name="none:*", distinct=True), 0)
        self.assertEqual(self.shop.ok("asks.add", {"member": one, "name": "class:art", "delta": 1, "source": "class:art"})["total"], 1)

    def test_one_customer_has_one_standing_member(self):
        one, two = self.join(), self.join()
        person = self.shop.ok("asks.member", {"member": two})["person"]
        self.assertEqual(self.shop.ok("asks.member_of", {"person": person})["member"], two)
        self.merge(one, two)
        self.assertEqual(self.shop.ok("asks.member_of", {"person": person})["member"], one)
        facts = self.shop.ok("asks.member", {"member": two})
        self.assertEqual((facts["id"], facts["members"]), (one, [one, two]))
        self.assertEqual(self.shop.call("asks.member_of", {"person": "per_" + "0" * 26})[0], 404)

    def test_traits_need_consent_to_their_purpose(self):
        """S0-3 (a part): rules read what she agreed to, and nothing else."""
        self.shop.ok("membership.attribute.put", {"code": "skin", "kind": "text"})
        self.shop.ok("membership.attribute.put", {"code": "size", "kind": "int", "purpose": "service"})
        member = self.join(attributes={"skin": "dry", "size": "38"}, birth={"year": 1990, "month": 5, "day": 2})
        self.assertEqual(self.shop.ok("asks.traits", {"member": member}).get("traits"), {"size": "38"})
        consents.agree(self.shop, member, "personalisation")
        self.assertEqual(self.shop.ok("asks.traits", {"member": member}), {"traits": {"size": "38", "skin": "dry"}, "birth_year": 1990, "birth_month": 5})
        self.shop.ok("privacy.consent.withdraw", {"member": member, "purpose": "personalisation"})
        self.assertEqual(self.shop.ok("asks.traits", {"member": member}).get("traits"), {"size": "38"})


class Occasions(Asked):
    def on(self, month, day, year=2027, **more):
        found, after = [], {}
        while True:
            page = self.shop.ok("asks.occasions", {"occasion": "birthday", "year": year, "month": month, "day": day, "limit": 2, **more, **after})
            found += page["members"]
            if "next" not in page:
                return found
            after = {"after": page["next"]}

    def test_birthdays(self):
        """S3-8 (a part): by a blind index; 29 February and the 30th of a lunar month have a day in every year."""
        born = lambda month, day, **more: self.join(birth={"month": month, "day": day, **more})
        plain = sorted(born(7, 9, year=1980 + n) for n in range(5))
        leap, eve, march = born(2, 29, year=1992), born(2, 28), born(3, 1)
        lunar, full = born(7, 9, lunar=True), born(7, 30, lunar=True)
        self.assertEqual(sorted(self.on(7, 9)), plain)
        self.assertEqual(self.on(7, 9, lunar=True), [lunar])
        self.assertEqual(self.on(7, 29, lunar=True), [])
        self.assertEqual(self.on(7, 29, lunar=True, last=True), [full])
        self.assertEqual((sorted(self.on(2, 28)), self.on(2, 29, year=2028), self.on(2, 28, year=2028)), (sorted([leap, eve]), [leap], [eve]))
        self.shop.ok("membership.settings.put", {"leap_day": "mar1"})
        self.assertEqual((self.on(2, 28), sorted(self.on(3, 1)), self.on(3, 1, year=2028)), ([eve], sorted([leap, march]), [march]))
        self.shop.ok("membership.settings.put", {"leap_day": "feb28"})
        self.shop.ok("membership.profile.put", {"member": plain[0], "birth": {"month": 7, "day": 10}})
        self.shop.ok("privacy.erase", {"member": plain[1], "reason": "asked"})
        self.assertEqual((sorted(self.on(7, 9)), self.on(7, 10)), (plain[2:], [plain[0]]))
        self.refused(400, "bad_input", "after", "asks.occasions", {"occasion": "birthday", "year": 2027, "month": 7, "day": 9, "after": "nonsense"})

    def test_the_day_of_joining(self):
        members = [self.join() for _ in range(3)]
        at = self.shop.ok("membership.get", {"id": members[0]})["member"]["joined_at"]
        day = datetime.datetime.fromtimestamp(at / 1000, datetime.timezone(datetime.timedelta(hours=8)))
        found = self.on(day.month, day.day, year=day.year + 1, occasion="joined")
        self.assertTrue(set(members) <= set(found))
        other = day + datetime.timedelta(days=1)
        self.assertFalse(set(members) & set(self.on(other.month, other.day, year=other.year + 1, occasion="joined")))
        self.assertFalse(set(members) & set(self.on(day.month, day.day, year=day.year, occasion="joined")))


if __name__ == "__main__":
    unittest.main()

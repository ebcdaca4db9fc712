"""Canaries: names, phones, cards, emails and accounts that exist nowhere else, entered wherever they can be, and looked for in every
file that the shop writes; then forgotten, and looked for again, also in yesterday's copies (reliability test 54, S3-6b).

MERX_LONG=1 enters 900 persons and their identifiers, otherwise 200; each as name, phone, card, address, account, openid and device."""

import base64
import json
import os
import shutil
import subprocess
import time
import unittest

import merx

DAY = 24 * 3600 * 1000
PERSONS = 900 if os.environ.get("MERX_LONG") else 200  # and a file with ten more
KEPT = 5  # the first ones are not forgotten

# What each value has in common, so that one look finds all of them, and its tails too.
NAME, PHONE, CARD, MAIL, ACCOUNT, CHILD = "Canarywren", "13977551", "9988775544", "@canarywren.example", "othershop", "Nestling"
MARKS = [NAME, PHONE, CARD, MAIL, "canarywren", "canaryopen", "canarydev", "Wrenstreet", CHILD]


def encoded(mark):
    """The mark as it is, in UTF-16, in hexadecimal, and in base64 wherever it may begin."""
    raw = mark.encode()
    yield raw
    yield mark.encode("utf-16-le")
    yield raw.hex().encode()
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        sure = text[4 if shift else 0:len(text) - 4]
        if len(sure) >= 8:  # shorter ones come about by chance
            yield sure


NEEDLES = {needle: mark for mark in MARKS for needle in encoded(mark)}


class Person:
    def __init__(self, number):
        self.number = number
        self.name = "%s %04d" % (NAME, number)
        self.phone = "+86%s%03d" % (PHONE, number)  # 1,000 of them
        self.card = "%s%04d" % (CARD, number)
        self.mail = "c%04d%s" % (number, MAIL)
        self.account = "%s:canarywren-%04d" % (ACCOUNT, number)
        self.openid = "canaryopen%04d" % number
        self.device = "canarydev%04d" % number

    def known_by(self):
        return [("phone", self.phone), ("card", self.card), ("email", self.mail), ("account", self.account), ("openid", self.openid),
                ("device", self.device)]


class Canary(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.shop = merx.Shop.start()
        self.addCleanup(self.shop.stop)
        self.shop.ok("shop.settings.put", {"practice": True})
        self.hits = []

    # ---- looking ----

    def look_at(self, what, content):
        self.hits += ["%s in %s" % (mark, what) for needle, mark in NEEDLES.items() if needle in content]

    def look_into(self, folder):
        looked = 0
        for base, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(base, name)
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        content = file.read()
                    self.look_at(os.path.relpath(path, folder), content)
                    looked += len(content)
        return looked

    def metrics(self):
        client = self.shop.client()
        status, _, text = client.request("GET", "/metrics", headers={"Authorization": "Bearer " + self.shop.owner_key})
        client.close()
        self.assertEqual(status, 200)
        return text

    def log_entries(self):
        at, entries = 1, []
        while True:
            page = self.shop.ok("system.log.list", {"from": at, "limit": 500})
            if not page["events"]:
                return json.dumps(entries, ensure_ascii=False)
            entries, at = entries + page["events"], page["next"]

    def backup(self, name):
        path = os.path.join(self.shop.folder, name)
        done = self.shop.run("backup", "--data", self.shop.data, "--out", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return path

    def answers(self, op, body):
        status, answer = self.shop.call(op, body)
        return json.dumps([status, answer], ensure_ascii=False)

    # ---- entering ----

    def enter(self, person):
        member = self.shop.ok("membership.join", {"phone": person.phone, "name": person.name})["member"]["id"]
        person.member = member
        person.id = self.shop.ok("identity.person.find", {"kind": "phone", "value": person.phone})["person"]
        for kind, value in person.known_by()[1:]:
            self.shop.ok("identity.person.link", {"person": person.id, "kind": kind, "value": value, "source": "till"})

    def enter_the_rest(self, person, other):
        """Wherever else somebody could write them, also where it is refused."""
        shop = self.shop
        shop.call("membership.profile.put", {"member": person.member, "name": person.name + " Wrenstreet 5"})
        shop.call("membership.profile.put", {"member": person.member, "birth": {"year": 1992, "month": 2, "day": 29}})
        shop.ok("membership.household.put", {"member": person.member})
        shop.call("membership.dependent.put", {"member": person.member, "kind": "child", "name": CHILD + " One", "year": 2020, "month": 5})
        shop.call("membership.find", {"phone": person.phone})
        shop.call("membership.view", {"card": person.card})
        shop.call("membership.view", {"email": person.mail})
        shop.call("membership.join", {"phone": person.phone, "name": person.name})
        shop.call("membership.join", {"phone": "no number " + person.phone, "name": person.name})
        shop.call("identity.person.link", {"person": person.id, "kind": "card", "value": other.card})
        shop.call("identity.person.link", {"person": person.id, "kind": "email", "value": "not an address " + person.mail})
        shop.call("identity.person.unlink", {"person": person.id, "kind": "card", "value": other.card})
        shop.call("identity.person.find", {"kind": "email", "value": person.mail.upper()})
        if person.phone < "+86%s200" % PHONE:  # strangers may ask only so often
            shop.ok("identity.customer.code", {"phone": person.phone})
            shop.ok("identity.proof.ask", {"member": person.member})
        shop.call("identity.customer.open", {"phone": person.phone, "code": "000000"})
        shop.call("orders.place", {"channel": "till", "location": "store-1", "member": person.card})
        self.enter_what_she_does(person)
        shop.call("privacy.consent.give", {"member": person.member, "purpose": person.name, "language": "en", "version": 1})
        client = shop.client()
        client.request("GET", "/v1/membership.find?phone=" + person.phone, headers={"Authorization": "Bearer " + shop.owner_key})
        client.request("GET", "/v1/%s/%s" % (person.phone, person.card))
        client.close()
        asked = shop.ok("privacy.export.ask", {"member": person.member})
        self.assertIn(person.mail, json.dumps(shop.ok("privacy.export.fetch", {"id": asked["id"]})))

    def enter_what_she_does(self, person):
        """Kept of those who agree, as every other one does, and of what nobody is known by; of the others nothing is."""
        agrees = person.number % 20 == 0
        if agrees:
            self.shop.ok("privacy.consent.give", {"member": person.member, "purpose": "personalisation", "language": "en", "version": 1, "source": "app"})
        done = {"kind": "review", "subject": "tea", "session": "visit"}
        rows = [{**done, "kind_of": kind, "identifier": value} for kind, value in person.known_by() if kind != "device"]
        rows += [{**done, "device": person.device}, {**done, "member": person.member, "device": person.device}]
        rows[0]["text"] = "Call me at %s, or write to %s; my card is %s" % (person.phone, person.mail, person.card)
        hers = len(rows)
        rows += [{**done, "kind_of": "email", "identifier": "new" + MAIL}, {**done, "device": "canarydev-of-a-guest"}]
        answer = self.shop.ok("insight.behaviour.add", {"rows": rows})
        self.assertEqual(answer, {"kept": hers if agrees else 0, "waiting": 2, "withheld": 0 if agrees else hers})
        done = self.shop.ok("insight.profile", {"member": person.member})["profile"].get("recent", [])
        self.assertEqual(len(done), hers if agrees else 0)

    def take_in(self):
        """A file of another channel: good rows, rows with mistakes, and one that nobody can read."""
        shop = self.shop
        shop.ok("intake.mapping.put", {"name": "crm", "channel": ACCOUNT, "kind": "customers", "format": "csv",
                                       "columns": [{"target": "external", "from": "id"}, {"target": "phone", "from": "mobile"},
                                                   {"target": "email", "from": "mail"}, {"target": "name", "from": "nick"}]})
        rows = ["id,mobile,mail,nick"]
        for number in range(950, 960):
            person = Person(number)
            rows.append("canarywren-n%d,%s,%s,%s" % (number, person.phone, person.mail, person.name))
            rows.append("canarywren-b%d,no number %s,not an address %s,%s" % (number, person.phone, person.mail, person.name))
        for data in ("\r\n".join(rows) + "\r\n", rows[0] + "\r\n\"" + rows[1]):
            status, answer = shop.call("intake.run", {"mapping": "crm", "data": data})
            if status == 200:
                run = answer["run"]["id"]
                self.wait(lambda: shop.ok("intake.run.get", {"run": run}, idem=False)["run"]["state"] == "done", "the file was not taken in")
                shop.call("intake.errors", {"run": run})
            else:
                self.look_at("refusal of a file", json.dumps(answer, ensure_ascii=False).encode())

    def wait(self, until, what):
        end = time.monotonic() + 60
        while not until() and time.monotonic() < end:
            time.sleep(0.05)
        self.assertTrue(until(), what)

    def rotated(self):
        return not self.shop.ok("system.job.list")["jobs"]

    # ---- the tests ----

    def test_canaries_are_found_nowhere_and_forgotten_everywhere(self):
        shop = self.shop
        shop.ok("identity.customer.settings.put", {"message_url": "https://127.0.0.1:9/messages"})  # nobody there: messages wait
        shop.ok("privacy.text.put", {"purpose": "personalisation", "language": "en", "version": 1, "body": "We use what you do here to serve you."})
        persons = [Person(number) for number in range(PERSONS)]
        for person in persons:
            self.enter(person)
        for person, other in zip(persons[::10], persons[1::10]):
            self.enter_the_rest(person, other)
        self.take_in()
        self.assertIn(persons[0].name, self.answers("membership.get", {"id": persons[0].member}))
        self.look_at("metrics", self.metrics())
        self.look_at("log of events", self.log_entries().encode())
        self.backup("day.backup")
        self.assertEqual(shop.close(), 0)
        self.assertGreater(self.look_into(shop.folder), 1 << 20)
        self.look_at("dump", shop.run("dump", "--data", shop.data).stdout.encode())
        self.assertEqual(self.hits, [])
        yesterday = os.path.join(shop.folder, "yesterday")
        shutil.copytree(shop.data, yesterday)
        shop.serve()

        gone = persons[KEPT:]
        at = max(shop.ok("privacy.erase", {"member": person.member, "reason": "asked for it"})["gone_at"] for person in gone)
        self.assertLessEqual(at, shop.ok("shop.clock.get")["now"] + DAY)
        self.nobody_is_shown(gone, persons[:KEPT])
        shop.ok("shop.clock.advance", {"ms": DAY + 1000})
        self.wait(self.rotated, "the persons' keys were not wrapped anew within a day")
        self.nobody_is_shown(gone[:20], persons[:KEPT])
        self.assertEqual(shop.close(), 0)
        verified = shop.verify()
        self.assertEqual(verified.returncode, 0, verified.stdout)
        self.look_into(shop.folder)
        self.assertEqual(self.hits, [])
        self.old_copies_show_nothing(yesterday, gone)

    def nobody_is_shown(self, gone, kept):
        for person in gone:
            self.look_at("membership.get", self.answers("membership.get", {"id": person.member}).encode())
            for kind, value in person.known_by():
                status, answer = self.shop.call("identity.person.find", {"kind": kind, "value": value})
                self.assertNotEqual(status, 200, (kind, answer))
        for op, body in (("membership.view", {"member": gone[0].member}), ("identity.person.show", {"person": gone[0].id}),
                         ("membership.household.get", {"member": gone[0].member}), ("privacy.export.ask", {"member": gone[0].member})):
            status, answer = self.shop.call(op, body)
            if op == "privacy.export.ask" and status == 200:
                status, answer = self.shop.call("privacy.export.fetch", {"id": answer["id"]})
            self.look_at(op, json.dumps(answer, ensure_ascii=False).encode())
        self.assertEqual(self.hits, [])
        for person in kept:
            self.assertIn(person.name, self.answers("membership.get", {"id": person.member}))

    def old_copies_show_nothing(self, yesterday, gone):
        """Yesterday's data folder and backup with today's key file: whatever the program makes of them, nobody of those is shown."""
        shop = self.shop
        for name, make in (("copied", lambda data: shutil.copytree(yesterday, data)),
                           ("restored", lambda data: shop.run("restore", "--data", data, "--from", os.path.join(shop.folder, "day.backup"),
                                                              "--key-file", shop.data + ".key"))):
            with self.subTest(name):
                old = merx.Shop()
                self.addCleanup(old.stop)
                old.owner_key = shop.owner_key
                self.look_at("restore", str(make(old.data)).encode())
                if not os.path.isdir(old.data):
                    continue  # it would not even restore
                if not os.path.exists(old.data + ".key"):
                    shutil.copy(shop.data + ".key", old.data + ".key")
                try:
                    old.serve()
                except RuntimeError as refused:
                    self.look_at("refusal", str(refused).encode())
                    continue  # the key file of today does not fit data of yesterday
                for person in gone[:50]:
                    for op, body in (("membership.get", {"id": person.member}), ("membership.view", {"member": person.member}),
                                     ("identity.person.show", {"person": person.id}), ("membership.find", {"phone": person.phone})):
                        _, answer = old.call(op, body)
                        self.look_at(name + " " + op, json.dumps(answer, ensure_ascii=False).encode())
                old.close()
                self.look_into(old.folder)
        self.assertEqual(self.hits, [])


if __name__ == "__main__":
    unittest.main()

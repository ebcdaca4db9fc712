"""Samples for the walk: operations on privacy."""

import consents
from walk_samples import Sample, member, number, of


def say(shop, given):
    mine = member(shop)
    consents.agree(shop, mine)
    body = {"member": mine, "purpose": "personalisation", "source": "till"}
    return dict(body, language="en", version=1) if given else body


def purpose(shop):
    code = "walk-%d" % number()
    shop.ok("privacy.purpose.put", {"code": code, "name": {"en": "Walk"}, "basis": "consent"})
    return code


def text(shop):
    code = purpose(shop)
    shop.ok("privacy.text.put", {"purpose": code, "language": "en", "version": 1, "body": "May we walk?"})
    return {"purpose": code, "language": "en"}


def export(shop):
    return shop.ok("privacy.export.ask", {"member": member(shop)})["id"]


PRIVACY = {
    "privacy.consent.give": Sample(lambda shop: say(shop, True)),
    "privacy.consent.list": Sample(of("member", member)),
    "privacy.consent.withdraw": Sample(lambda shop: say(shop, False)),
    "privacy.erase": Sample(lambda shop: {"member": member(shop), "reason": "walk"}),
    "privacy.export.ask": Sample(of("member", member)),
    "privacy.export.fetch": Sample(of("id", export)),
    "privacy.purpose.list": Sample(),
    "privacy.purpose.put": Sample(lambda shop: {"code": "walk-%d" % number(), "name": {"en": "Walk"}, "basis": "consent",
                                                "channels": ["sms"], "needs": ["membership.profile"]}),
    "privacy.register": Sample(),
    "privacy.retention.put": Sample({"name": "privacy.word", "days": 2000}),
    "privacy.text.get": Sample(text),
    "privacy.text.put": Sample(lambda shop: {"purpose": purpose(shop), "language": "en", "version": 1, "body": "May we?"}),
}

"""A valid input for every operation, for the walk: what it is, and what a demo shop answers to it when the owner asks."""

import itertools
import time

_number = itertools.count(1)

NOBODY = "0" * 26


class Sample:
    """body(shop) makes a fresh input, and in the shop what it needs."""

    def __init__(self, make=None, status=200):
        self.make, self.status = make or {}, status

    def body(self, shop):
        return self.make(shop) if callable(self.make) else dict(self.make)


def number():
    return next(_number)


def phone():
    return "+8613%09d" % number()


def principal(shop):
    return shop.ok("identity.principal.put", {"role": "cashier", "name": "Walker"})["principal"]["id"]


def staff(shop):
    return shop.ok("identity.staff.put", {"name": "Walker", "login": "walker.%d" % number(), "role": "cashier"})["staff"]["id"]


def new_key(shop):
    return shop.ok("identity.key.create", {"principal": principal(shop)})["key"]["id"]


def device(shop):
    return shop.ok("identity.device.enrol", {"till": "walk-%d" % number(), "location": "store-1"})["device"]["id"]


def member(shop):
    return shop.ok("membership.join", {"phone": phone(), "name": "Walker"})["member"]["id"]


def joined_phone(shop):
    mine = phone()
    shop.ok("membership.join", {"phone": mine, "name": "Walker"})
    return mine


def gateway(shop):
    """Messages to customers go somewhere where nobody listens."""
    shop.ok("identity.customer.settings.put", {"message_url": "https://127.0.0.1:9/messages"})


def asks_for_code(shop):
    gateway(shop)
    return {"phone": joined_phone(shop)}


def asks_for_proof(shop):
    gateway(shop)
    return {"member": member(shop)}


def person(shop):
    return shop.ok("identity.person.find", {"kind": "phone", "value": joined_phone(shop)})["person"]


def merged(shop):
    return shop.ok("identity.person.merge", {"from": person(shop), "into": person(shop), "reason": "walk"})["merge"]


def known_by(shop):
    body = {"person": person(shop), "kind": "card", "value": "walk-%d" % number()}
    shop.ok("identity.person.link", body)
    return body


def gift_card(shop):
    return shop.ok("wallet.load", {"kind": "gift_card", "amount": 1000, "location": "store-1",
                                   "tenders": [{"kind": "cash", "amount": 1000}]})["account"]


def gift_code(shop):
    return shop.ok("wallet.card.reveal", {"account": gift_card(shop)}, idem=False)["code"]


def attribute(shop):
    code = "walk%d" % number()
    shop.ok("membership.attribute.put", {"code": code, "kind": "int"})
    return code


def dependent(shop):
    return shop.ok("membership.dependent.put", {"member": member(shop), "kind": "child", "name": "Walker"})


def invited(shop):
    guest = member(shop)
    return {"household": shop.ok("membership.household.put", {"member": member(shop), "invite": [guest]})["household"], "member": guest}


def householder(shop):
    owner = member(shop)
    shop.ok("membership.household.put", {"member": owner})
    return owner


def card_batch(shop, ready=False):
    batch = shop.ok("wallet.batch.make", {"count": 2})["batch"]["id"]
    while ready and shop.ok("wallet.batch.get", {"id": batch}, idem=False)["batch"]["made"] < 2:
        time.sleep(0.01)
    return batch


def mapping(shop):
    name = "walk-%d" % number()
    shop.ok("intake.mapping.put", {"name": name, "channel": "walk", "kind": "customers", "format": "csv",
                                   "columns": [{"target": "external", "from": "id"}]})
    return name


def intake_run(shop):
    run = shop.ok("intake.run", {"mapping": mapping(shop), "data": "id\nwalker-%d\n" % number()})["run"]["id"]
    while shop.ok("intake.run.get", {"run": run}, idem=False)["run"]["state"] != "done":
        time.sleep(0.01)
    return run


def rules_draft(shop):
    n = number()
    source = "promotion { id = \"walk-%d\", where = { sku = \"WALK-%d\" }, percent = 1 }\n" % (n, n)
    return shop.ok("rules.draft.put", {"name": "walk-%d" % n, "source": source})["draft"]


def rules_version(shop):
    return shop.ok("rules.publish", {"draft": rules_draft(shop), "note": "walk"})["version"]


def rules_old_version(shop):
    old = rules_version(shop)
    rules_version(shop)
    return old


def rules_planned(shop):
    return shop.ok("rules.publish", {"draft": rules_draft(shop), "at": 1900000000000})["version"]


def sale(shop):
    return {"channel": "till", "location": "store-1", "till": "till-1", "member": member(shop), "coupons": [],
            "lines": [{"sku": "TEA-001", "qty": 1000}], "tenders": [{"kind": "cash", "amount": 100000, "reference": "walk"}]}


def order(shop):
    restock(shop)
    return shop.ok("orders.place", sale(shop))["order"]["id"]


def held(shop):
    return shop.ok("orders.hold", sale(shop))["held"]


def restock(shop):
    shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "TEA-001", "qty": 10000}]})


def placed(shop):
    restock(shop)
    return sale(shop)


def webhook(shop):
    return shop.ok("system.webhook.create", {"url": "https://127.0.0.1:9/%d" % number(), "types": ["walk.none"]})["webhook"]["id"]


def policy(shop):
    act = "walk.act%d" % number()
    shop.ok("identity.policy.put", {"act": act, "permission": "orders.sell"})
    return act


def role(shop):
    code = "walk%d" % number()
    shop.ok("identity.role.put", {"code": code, "permissions": ["catalog.read"]})
    return code


def product(shop=None):
    return {"sku": "WALK-%d" % number(), "name": {"en": "Walker"}, "price": 100, "unit": "piece", "category": "walk", "tax_ppm": 0,
            "tags": ["walk"], "barcodes": [], "brand": "walk"}


def priced(shop):
    sku = shop.ok("catalog.product.put", product())["product"]["sku"]
    return {"sku": sku, "channel": "web", "location": "store-1", "price": 90, "from": 1800000000000, "until": 1900000000000, "reason": "walk"}


def price(shop):
    return shop.ok("catalog.price.put", priced(shop))["price"]["id"]


def coupon(shop):
    return shop.ok("promotions.coupon.issue", {"rule": "walk"})["coupon"]["id"]


def batch(shop):
    return shop.ok("promotions.batch.make", {"rule": "walk", "count": 3})["batch"]["id"]


def ready_batch(shop):
    made = batch(shop)
    while shop.ok("promotions.batch.get", {"id": made})["batch"]["state"] != "ready":
        time.sleep(0.01)
    return made


def group_terms(shop):
    rule = "walk-group-%d" % number()
    return shop.ok("promotions.campaign.put", {"rule": rule, "size": 3, "hours": 24})["campaign"]["rule"]


def group(shop):
    return shop.ok("promotions.group.open", {"rule": group_terms(shop), "member": member(shop)})["code"]


def bargain_ask(shop):
    rule = "walk-bargain-%d" % number()
    shop.ok("promotions.campaign.put", {"rule": rule, "floor": 100, "cut": 50, "helpers": 3, "hours": 24})
    return {"rule": rule, "member": member(shop), "sku": "TEA-001", "location": "store-1", "channel": "web"}


def bargain(shop):
    return shop.ok("promotions.bargain.open", bargain_ask(shop))["code"]


def of(name, make):
    """{name: what make(shop) gives}"""
    return lambda shop: {name: make(shop)}


def segment(shop):
    code = "walk-%d" % number()
    shop.ok("insight.segment.put", {"code": code, "where": {"count": "orders", "at_least": 1}})
    return code


SAMPLES = {
    "catalog.price.differences": Sample({"channels": ["web"], "at": 1800000000000, "limit": 5}),
    "catalog.price.drop": Sample(of("id", price)),
    "catalog.price.list": Sample(lambda shop: {"sku": priced(shop)["sku"], "limit": 5}),
    "catalog.price.put": Sample(priced),
    "catalog.product.find": Sample({"name": "tea", "limit": 5}),
    "catalog.product.get": Sample({"sku": "TEA-001"}),
    "catalog.product.put": Sample(product),
    "identity.approval.give": Sample({"request": "apr_" + NOBODY}, 404),
    "identity.approval.pending": Sample(),
    "identity.customer.code": Sample(asks_for_code),
    "identity.customer.open": Sample({"phone": "+8613800000000", "code": "482913"}, 401),
    "identity.customer.pin.set": Sample({"pin": "482913"}, 403),
    "identity.customer.qr": Sample({}, 403),
    "identity.customer.scan": Sample({"qr": "mxq_" + "A" * 106}, 404),
    "identity.customer.settings.get": Sample(),
    "identity.customer.settings.put": Sample({"session_hours": 9, "calls_per_minute": 600}),
    "identity.device.challenge": Sample(of("device", device)),
    "identity.device.claim": Sample({"code": "ABCDEFGHJKMN", "public_key": "A" * 43}, 404),
    "identity.device.code": Sample(of("id", device)),
    "identity.device.enrol": Sample(lambda shop: {"till": "walk-%d" % number(), "location": "store-1"}),
    "identity.device.list": Sample(),
    "identity.device.open": Sample({"device": "dev_" + NOBODY, "nonce": "A" * 43, "signature": "A" * 86}, 401),
    "identity.device.revoke": Sample(of("id", device)),
    "identity.epoch.rotate": Sample(),
    "identity.key.create": Sample(of("principal", principal)),
    "identity.key.list": Sample({"limit": 3}),
    "identity.key.reveal": Sample(of("id", new_key)),
    "identity.key.revoke": Sample(of("id", new_key)),
    "identity.key.rotate": Sample(lambda shop: {"id": new_key(shop), "overlap_hours": 1}),
    "identity.person.find": Sample(lambda shop: {"kind": "phone", "value": joined_phone(shop)}),
    "identity.person.link": Sample(lambda shop: {"person": person(shop), "kind": "card", "value": "walk-%d" % number(), "source": "till"}),
    "identity.person.merge": Sample(lambda shop: {"from": person(shop), "into": person(shop), "reason": "the same phone"}),
    "identity.person.show": Sample(of("person", person)),
    "identity.person.unlink": Sample(known_by),
    "identity.person.unmerge": Sample(of("merge", merged)),
    "identity.pin.open": Sample({"staff": "nobody", "pin": "482913"}, 403),
    "identity.pin.set": Sample(lambda shop: {"staff": staff(shop), "pin": "482913"}),
    "identity.policy.list": Sample(),
    "identity.policy.put": Sample(lambda shop: {"act": "walk.act%d" % number(), "above": 100, "permission": "orders.sell"}),
    "identity.policy.remove": Sample(of("act", policy)),
    "identity.principal.list": Sample({"limit": 3}),
    "identity.principal.put": Sample({"role": "cashier", "name": "Walker"}),
    "identity.proof.ask": Sample(asks_for_proof),
    "identity.role.list": Sample(),
    "identity.role.put": Sample(lambda shop: {"code": "walk%d" % number(), "name": "Walker", "permissions": ["catalog.read"]}),
    "identity.role.remove": Sample(of("code", role)),
    "identity.session.close": Sample({}, 409),
    "identity.session.list": Sample({"limit": 3}),
    "identity.session.open": Sample({"login": "nobody", "password": "correct horse battery"}, 401),
    "identity.session.revoke": Sample({"id": "ses_" + NOBODY}, 404),
    "identity.settings.get": Sample(),
    "identity.settings.put": Sample({"pin_hours": 9}),
    "identity.staff.list": Sample({"limit": 3}),
    "identity.staff.password": Sample(lambda shop: {"staff": staff(shop), "password": "correct horse battery %d" % number()}),
    "identity.staff.put": Sample(lambda shop: {"name": "Walker", "login": "walker.%d" % number(), "role": "cashier",
                                               "locations": ["store-1"]}),
    "intake.errors": Sample(lambda shop: {"run": intake_run(shop), "limit": 5}),
    "intake.mapping.get": Sample(of("name", mapping)),
    "intake.mapping.list": Sample(),
    "intake.mapping.put": Sample({"name": "walk", "channel": "walk", "kind": "customers", "format": "csv",
                                  "columns": [{"target": "external", "from": "id"}, {"target": "phone", "from": "mobile"}]}),
    "intake.mapping.secret": Sample(of("name", mapping)),
    "intake.run": Sample(lambda shop: {"mapping": mapping(shop), "data": "id\nwalker-%d\n" % number(), "parts": 1}),
    "intake.run.get": Sample(of("run", intake_run)),
    "intake.run.list": Sample({"limit": 5}),
    "intake.undo": Sample(of("run", intake_run)),
    "inventory.adjust": Sample({"location": "store-1", "lines": [{"sku": "TEA-001", "qty": 1000}], "reason": "found"}),
    "inventory.levels.list": Sample({"location": "store-1", "limit": 3}),
    "inventory.location.list": Sample({"limit": 3}),
    "inventory.location.put": Sample(lambda shop: {"id": "walk-%d" % number(), "name": {"en": "Walk"}, "zone": "UTC"}),
    "inventory.lot.list": Sample({"sku": "TEA-001", "location": "store-1", "expiring_before": 1900000000000, "limit": 3}),
    "inventory.lot.put": Sample(lambda shop: {"sku": "TEA-001", "lot": "walk-%d" % number(), "expires_at": 1900000000000}),
    "inventory.movements.list": Sample({"limit": 3}),
    "inventory.receive": Sample({"location": "store-1", "lines": [{"sku": "TEA-001", "qty": 1000, "cost": 5000}], "reference": "walk"}),
    "inventory.stock.near": Sample({"sku": "TEA-001", "location": "store-1", "limit": 3}),
    "inventory.stock": Sample({"sku": "TEA-001", "location": "store-1"}),
    "loyalty.liability": Sample(),
    "loyalty.points.adjust": Sample(lambda shop: {"member": member(shop), "points": 5, "reason": "walk"}),
    "loyalty.points.balance": Sample(of("member", member)),
    "loyalty.points.history": Sample(of("member", member)),
    "loyalty.points.release": Sample(of("member", member)),
    "loyalty.points.transfer": Sample(lambda shop: {"from": member(shop), "to": member(shop), "points": 5, "proof": "1"}, 409),
    "loyalty.points.worth": Sample(lambda shop: {"member": member(shop), "due": 1000}),
    "loyalty.rewards.list": Sample(of("member", member)),
    "loyalty.settings.get": Sample(),
    "loyalty.settings.put": Sample({"minor_per_point": 100}),
    "membership.find": Sample(of("phone", joined_phone)),
    "membership.attribute.list": Sample({"limit": 3}),
    "membership.attribute.put": Sample({"code": "walk", "kind": "choice", "words": ["a", "b"], "name": {"en": "Walk"}}),
    "membership.counter.add": Sample(lambda shop: {"member": member(shop), "name": "class:walk", "delta": 1, "source": "walk"}),
    "membership.counter.list": Sample(lambda shop: {"member": member(shop), "name": "class:*", "from": 1, "limit": 3}),
    "membership.dependent.put": Sample(lambda shop: {"member": member(shop), "kind": "pet", "name": "Walker", "year": 2024, "month": 5}),
    "membership.dependent.remove": Sample(dependent),
    "membership.entitlements": Sample(of("member", member)),
    "membership.household.get": Sample(of("member", householder)),
    "membership.household.join": Sample(invited, 409),
    "membership.household.leave": Sample(of("member", householder)),
    "membership.household.put": Sample(lambda shop: {"member": member(shop), "invite": [member(shop)]}),
    "membership.join.link": Sample({"location": "store-1", "campaign": "walk"}),
    "membership.profile.put": Sample(lambda shop: {"member": member(shop), "name": "Walker", "birth": {"month": 2, "day": 29},
                                                   "attributes": {attribute(shop): "1"}}),
    "membership.settings.get": Sample(),
    "membership.settings.put": Sample({"leap_day": "feb28"}),
    "membership.view": Sample(of("member", member)),
    "membership.get": Sample(of("id", member)),
    "membership.join": Sample(lambda shop: {"phone": phone(), "name": "Walker"}),
    "membership.segment.list": Sample({"segment": "walkers", "limit": 5}),
    "membership.segments.put": Sample(lambda shop: {"member": member(shop), "add": ["walkers"], "reason": "walk"}),
    "membership.clerk.put": Sample(lambda shop: {"member": member(shop), "clerk": staff(shop)}),
    "membership.tier.explain": Sample(of("member", member)),
    "membership.tier.history": Sample(of("member", member)),
    "membership.tier.next": Sample(of("member", member)),
    "membership.tier.renew": Sample(),
    "membership.tier.rerun": Sample(),
    "membership.tier.would": Sample(of("member", member)),
    "membership.tier.put": Sample(lambda shop: {"member": member(shop), "tier": "gold", "reason": "walk"}),
    "orders.explain": Sample(of("order", order)),
    "orders.get": Sample(of("id", order)),
    "orders.held.drop": Sample(of("held", held)),
    "orders.held.get": Sample(of("held", held)),
    "orders.held.list": Sample({"location": "store-1", "limit": 3}),
    "orders.hold": Sample(sale),
    "orders.list": Sample({"location": "store-1", "limit": 3, "newest_first": True}),
    "orders.place": Sample(placed),
    "orders.price.look": Sample({"sku": "TEA-001", "location": "store-1", "channel": "web"}),
    "orders.quote": Sample(sale),
    "orders.return": Sample(lambda shop: {"location": "store-1", "reason": "walk", "lines": [{"order": order(shop), "line": 1, "qty": 1000}]}),
    "orders.trace.get": Sample(of("id", order)),
    "payments.list": Sample(of("order", order)),
    "promotions.bargain.help": Sample(lambda shop: {"code": bargain(shop), "member": member(shop)}),
    "promotions.bargain.open": Sample(bargain_ask),
    "promotions.batch.codes": Sample(of("id", ready_batch)),
    "promotions.batch.get": Sample(of("id", batch)),
    "promotions.batch.list": Sample({"limit": 3}),
    "promotions.batch.make": Sample({"rule": "walk", "count": 3, "uses": 2, "note": "walk"}),
    "promotions.batch.void": Sample(of("id", batch)),
    "promotions.campaign.get": Sample(of("rule", group_terms)),
    "promotions.campaign.put": Sample(lambda shop: {"rule": "walk-%d" % number(), "size": 3, "hours": 24}),
    "promotions.coupon.check": Sample(lambda shop: {"codes": ["WALK"], "member": member(shop)}),
    "promotions.coupon.get": Sample(of("id", coupon)),
    "promotions.coupon.issue": Sample(lambda shop: {"rule": "walk", "member": member(shop), "uses": 2, "code": True}),
    "promotions.coupon.list": Sample({"rule": "walk", "limit": 3}),
    "promotions.coupon.reveal": Sample(of("id", coupon)),
    "promotions.coupon.void": Sample(of("id", coupon)),
    "promotions.group.get": Sample(of("code", group)),
    "promotions.group.join": Sample(lambda shop: {"code": group(shop), "member": member(shop)}),
    "promotions.group.open": Sample(lambda shop: {"rule": group_terms(shop), "member": member(shop)}),
    "promotions.limits.list": Sample({"rule": "walk", "limit": 3}),
    "promotions.stacking.get": Sample(),
    "promotions.stacking.put": Sample({"lanes": [{"lane": "flash", "mode": "combine"}]}),
    "rules.backtest": Sample(of("draft", rules_draft)),
    "rules.canary": Sample(lambda shop: {"version": rules_version(shop), "share_ppm": 1}),
    "rules.cancel": Sample(of("version", rules_planned)),
    "rules.check": Sample(of("draft", rules_draft)),
    "rules.clashes": Sample(of("draft", rules_draft)),
    "rules.diff": Sample(lambda shop: {"a": rules_version(shop), "draft": rules_draft(shop)}),
    "rules.draft.drop": Sample(of("draft", rules_draft)),
    "rules.draft.get": Sample(of("draft", rules_draft)),
    "rules.draft.list": Sample({"limit": 3}),
    "rules.draft.put": Sample(lambda shop: {"draft": rules_draft(shop), "name": "walk", "source": "-- nothing\n"}),
    "rules.get": Sample(of("version", rules_version)),
    "rules.hunt": Sample(lambda shop: {"draft": rules_draft(shop), "carts": 20}),
    "rules.list": Sample({"limit": 3}),
    "rules.publish": Sample(of("draft", rules_draft)),
    "rules.rollback": Sample(of("version", rules_old_version)),
    "rules.shadow": Sample(of("version", rules_version)),
    "rules.shadow.report": Sample(),
    "rules.test": Sample(of("draft", rules_draft)),
    "scripts.effect.drop": Sample({"effect": "no-such-effect"}, 404),
    "scripts.effect.retry": Sample({"effect": "no-such-effect"}, 404),
    "scripts.effects.list": Sample({"limit": 3}),
    "scripts.rule.restore": Sample({"rule": "no-such-rule"}, 404),
    "scripts.rules.list": Sample(),
    "scripts.rules.reload": Sample(),
    "scripts.rules.test": Sample(),
    "shop.clock.advance": Sample({"ms": 1000}, 409),
    "shop.clock.confirm": Sample(),
    "shop.clock.get": Sample(),
    "shop.clock.set": Sample({"at": 1800000000000}, 409),
    "shop.settings.get": Sample(),
    "shop.settings.put": Sample({"zone": "Asia/Shanghai"}),
    "system.backup.note": Sample({"at": 1790000000000, "bytes": 1000, "epoch": 1, "hash": "0123456789abcdef" * 4, "records": 10, "seq": 5}),
    "system.checkpoint.get": Sample(),
    "system.checkpoint.key": Sample(),
    "system.exceptions.list": Sample({"by": "staff"}),
    "system.job.cancel": Sample({"id": "job_" + NOBODY}, 404),
    "system.job.list": Sample(),
    "system.job.pause": Sample({"id": "job_" + NOBODY}, 404),
    "system.job.resume": Sample({"id": "job_" + NOBODY}, 404),
    "system.job.retry": Sample({"id": "job_" + NOBODY}, 404),
    "system.log.list": Sample({"from": 1, "limit": 5}),
    "system.outbox.drop": Sample({"id": "out_" + NOBODY}, 404),
    "system.outbox.list": Sample({"limit": 5}),
    "system.outbox.retry": Sample({"id": "out_" + NOBODY}, 404),
    "system.queries.cancel": Sample({"id": "qry_" + NOBODY}, 404),
    "system.queries.list": Sample(),
    "system.stat": Sample(),
    "system.verify": Sample(),
    "system.webhook.create": Sample(lambda shop: {"url": "https://127.0.0.1:9/%d" % number(), "types": ["walk.none"]}),
    "system.webhook.delete": Sample(of("id", webhook)),
    "system.webhook.list": Sample(),
    "system.webhook.put": Sample(lambda shop: {"id": webhook(shop), "paused": True}),
    "system.webhook.rotate": Sample(of("id", webhook)),
    "system.webhook.secret": Sample(of("id", webhook)),
    "system.webhook.test": Sample(of("id", webhook)),
    "system.work.close": Sample({"id": "wrk_" + NOBODY}, 404),
    "system.work.list": Sample({"limit": 5}),
    "insight.behaviour.add": Sample(lambda shop: {"rows": [{"member": member(shop), "kind": "page", "subject": "tea"}]}),
    "insight.profile": Sample(of("member", member)),
    "insight.scores": Sample(of("member", member)),
    "insight.segment.count": Sample(of("code", segment)),
    "insight.segment.list": Sample(),
    "insight.segment.members": Sample(of("code", segment)),
    "insight.segment.put": Sample(lambda shop: {"code": "walk-%d" % number(), "where": {"all": [{"tag": "x"}, {"score": "churn_ppm", "at_least": 5}]}}),
    "insight.segment.why": Sample(lambda shop: {"code": segment(shop), "member": member(shop)}),
    "insight.tag.list": Sample({"tag": "x"}),
    "insight.tags": Sample(of("member", member)),
    "insight.words": Sample({"subject": "TEA"}),
    "wallet.batch.codes": Sample(lambda shop: {"id": card_batch(shop, ready=True)}),
    "wallet.batch.get": Sample(of("id", card_batch)),
    "wallet.batch.make": Sample(lambda shop: {"count": 3, "note": "walk"}),
    "wallet.batch.void": Sample(of("id", card_batch)),
    "wallet.block": Sample(lambda shop: {"account": gift_card(shop), "reason": "walking"}),
    "wallet.card.reveal": Sample(of("account", gift_card)),
    "wallet.claim": Sample(lambda shop: {"code": gift_code(shop), "member": member(shop)}),
    "wallet.correct": Sample(lambda shop: {"account": gift_card(shop), "amount": 5, "reason": "walking"}),
    "wallet.get": Sample(of("account", gift_card)),
    "wallet.history": Sample(lambda shop: {"account": gift_card(shop), "limit": 5}),
    "wallet.liability": Sample(),
    "wallet.list": Sample(of("member", member)),
    "wallet.load": Sample({"kind": "gift_card", "amount": 1000, "location": "store-1", "till": "walk",
                           "tenders": [{"kind": "cash", "amount": 1000}]}),
    "wallet.look": Sample(of("code", gift_code)),
    "wallet.pin.unlock": Sample(lambda shop: {"account": gift_card(shop), "reason": "walking"}),
    "wallet.reissue": Sample(lambda shop: {"account": gift_card(shop), "reason": "walking"}),
    "wallet.settings.get": Sample(),
    "wallet.settings.put": Sample({"cash_out_max": 100}),
    "wallet.transfer": Sample(lambda shop: {"code": gift_code(shop), "to": gift_card(shop), "amount": 10}),
    "wallet.unblock": Sample(lambda shop: {"account": gift_card(shop), "reason": "walking"}),
    "wallet.unload": Sample(lambda shop: {"code": gift_code(shop), "amount": 10, "location": "store-1", "reason": "walking"}),
}

"""Samples of the operations on rewards, for the walk."""

import time

from walk_samples import NOBODY, Sample, member, number


def class_body(shop):
    return {"code": "walk", "name": {"en": "Walk"}, "location": "store-1", "at": int(time.time() * 1000) + 86400000, "seats": 3}


def class_id(shop):
    return shop.ok("rewards.class.put", class_body(shop))["class"]["id"]


def booking(shop):
    return shop.ok("rewards.class.book", {"class_id": class_id(shop), "member": member(shop)})["booking"]["id"]


def ticket(shop):
    return shop.ok("rewards.queue.enter", {"location": "store-1"})["ticket"]["id"]


REWARDS = {
    "rewards.cancel": Sample({"id": "rwd_" + NOBODY}, 404),
    "rewards.class.attended": Sample(lambda shop: {"id": booking(shop)}),
    "rewards.class.book": Sample(lambda shop: {"class_id": class_id(shop), "member": member(shop), "wait": True}),
    "rewards.class.bookings": Sample(lambda shop: {"class_id": class_id(shop), "limit": 5}),
    "rewards.class.cancel": Sample(lambda shop: {"id": booking(shop)}),
    "rewards.class.list": Sample({"location": "store-1", "limit": 5}),
    "rewards.class.put": Sample(class_body),
    "rewards.grants": Sample(lambda shop: {"member": member(shop)}),
    "rewards.hand_over": Sample({"id": "rwd_" + NOBODY, "location": "store-1"}, 404),
    "rewards.mine": Sample(lambda shop: {"member": member(shop), "limit": 5}),
    "rewards.occasion.list": Sample(),
    "rewards.occasion.put": Sample(lambda shop: {"code": "walk", "day": "birthday", "points": number()}),
    "rewards.queue.enter": Sample({"location": "store-1"}),
    "rewards.queue.jump": Sample(lambda shop: {"ticket": ticket(shop), "reward": "rwd_" + NOBODY}, 404),
    "rewards.queue.leave": Sample(lambda shop: {"ticket": ticket(shop)}),
    "rewards.queue.list": Sample({"location": "store-1"}),
    "rewards.queue.next": Sample({"location": "store-1"}),
    "rewards.redeem": Sample(lambda shop: {"member": member(shop), "reward": "tea-cup"}, 409),
    "rewards.referral.code": Sample(lambda shop: {"member": member(shop)}),
    "rewards.referral.decide": Sample(lambda shop: {"friend_id": member(shop), "reward": True, "note": "walking"}, 404),
    "rewards.referral.device": Sample(lambda shop: {"member": member(shop), "device": "walker"}),
    "rewards.referral.graph": Sample(lambda shop: {"member": member(shop)}),
    "rewards.referral.held": Sample(),
    "rewards.settings.get": Sample(),
    "rewards.settings.put": Sample({"referrer_points": 10}),
}

"""Tiers in numbers: what finding a tier anew adds to a sale, and how long a draft takes over all members."""

import json
import os
import shutil
import time

import merx

TIERS = """
local often = { "visits", days = 90, at_least = 10 }
tier { code = "silver", rank = 1, needs = { often } }
tier {
  code = "black", rank = 2,
  needs = { { "visits", days = 90, at_least = 10 }, { "class:*", distinct = true, at_least = 2 },
            any = { { "referrals", at_least = 3 }, { "reviews", days = 365, at_least = 12 } } },
}
"""
DRAFT = TIERS.replace("at_least = 10", "at_least = 3") + """
tier {
  code = "green", rank = 3,
  when = function(m)
    return m.count("class:1", 365) >= 1 and m.count("orders", 30) + m.count("visits", 90) >= 1
  end,
}
"""


class Tiers:
    def __init__(self, folder, rules, load, cpu_seconds, members, orders):
        self.folder, self.load, self.cpu_seconds, self.members, self.orders = folder, load, cpu_seconds, members, orders
        self.shop = merx.Shop(folder)
        self.first = 0
        for name in ("plain", "tiers"):
            shutil.copytree(rules, self.rules(name))
        with open(os.path.join(self.rules("tiers"), "tiers.lua"), "w", encoding="utf-8") as file:
            file.write(TIERS)

    def rules(self, name):
        return os.path.join(self.folder, "rules-" + name)

    def serve(self, name):
        self.shop.serve(args=["--no-supervisor", "--rules", self.rules(name)])

    def wait(self):
        """Other rules about tiers: all members are asked about anew first."""
        while self.shop.ok("system.job.list").get("jobs"):
            time.sleep(0.2)

    def prepare(self):
        self.shop.init()
        self.serve("plain")
        self.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "Store 1"}, "zone": "Asia/Shanghai"})
        for mode, count in (("product", 20000), ("stock", 200), ("member", self.members), ("class", self.members)):
            result = self.load(self.shop, mode, count, 64)
            print("prepared %-8s %7d at %6.0f/s" % (mode, count, result["per_s"]), flush=True)
        self.shop.close()

    def sell(self, name):
        """-> microseconds that the handlers of one sale take on the writer"""
        self.serve(name)
        self.wait()
        self.load(self.shop, "order", self.orders // 10, 16, self.first)
        self.first += self.orders // 10
        before = self.shop.ok("system.stat")["run_us"]
        self.load(self.shop, "order", self.orders, 16, self.first)
        self.first += self.orders
        spent = (self.shop.ok("system.stat")["run_us"] - before) / self.orders
        self.shop.close()
        return spent

    def sales(self):
        """Several short rounds of each, in turn: the quietest of each counts."""
        times = {"plain": [], "tiers": []}
        for _ in range(3):
            for name, seen in times.items():
                seen.append(self.sell(name))
        plain, with_tiers = min(times["plain"]), min(times["tiers"])
        print("a sale: %.1f us of handlers without tiers, %.1f us with them" % (plain, with_tiers), flush=True)
        return with_tiers - plain

    def rerun(self):
        self.serve("tiers")
        self.wait()
        draft = self.shop.ok("rules.draft.put", {"name": "tiers", "source": DRAFT})["draft"]
        pid, begin, cpu = self.shop.process.pid, time.monotonic(), sum(self.cpu_seconds(self.shop.process.pid))
        status, got = merx.Client(self.shop.port, self.shop.owner_key, timeout=3600).call("membership.tier.rerun", {"draft": draft})
        if status != 200:
            raise RuntimeError(got)
        took, spent = time.monotonic() - begin, sum(self.cpu_seconds(pid)) - cpu
        print("a draft over %d members: %.1f s, %.1f s of one core; %d up, %d down" % (got["members"], took, spent, got["up"], got["down"]))
        return spent * 1e6 / got["members"]

    def run(self):
        self.prepare()
        added = self.sales()
        each = self.rerun()
        print(json.dumps({"members": self.members, "added_to_a_sale_us": round(added, 1), "rerun_us_a_member": round(each, 1),
                          "rerun_s_a_million": round(each, 1)}))

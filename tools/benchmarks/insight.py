"""Segments over many members, and how long after it was sent something that a customer did is in her profile."""

import json
import threading
import time

import merx

# What marketing asks: who spent how much in a month, stands how among all, has which tag, and came when.
SEGMENTS = {
    "row": {"all": [{"score": "orders", "at_least": 1}, {"score": "joined_days", "at_most": 3650}]},
    "month": {"all": [{"none": [{"tag": "asleep"}]}, {"count": "spent_minor", "days": 30, "at_least": 2000, "at_most": 50000}]},
    "ranks": {"all": [{"score": "rfm.money", "at_least": 4}, {"score": "churn_ppm", "at_most": 500000}]},
}


def begin(shop, *args):
    shop.init()
    shop.serve(args=["--no-supervisor", *args], timeout=300)
    shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "Store 1"}, "zone": "Asia/Shanghai"})
    shop.ok("privacy.text.put", {"purpose": "personalisation", "language": "en", "version": 1, "body": "We use what you do here to serve you."})


def consent(shop, member):
    shop.ok("privacy.consent.give", {"member": member, "purpose": "personalisation", "language": "en", "version": 1, "source": "till"})


class Segments:
    def __init__(self, folder, rules, load, cpu_seconds, members):
        self.rules, self.load, self.cpu_seconds, self.members = rules, load, cpu_seconds, members
        self.shop = merx.Shop(folder)

    def prepare(self):
        begin(self.shop, "--rules", self.rules)
        for mode, count in (("product", 20000), ("stock", 200), ("member", self.members), ("consent", self.members), ("order", min(self.members // 5, 100000))):
            result = self.load(self.shop, mode, count, 64)
            print("prepared %-8s %7d at %6.0f/s" % (mode, count, result["per_s"]), flush=True)
        while self.count(SEGMENTS["row"])["looked_at"] < self.members:
            time.sleep(1)
        self.quiet()

    def quiet(self):
        """Wait until nothing moves behind the commits any more."""
        last, now = None, self.cpu_seconds(self.shop.process.pid)
        while last is None or sum(now) - sum(last) > 0.02:
            time.sleep(0.5)
            last, now = now, self.cpu_seconds(self.shop.process.pid)

    def count(self, where):
        client = merx.Client(self.shop.port, self.shop.owner_key, timeout=600)
        status, answer = client.call("insight.segment.count", {"where": where})
        client.close()
        if status != 200:
            raise RuntimeError(answer)
        return answer

    def run(self):
        self.prepare()
        figures = {"members": self.members}
        for name, where in SEGMENTS.items():
            times, answer = [], None
            for _ in range(3):
                before = sum(self.cpu_seconds(self.shop.process.pid))
                answer = self.count(where)
                times.append(sum(self.cpu_seconds(self.shop.process.pid)) - before)
            figures[name + "_cpu_s"] = round(min(times), 2)
            figures[name + "_cpu_s_per_million"] = round(min(times) * 1e6 / self.members, 2)
            print("segment %-6s %8d of %d in %.2f s of one core" % (name, answer["count"], self.members, min(times)), flush=True)
        print(json.dumps(figures))


class Behaviour:
    ROWS, CALLS_A_SECOND, SAMPLES = 10, 100, 1000

    def __init__(self, folder):
        self.shop = merx.Shop(folder)
        self.ended = threading.Event()
        self.sent = 0

    def stream(self, members):
        client = self.shop.client()
        due = time.monotonic()
        while not self.ended.is_set():
            rows = [{"member": members[(self.sent + i) % len(members)], "kind": "page", "subject": "p%d" % i, "session": "s"} for i in range(self.ROWS)]
            status, answer = client.call("insight.behaviour.add", {"rows": rows})
            if status != 200:
                raise RuntimeError(answer)
            self.sent += self.ROWS
            due += 1 / self.CALLS_A_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
        client.close()

    def sample(self, member, number):
        """-> milliseconds from sending it to the read that shows it"""
        begin = time.monotonic()
        self.shop.ok("insight.behaviour.add", {"rows": [{"member": member, "kind": "shelf", "subject": "n%d" % number}]})
        while True:
            recent = self.shop.ok("insight.profile", {"member": member})["profile"]["recent"]
            if any(one.get("subject") == "n%d" % number for one in recent):
                return (time.monotonic() - begin) * 1000

    def run(self):
        begin(self.shop)
        members = [self.shop.ok("membership.join", {"phone": "+86138%08d" % i, "name": "Somebody"})["member"]["id"] for i in range(200)]
        for member in members:
            consent(self.shop, member)
        stream = threading.Thread(target=self.stream, args=(members,))
        stream.start()
        start = time.monotonic()
        try:
            times = sorted(self.sample(members[i % 50], i) for i in range(self.SAMPLES))
        finally:
            seconds = time.monotonic() - start
            self.ended.set()
            stream.join()
        print(json.dumps({"events_per_s": round(self.sent / seconds), "samples": len(times), "visible_p50_ms": round(times[len(times) // 2], 2),
                          "visible_p99_ms": round(times[len(times) * 99 // 100], 2)}))

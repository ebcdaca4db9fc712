"""Somebody registers at the till; how long until the app's own read shows her, under 1,000 events a second."""

import threading
import time

import merx

RATE = 1000  # calls a second that the shop serves meanwhile: half of them joins, half counters
CALLERS = 16
ROUNDS = 500


class Members:
    def __init__(self, folder):
        self.shop = merx.Shop(folder)
        self.stopped = threading.Event()
        self.calls = [0] * CALLERS

    def keep_busy(self, number, member):
        """One of CALLERS that share the rate; a late call is made up for by the next ones."""
        client, begin, n = self.shop.client(), time.monotonic(), 0
        while not self.stopped.is_set():
            due = begin + n * CALLERS / RATE
            time.sleep(max(0.0, due - time.monotonic()))
            if n % 2:
                client.call("membership.join", {"phone": "+861%02d%08d" % (50 + number, n)})
            else:
                client.call("membership.counter.add", {"member": member, "name": "class:busy%d" % number, "delta": 1, "source": "n%d" % n})
            n += 1
            self.calls[number] = n
        client.close()

    def register(self, till, app, number):
        """-> seconds from the till's answer to the app's answer that shows her, and how often the app had to ask."""
        phone, asked = "+86130%08d" % number, 0
        status, answer = till.call("membership.join", {"phone": phone})
        assert status == 200, answer
        begin = time.monotonic()
        while True:
            asked += 1
            status, seen = app.call("membership.view", {"phone": phone})
            if status == 200 and seen["member"]["id"] == answer["member"]["id"]:
                return time.monotonic() - begin, asked

    def run(self):
        self.shop.init()
        self.shop.serve(args=["--no-supervisor"], timeout=300)
        till, app = (self.shop.client(self.shop.make_key(role)) for role in ("cashier", "channel"))
        member = self.shop.ok("membership.join", {"phone": "+8613100000000"})["member"]["id"]
        busy = [threading.Thread(target=self.keep_busy, args=(number, member)) for number in range(CALLERS)]
        begin = time.monotonic()
        for thread in busy:
            thread.start()
        figures = [self.register(till, app, number) for number in range(ROUNDS)]
        self.stopped.set()
        for thread in busy:
            thread.join()
        took = sorted(seconds * 1000 for seconds, _ in figures)
        rate = sum(self.calls) / (time.monotonic() - begin)
        print("registered at the till, read by the app: %d times beside %.0f calls/s | p50 %.2f ms, p99 %.2f ms, shown by the first read %d times"
              % (ROUNDS, rate, took[ROUNDS // 2], took[ROUNDS * 99 // 100], sum(asked == 1 for _, asked in figures)))
        print('{"calls_per_s": %d, "p50_ms": %.2f, "p99_ms": %.2f, "first_read": %d}'
              % (rate, took[ROUNDS // 2], took[ROUNDS * 99 // 100], sum(asked == 1 for _, asked in figures)))

"""Intake on a clock that is moved: secrets that change, books that go with age (S0-19)."""

import itertools
import time
import unittest

from test_intake import HookTest

_number = itertools.count(900000)


class Later(HookTest):
    """On a clock that is moved. The signed time is the machine's, so messages come from the shop's own time."""

    @classmethod
    def fill(cls):
        cls.shop.ok("shop.settings.put", {"practice": True})
        super().fill()
        cls.ahead_s = 0

    def later(self, hours):
        self.shop.ok("shop.clock.advance", {"ms": hours * 3600000})
        type(self).ahead_s += hours * 3600

    def signed(self, secret):
        return self.send(secret, self.message(next(_number)), at=int(time.time()) + self.ahead_s)[0]

    def test_a_secret_before_holds_a_day_longer(self):
        first = self.secret(hours=0)
        second = self.shop.ok("intake.mapping.secret", {"name": "douyin"}, idem=False)
        self.assertTrue(second["before_until"])
        self.assertEqual([self.signed(first), self.signed(second["text"])], [200, 200])
        self.later(23)
        self.assertEqual([self.signed(first), self.signed(second["text"])], [200, 200])
        self.later(2)
        self.assertEqual([self.signed(first), self.signed(second["text"])], [401, 200])

    def test_of_three_secrets_two_hold_and_of_a_stolen_one_none(self):
        first, second, third = self.secret(hours=0), self.secret(hours=720), self.secret(hours=1)
        self.assertEqual([self.signed(first), self.signed(second), self.signed(third)], [401, 200, 200])
        last = self.shop.ok("intake.mapping.secret", {"name": "douyin", "hours": 0}, idem=False)
        self.assertEqual(last["before_until"], 0)
        self.assertEqual([self.signed(third), self.signed(last["text"])], [401, 200])
        self.refused(400, "out_of_range", "hours", "intake.mapping.secret", {"name": "douyin", "hours": 721}, idem=False)

    def gone(self, run):
        end = time.monotonic() + 30
        while self.shop.call("intake.run.get", {"run": run["id"]}, idem=False)[0] == 200 and time.monotonic() < end:
            time.sleep(0.05)

    def test_books_go_with_age_and_what_was_taken_in_stays_known(self):
        n = next(_number)
        data = self.customers(*[("old%d-%d" % (n, i), self.phone(), "", "Old") for i in range(120)], ("x", "12", "", "Wrong"))
        run = self.run_file("tmall-customers", data)
        self.later(399 * 24)
        self.assertEqual(self.shop.call("intake.run.get", {"run": run["id"]}, idem=False)[0], 200)
        self.later(2 * 24)
        self.gone(run)
        self.refused(404, "not_found", "run", "intake.errors", {"run": run["id"]}, idem=False)
        self.refused(404, "not_found", "run", "intake.undo", {"run": run["id"]})
        self.assertEqual(self.counts(self.run_file("tmall-customers", data)), {"same": 120, "failed": 1})

    def test_the_shop_may_keep_them_for_less(self):
        run = self.run_file("tmall-customers", self.customers(("less%d" % next(_number), self.phone(), "", "Less")))
        self.later(31 * 24)
        self.shop.ok("privacy.retention.put", {"name": "intake.made", "days": 30})
        self.gone(run)
        self.refused(404, "not_found", "run", "intake.run.get", {"run": run["id"]}, idem=False)
        self.shop.ok("privacy.retention.put", {"name": "intake.made", "days": 0})


if __name__ == "__main__":
    unittest.main()

"""A shop behind its own proxy: strangers have limits of their own by the address that the proxy adds, and by no other word."""

import http.client
import unittest

import merx

MINUTE = 120  # calls without a key that one address may make in a minute


class Proxy(unittest.TestCase):
    def serve(self, *args):
        shop = merx.Shop()
        self.addCleanup(shop.stop)
        shop.init()
        shop.serve(args=args)
        return shop

    def knock(self, shop, count, forwarded, here="127.0.0.1"):
        """So many tries to log in over one connection -> the statuses of the last two."""
        line = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=60, source_address=(here, 0))
        statuses = []
        for number in range(count):
            line.request("POST", "/v1/identity.session.open", '{"login": "nobody", "password": "wrong password"}',
                         {"Content-Type": "application/json", "Idempotency-Key": "%s-%s-%d" % (here, forwarded, number),
                          **({"X-Forwarded-For": forwarded} if forwarded else {})})
            answer = line.getresponse()
            answer.read()
            statuses.append(answer.status)
        line.close()
        return statuses

    def test_each_client_of_the_proxy_has_a_limit_of_its_own(self):
        shop = self.serve("--proxy", "127.0.0.1")
        self.assertIn(429, self.knock(shop, MINUTE + 1, "192.0.2.1"))
        self.assertNotEqual(self.knock(shop, 1, "192.0.2.1")[0], 401)
        self.assertEqual(self.knock(shop, 1, "192.0.2.2")[0], 401)
        self.assertEqual(self.knock(shop, 1, "192.0.2.1, 192.0.2.3")[0], 401)  # the first one is the client's own word
        self.assertEqual(self.knock(shop, 1, "192.0.2.3, 192.0.2.1")[0], 429)
        self.assertEqual(self.knock(shop, 1, "192.0.2.1", here="127.0.0.2")[0], 401)

    def test_without_the_setting_a_made_up_address_gives_nothing(self):
        shop = self.serve()
        statuses = [status for number in range(MINUTE + 1) for status in self.knock(shop, 1, "192.0.2.%d" % number)]
        self.assertEqual(statuses[-1], 429)

    def test_the_setting_is_an_address(self):
        shop = merx.Shop()
        self.addCleanup(shop.stop)
        shop.init()
        for wrong in ("127.0.0.1:80", "localhost", "10.0.0.0/8"):
            done = shop.run("serve", "--data", shop.data, "--listen", "127.0.0.1:0", "--proxy", wrong)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--proxy needs an address without a port, such as 127.0.0.1, not %s." % wrong, done.stderr)


if __name__ == "__main__":
    unittest.main()

"""The life of a shop on its machine: made, opened by one command, killed, restarted, cut off, closed."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import merx


FAULTS = merx.has_faults()
STORAGE_FAILED = 75


def children_of(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
        return [int(word) for word in file.read().split()]


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.shop = merx.Shop()
        self.addCleanup(self.shop.stop)

    def beside(self):
        """What stands in the folder of the shop's folder, without the test's own log."""
        return sorted(name for name in os.listdir(self.shop.folder) if name != "log.txt")

    def answers(self):
        client = self.shop.client()
        try:
            return client.call("system.stat")[0] == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            client.close()

    # ---- one command ----

    def test_demo_makes_the_shop_too(self):
        command = [merx.PROGRAM, "serve", "--data", self.shop.data, "--listen", "127.0.0.1:0", "--demo"]
        with open(os.path.join(self.shop.folder, "log.txt"), "wb") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        lines = [process.stdout.readline(), process.stdout.readline()]
        self.assertRegex(lines[0], r"^key mxk_\S+\n$")
        self.assertRegex(lines[1], r"^ready http://127\.0\.0\.1:\d+\n$")
        client = merx.Client(int(lines[1].rsplit(":", 1)[1]), lines[0].split()[1])
        sale = {"channel": "store", "location": "store-1", "till": "till-1", "lines": [{"sku": "TEA-001", "qty": 1000}],
                "tenders": [{"kind": "cash", "amount": 20000}]}
        status, answer = client.call("orders.place", sale)
        self.assertEqual((status, answer.get("change")), (200, 7200), answer)
        client.close()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.stdout.read(), "")
        self.assertEqual(process.wait(30), 0)
        process.stdout.close()

    def test_demo_prices_follow_the_digits_of_the_currency(self):
        for currency, digits, price, small in (("JPY", 0, 128, 10), ("XTS", 3, 128000, 9900)):
            with merx.Shop.start(demo=True, currency=currency, digits=digits, country="JP", zone="Asia/Tokyo") as shop:
                self.assertEqual(shop.ok("catalog.product.get", {"sku": "TEA-001"})["product"]["price"], price)
                self.assertEqual(shop.ok("catalog.product.get", {"sku": "SKIN-004"})["product"]["price"], small)
                self.assertEqual(shop.ok("inventory.location.list")["locations"][0]["zone"], "Asia/Tokyo")

    def test_demo_leaves_a_shop_with_products_alone(self):
        self.shop.init()
        self.shop.serve()
        self.shop.ok("catalog.product.put", {"sku": "MINE", "name": {"en": "Mine"}, "price": 1, "unit": "piece", "category": "x",
                                             "tax_ppm": 0})
        self.shop.close()
        self.shop.serve(demo=True)
        self.assertEqual([p["sku"] for p in self.shop.ok("catalog.product.find")["products"]], ["MINE"])
        self.assertEqual(self.shop.ok("inventory.location.list")["locations"], [])

    # ---- init ----

    def test_a_refused_init_leaves_nothing(self):
        for option, value in (("--zone", "Mars/Base"), ("--currency", "coins"), ("--country", "china")):
            done = self.shop.run("init", "--data", self.shop.data, option, value)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("merx init: ", done.stderr)
            self.assertEqual(self.beside(), [])

    def test_init_takes_an_empty_folder_and_no_other(self):
        os.mkdir(self.shop.data)
        self.shop.init()
        self.shop.serve()
        self.shop.close()
        other = os.path.join(self.shop.folder, "other")
        os.mkdir(other)
        with open(os.path.join(other, "letter.txt"), "w") as file:
            file.write("mine")
        done = self.shop.run("init", "--data", other)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(os.listdir(other), ["letter.txt"])
        self.assertFalse(os.path.exists(other + ".key"))

    @unittest.skipUnless(FAULTS, "needs a build with fault points")
    def test_an_init_that_was_cut_off_can_be_done_again(self):
        for point in ("keys.write", "store.open", "store.apply", "store.commit", "store.committed"):
            for passage in (1, 2, 3, 4):
                env = dict(os.environ, MERX_FAULT="%s:%d!" % (point, passage))
                done = subprocess.run([merx.PROGRAM, "init", "--data", self.shop.data], capture_output=True, env=env, timeout=60)
                if done.returncode == 0:
                    break
                self.assertEqual(done.returncode, -signal.SIGKILL, done.stderr)
                self.assertFalse(os.path.exists(self.shop.data), "%s:%d left half a shop" % (point, passage))
            else:
                self.shop.init()
            self.assertEqual(self.shop.verify().returncode, 0)
            shutil.rmtree(self.shop.data)
            os.unlink(self.shop.data + ".key")
            self.assertEqual(self.beside(), [])

    def test_a_missing_shop_is_said_plainly(self):
        for args in (("serve", "--listen", "127.0.0.1:0"), ("verify",), ("dump",), ("call", "system.stat")):
            done = self.shop.run(args[0], "--data", self.shop.data, *args[1:], key="x")
            self.assertEqual(done.returncode, 1, args)
            self.assertIn("There is no shop in " + self.shop.data, done.stderr)
        self.assertEqual(self.beside(), [])

    # ---- call ----

    def test_call_takes_its_input_from_a_file_and_repeats_by_key(self):
        self.shop.init()
        path = os.path.join(self.shop.folder, "place.json")
        with open(path, "w") as file:
            json.dump({"id": "store-1", "name": {"en": "One"}, "zone": "UTC"}, file)
        put = ("call", "inventory.location.put", "@" + path, "--data", self.shop.data, "--key-id", "first")
        first, again = self.shop.run(*put), self.shop.run(*put)
        self.assertEqual((first.returncode, again.returncode), (0, 0), first.stderr + again.stderr)
        self.assertEqual(first.stdout, again.stdout)
        body = '{"id":"store-1","name":{"en":"Two"},"zone":"UTC"}'
        other = self.shop.run("call", "inventory.location.put", body, "--data", self.shop.data, "--key-id", "first")
        self.assertEqual((other.returncode, json.loads(other.stdout)["status"]), (1, 422))
        for args in ((), ("inventory.location.list",), ("a/b", "--data", "x"), ("a", "b", "c", "--data", "x"),
                     ("a", "--data", "x", "--url", "y")):
            self.assertEqual(self.shop.run("call", *args).returncode, 2, args)

    def test_a_left_over_socket_is_no_server(self):
        self.shop.init()
        self.shop.serve()
        self.shop.kill()
        self.assertTrue(os.path.exists(os.path.join(self.shop.data, "merx.sock")))
        done = self.shop.run("call", "shop.settings.get", "--data", self.shop.data)
        self.assertEqual(done.returncode, 0, done.stderr)

    # ---- ends, good and bad ----

    def test_a_wish_to_close_lets_running_requests_finish(self):
        self.shop.init()
        self.shop.serve()
        statuses, stop = [], threading.Event()

        def ask():
            client = self.shop.client()
            try:
                while not stop.is_set():
                    statuses.append(client.call("shop.settings.put", {"zone": "UTC"})[0])
            except (OSError, http.client.HTTPException):
                pass
            client.close()

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(statuses) > 20)
        self.assertEqual(self.shop.close(), 0)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual({s for s in statuses if s not in (200, 503)}, set())
        self.assertEqual(self.shop.verify().returncode, 0)

    def test_a_client_that_was_turned_away_may_come_again(self):
        """The tests' own client: a refused connect leaves nothing behind that keeps it from the next."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
            client = merx.Client(taken.getsockname()[1], "")
            for _ in range(2):
                with self.assertRaises(ConnectionRefusedError):
                    client.call("system.stat")

    def test_kill_leaves_nothing_running(self):
        self.shop.init()
        self.shop.serve()
        child, = children_of(self.shop.process.pid)
        self.shop.kill()
        self.assertTrue(wait_for(lambda: not os.path.exists("/proc/%d" % child)))
        self.shop.serve()
        self.assertTrue(self.answers())

    def test_a_crashed_shop_opens_again_at_the_same_address(self):
        self.shop.init()
        self.shop.serve()
        self.shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "One"}, "zone": "UTC"})
        child, = children_of(self.shop.process.pid)
        os.kill(child, signal.SIGKILL)
        self.assertTrue(wait_for(self.answers))
        self.assertEqual(len(self.shop.ok("inventory.location.list")["locations"]), 1)
        self.assertIn("verified ", self.shop.log_text())
        self.assertEqual(self.shop.close(), 0)

    @unittest.skipUnless(FAULTS, "needs a build with fault points")
    def test_a_failed_write_is_never_acknowledged(self):
        self.shop.init()
        self.shop.serve(env={"MERX_FAULT": "store.commit:3"})
        done = []
        for i in range(40):
            place = {"id": "store-%d" % i, "name": {"en": "One"}, "zone": "UTC"}
            client = self.shop.client()
            try:
                if client.call("inventory.location.put", place)[0] == 200:
                    done.append(place["id"])
            except (OSError, http.client.HTTPException):
                wait_for(lambda: self.shop.process.poll() is not None or self.answers())
            client.close()
            if self.shop.process.poll() is not None:
                break
        self.assertEqual(self.shop.process.wait(20), STORAGE_FAILED)
        self.assertIn("the storage failed", self.shop.log_text())
        self.shop._closed()
        self.shop.serve()
        self.assertLessEqual(set(done), {p["id"] for p in self.shop.ok("inventory.location.list")["locations"]})
        self.shop.close()
        self.assertEqual(self.shop.verify().returncode, 0)

    def test_without_a_supervisor_there_is_one_process(self):
        self.shop.init()
        self.shop.serve(args=("--no-supervisor",))
        self.assertEqual(children_of(self.shop.process.pid), [])
        self.assertTrue(self.answers())
        self.assertEqual(self.shop.close(), 0)

    def test_a_broken_rule_file_does_not_keep_the_shop_closed(self):
        self.shop.init()
        rules = os.path.join(self.shop.folder, "rules")
        os.mkdir(rules)
        with open(os.path.join(rules, "bad.lua"), "w") as file:
            file.write("promotion { id = \n")
        self.shop.serve(args=("--rules", rules))
        self.assertEqual(self.shop.ok("scripts.rules.list")["rules"], [])
        self.assertIn("bad.lua", self.shop.log_text())

    def test_a_cut_data_file_is_named_by_verify(self):
        self.shop.init()
        self.shop.serve(demo=True)
        self.shop.close()
        path = os.path.join(self.shop.data, "data.mdb")
        os.truncate(path, os.path.getsize(path) // 3)
        self.assertNotEqual(self.shop.verify().returncode, 0)
        served = self.shop.run("serve", "--data", self.shop.data, "--listen", "127.0.0.1:0")
        self.assertNotEqual(served.returncode, 0)
        self.assertNotIn("ready", served.stdout)


if __name__ == "__main__":
    unittest.main()

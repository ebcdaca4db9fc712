"""A partner's day: merx plugin new writes a folder that builds and passes its test outside the tree, merx plugin check
says what would be refused and why, and a plugin that was taken out leaves nothing."""

import json
import os
import re
import shutil
import subprocess
import unittest

import merx


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


class PluginTools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shop = merx.Shop()
        cls.addClassCleanup(cls.shop.stop)
        cls.shop.init()
        cls.folder = os.path.join(cls.shop.folder, "partner")
        os.mkdir(cls.folder, 0o755)
        cls.env = {name: value for name, value in os.environ.items() if name != "MERX_KEY"}
        cls.env["PATH"] = os.path.dirname(os.path.abspath(merx.PROGRAM)) + ":" + cls.env["PATH"]

    def run_in(self, *args, folder=None):
        return subprocess.run(args, capture_output=True, text=True, timeout=300, cwd=folder or self.folder, env=self.env)

    def good(self, *args, **more):
        done = self.run_in(*args, **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def new(self, name):
        """The folder of a new plugin; the headers are found beside the program or named."""
        if not os.path.exists(os.path.join(self.folder, name)):
            self.good("merx", "plugin", "new", name)
        return os.path.join(self.folder, name)

    def compile(self, source, so, *flags):
        self.good("cc", "-std=c11", "-fPIC", "-shared", "-fvisibility=hidden", "-I" + os.path.join(merx.ROOT, "include"), "-o", so, source, *flags)
        os.chmod(so, 0o755)

    def variant(self, name, edit=lambda text: text, flags=(), file=None):
        """A copy of the example, changed -> path of its .so."""
        folder = os.path.join(self.folder, "variants")
        os.makedirs(folder, mode=0o755, exist_ok=True)
        source, so = os.path.join(folder, name + ".c"), os.path.join(folder, (file or name) + ".so")
        with open(source, "w") as out:
            out.write(edit(read(self.new(name), name + ".c")))
        self.compile(source, so, *flags)
        return so

    def check(self, so):
        done = self.run_in("merx", "plugin", "check", so, "--json")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["loads"], done.returncode == 0)
        self.assertEqual(report["loads"], not any(check["result"] == "fail" for check in report["checks"]))
        return report

    def refused(self, so, because):
        report = self.check(so)
        self.assertFalse(report["loads"], report)
        self.assertTrue(any(because in check["text"] for check in report["checks"] if check["result"] == "fail"), report)
        name = os.path.basename(so)[:-3]
        done = self.shop.run("ops", "--plugins", os.path.dirname(so), "--plugin", name)
        return done

    # ---- merx plugin new ----

    def test_the_new_plugin_builds_passes_and_serves(self):
        """The very commands of include/README.md, pasted."""
        commands = re.search(r"```sh\n(merx plugin new hello\n.*?)```", read(merx.ROOT, "include", "README.md"), re.S).group(1)
        done = self.run_in("sh", "-eu", "-c", commands.replace("cmake -S hello -B hello/build", "cmake -S hello -B hello/build -DMERX_INCLUDE=" +
                                                               os.path.join(merx.ROOT, "include")))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("100% tests passed", done.stdout)
        self.assertIn("The plugin hello can be loaded.", done.stdout)
        self.assertLess(read(self.folder, "hello", "hello.c").count("\n"), 100)
        self.assertNotIn("@", read(self.folder, "hello", "CMakeLists.txt"))
        with merx.Shop() as shop:
            shop.init()
            shop.serve(args=["--plugins", os.path.join(self.folder, "hello", "build"), "--plugin", "hello"])
            shop.ok("hello.note", {"location": "store-1", "amount": 200})
            self.assertEqual(shop.ok("hello.sum", {"location": "store-1"})["amount"], 200)
            cashier = shop.make_key("cashier")
            self.assertEqual(shop.call("hello.note", {"location": "store-1", "amount": 1}, key=cashier)[0], 200)
            self.assertEqual(shop.call("hello.sum", {"location": "store-1"}, key=cashier)[0], 403)
            shop.close()
            shop.serve()  # taken out: its table stays, everything else is gone
            self.assertEqual(shop.call("hello.sum", {"location": "store-1"})[1]["code"], "unknown_operation")
            self.assertEqual(shop.verify().returncode, 0)
            shop.close()
            shop.serve(args=["--plugins", os.path.join(self.folder, "hello", "build"), "--plugin", "hello"])
            self.assertEqual(shop.ok("hello.sum", {"location": "store-1"})["amount"], 201)

    def test_an_installed_program_knows_its_headers(self):
        place = os.path.join(self.shop.folder, "installed")
        self.good("cmake", "--install", os.path.dirname(os.path.abspath(merx.PROGRAM)), "--prefix", place)
        for name in ("merx.service", "merx.conf", "README.md"):
            self.assertTrue(os.path.isfile(os.path.join(place, "share", "doc", "merx", name)))
        self.good(os.path.join(place, "bin", "merx"), "plugin", "new", "mine", folder=place)
        self.assertIn('set(MERX_INCLUDE "%s"' % os.path.realpath(os.path.join(place, "include")), read(place, "mine", "CMakeLists.txt"))
        self.good("cmake", "-S", os.path.join(place, "mine"), "-B", os.path.join(place, "mine", "build"))
        self.good("cmake", "--build", os.path.join(place, "mine", "build"))
        self.good("ctest", "--test-dir", os.path.join(place, "mine", "build"))
        os.mkdir(os.path.join(self.folder, "there"))
        for name, because in (("there", "cannot be made"), ("Hello", "is no name"), ("../x", "is no name"), ("9x", "is no name"), ("a-b", "is no name"),
                              ("x" * 33, "is no name"), ("", "is no name"), ("orders", "has something called"), ("shop", "has something called"),
                              ("scripts", "has something called")):
            before = sorted(os.listdir(self.folder))
            done = self.run_in("merx", "plugin", "new", name)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(because, done.stderr)
            self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.assertEqual(self.run_in("merx", "plugin", "dance").returncode, 2)
        self.assertEqual(self.run_in("merx", "plugin").returncode, 2)

    def test_without_headers_the_build_says_what_is_missing(self):
        folder = self.new("lost")
        done = self.run_in("cmake", "-S", folder, "-B", folder + "/build", "-DMERX_INCLUDE=/nowhere")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("There is no merx/plugin.h", done.stderr)

    # ---- merx plugin check ----

    def test_a_good_one_and_what_it_brings(self):
        report = self.check(self.variant("good"))
        self.assertTrue(report["loads"], report)
        self.assertEqual([check["check"] for check in report["checks"]], ["file", "symbols", "contract", "trial"])
        self.assertEqual({(entry["kind"], entry["name"]) for entry in report["declares"]},
                         {("operations", "good.note"), ("operations", "good.sum"), ("tables", "good.sum"), ("hears", "orders.paid"),
                          ("grants", "cashier"), ("grants", "manager")})

    def test_contracts(self):
        self.refused(self.variant("major", lambda t: t.replace(".abi_major = MX_ABI_MAJOR", ".abi_major = 7")), "was built for version 7")
        self.refused(self.variant("minor", lambda t: t.replace(".abi_minor = MX_ABI_MINOR", ".abi_minor = 99")), "needs contract")
        self.refused(self.variant("named", lambda t: t.replace('.name = "named"', '.name = "other"')), "calls itself other")
        self.refused(self.variant("entry", file="exit"), "has no function mx_plugin_exit(), but mx_plugin_entry")

    def test_symbols(self):
        done = self.refused(self.variant("wants", lambda t: t.replace("return sum", "return sum").replace(
            "static mx_status change(", "extern int merx_secret(void);\nstatic mx_status change(").replace("sum->tips += tips;",
                                                                                                            "sum->tips += tips + merx_secret();")),
                            "asks for merx_secret")
        self.assertEqual(done.returncode, 1)
        self.assertIn("asks for merx_secret", done.stderr)
        self.refused(self.variant("shows", lambda t: t + '\n__attribute__((visibility("default"))) int more(void) { return 1; }\n'), "It shows more")
        self.refused(self.variant("needs", flags=("-Wl,--no-as-needed", "-lz")), "needs the library libz")
        report = self.check(self.variant("clock", lambda t: "#include <time.h>\n" + t.replace("sum->tips += tips;", "sum->tips += tips + 0 * time(NULL);")))
        self.assertTrue(report["loads"])
        self.assertTrue(any(check["result"] == "warn" and "time" in check["text"] for check in report["checks"]))

    def test_declarations(self):
        self.refused(self.variant("open", lambda t: t.replace('.permission = "open.note"', '.permission = NULL')), "open.note")
        self.refused(self.variant("twice", lambda t: t.replace('.name = "twice.sum", .doc', '.name = "twice.note", .doc')), "twice.note")
        self.refused(self.variant("roles", lambda t: t.replace('{"cashier", ', '{"nobody", ')), "nobody")
        self.refused(self.variant("crash", lambda t: t.replace(".summary =", ".load = (mx_status (*)(const struct mx_host *))16, .summary =")),
                     "the plugin crashes")

    def test_one_that_crashes_while_it_is_loaded(self):
        crash = "\n__attribute__((constructor)) static void faint(void) { *(volatile int *)16 = 1; }\n"
        self.refused(self.variant("faint", lambda t: t + crash), "its code crashes")

    def test_files(self):
        so = self.variant("mode")
        os.chmod(so, 0o757)
        self.refused(so, "others may write")
        os.chmod(so, 0o755)
        os.chmod(os.path.dirname(so), 0o777)
        self.refused(so, "others may write")
        os.chmod(os.path.dirname(so), 0o755)
        self.assertTrue(self.check(so)["loads"])
        link = os.path.join(os.path.dirname(so), "linked.so")
        os.symlink(so, link)
        self.refused(link, "not a plain file")
        self.refused(os.path.join(os.path.dirname(so), "absent.so"), "No such file")
        self.assertEqual(self.run_in("merx", "plugin", "check", "x.txt").returncode, 2)

    def test_other_machines_and_broken_files(self):
        with open(self.variant("torn"), "rb") as file:
            whole = file.read()
        path = os.path.join(self.folder, "variants", "torn.so")

        def put(data):
            with open(path, "wb") as file:
                file.write(data)
        put(whole[:18] + b"\x28\x00" + whole[20:])  # e_machine: ARM
        self.refused(path, "another kind of machine")
        put(whole[:4] + b"\x01" + whole[5:])
        self.refused(path, "another kind of machine")
        put(whole[:16] + b"\x02\x00" + whole[18:])  # e_type: a program
        self.refused(path, "not a shared object")
        put(b"")
        self.refused(path, "cannot be read")
        put(b"#!/bin/sh\n")
        self.refused(path, "not a shared object")
        for length in range(64, len(whole), max(1, len(whole) // merx.fewer(200, 25))):
            put(whole[:length])
            self.assertFalse(self.check(path)["loads"], length)


if __name__ == "__main__":
    unittest.main()

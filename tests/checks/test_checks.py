"""The checks themselves: each wall, broken on purpose in a small house of its own, must be noticed."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class House(unittest.TestCase):
    """A house that passes every check, to be broken by one test each."""

    FILES = {
        "include/merx/op.h": "#include <stdint.h>\n/* One. */\nint mx_one(void);\n",
        "kernel/base/buf.h": "#include <stddef.h>\n",
        "kernel/base/internal.h": "#include \"base/buf.h\"\n",
        "kernel/base/buf.c": "#include \"base/internal.h\"\n#include <stdlib.h>\n",
        "kernel/store/store.h": "#include \"base/buf.h\"\n#include \"merx/op.h\"\n",
        "kernel/store/driver.h": "#include \"store/store.h\"\n",
        "kernel/store/lmdb.c": "#include <lmdb.h>\n#include \"store/driver.h\"\n",
        "kernel/script/script.h": "#include \"base/buf.h\"\n",
        "kernel/script/state.c": "#include <lua.h>\n#include \"script/script.h\"\n/* orders.place is only named here */\n",
        "kernel/op/op.h": "#include \"store/store.h\"\n",
        "kernel/op/op.c": "#include \"op/op.h\"\nconst char *op_words = \"nobody orders anything\";\n",
        "plugins/orders/orders.c": "#include \"internal.h\"\n#include \"merx/op.h\"\n#include <string.h>\n",
        "plugins/orders/internal.h": "#include <stdint.h>\n",
        "plugins/payments/payments.c": "#include \"merx/op.h\"\n",
    }

    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="merx-checks-")
        self.addCleanup(shutil.rmtree, self.root)
        for path, text in self.FILES.items():
            self.write(path, text)
        os.makedirs(os.path.join(self.root, "tests", "checks"))
        shutil.copy(os.path.join(ROOT, "tests", "checks", "floors.txt"), os.path.join(self.root, "tests", "checks"))

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def add(self, path, text):
        with open(os.path.join(self.root, path), "a", encoding="utf-8") as file:
            file.write(text)

    def check(self, tool, *args):
        done = subprocess.run([sys.executable, os.path.join(ROOT, "tools", tool), *(args or [self.root])], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def refused(self, tool, words):
        code, output = self.check(tool)
        self.assertEqual(code, 1, output)
        self.assertIn(words, output)
        self.assertRegex(output, r"\d+ passed, [1-9]\d* failed\n$")

    def accepted(self, tool):
        code, output = self.check(tool)
        self.assertEqual(code, 0, output)
        self.assertRegex(output, r"[1-9]\d* passed, 0 failed\n$")


class Floors(House):
    def test_a_sound_house(self):
        self.accepted("check_floors")

    def test_looking_up(self):
        self.add("kernel/base/buf.c", '#include "store/store.h"\n')
        self.refused("check_floors", "kernel/base/buf.c:3: \"store/store.h\": base (floor 1) may not look up")

    def test_looking_across(self):
        self.write("kernel/net/net.h", '#include "script/script.h"\n')
        self.refused("check_floors", "net (floor 6) may not look up or across to script (floor 6)")

    def test_looking_behind_the_face(self):
        self.add("kernel/store/lmdb.c", '#include "base/internal.h"\n')
        self.refused("check_floors", '"base/internal.h" is not a face of base')

    def test_the_driver_outside_store(self):
        self.add("kernel/op/op.c", '#include "store/driver.h"\n')
        self.refused("check_floors", '"store/driver.h" is for drivers')

    def test_script_sees_base_only(self):
        self.add("kernel/script/state.c", '#include "store/store.h"\n')
        self.refused("check_floors", "script sees base only")

    def test_an_unknown_room(self):
        self.write("kernel/attic/attic.c", "")
        self.refused("check_floors", "kernel/attic is not a room")

    def test_a_header_without_a_room(self):
        self.add("kernel/op/op.c", '#include "internal.h"\n')
        self.refused("check_floors", '"internal.h" names no room')

    def test_a_second_private_header(self):
        self.write("kernel/op/secrets.h", "")
        self.refused("check_floors", "kernel/op: besides its face and internal.h there is secrets.h")

    def test_a_library_in_another_room(self):
        self.add("kernel/op/op.c", "# include <lmdb.h>\n")
        self.refused("check_floors", "<lmdb.h> belongs to store/")

    def test_an_unknown_library(self):
        self.add("kernel/op/op.c", "#include <curl/curl.h>\n")
        self.refused("check_floors", "<curl/curl.h> is neither")

    def test_an_include_in_a_comment_is_none(self):
        self.add("kernel/op/op.c", "/*\n#include <lmdb.h>\n*/\n")
        self.accepted("check_floors")

    def test_the_kernel_names_an_operation_of_a_plugin(self):
        self.add("kernel/op/op.c", 'const char *n = "orders.place";\n')
        self.refused("check_floors", 'the kernel names a plugin in "orders.place"')

    def test_the_kernel_names_a_plugin(self):
        self.add("kernel/op/op.c", 'const char *n = "payments";\n')
        self.refused("check_floors", 'the kernel names a plugin in "payments"')

    def test_the_kernel_calls_a_plugin(self):
        self.add("kernel/op/op.c", "void mx_plugin_orders(void);\n")
        self.refused("check_floors", "the kernel names a plugin in mx_plugin_orders")

    def test_a_plugin_includes_the_kernel(self):
        self.add("plugins/orders/orders.c", '#include "base/buf.h"\n')
        self.refused("check_floors", "a plugin includes include/merx and its own folder only")

    def test_a_plugin_includes_another(self):
        self.add("plugins/orders/orders.c", '#include "../payments/internal.h"\n')
        self.refused("check_floors", "a plugin includes include/merx and its own folder only")

    def test_a_plugin_includes_a_library(self):
        self.add("plugins/orders/orders.c", "#include <sodium.h>\n")
        self.refused("check_floors", "<sodium.h> is not the C library")

    def test_the_contract_includes_the_kernel(self):
        self.add("include/merx/op.h", '#include "base/buf.h"\n')
        self.refused("check_floors", "the contract includes itself and the C library only")


class Gate(unittest.TestCase):
    """What the gate leaves out of a build is left out for the reason that stands beside its lists."""

    STARTS = re.compile(r"\b(pthread_create|op_start|op_new|loop_new|loop_workers_new|net_server_new|net_events_new|script_open)\b|unit/op/fixture.h")

    def setUp(self):
        here = os.getcwd()
        self.gate = runpy.run_path(os.path.join(ROOT, "tools", "gate"))
        os.chdir(here)

    def test_no_room_without_threadsanitizer_starts_threads(self):
        for folder, _, names in os.walk(os.path.join(ROOT, "tests", "unit")):
            if os.path.basename(folder) in self.gate["THREADED"]:
                continue
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    self.assertIsNone(self.STARTS.search(file.read()), "%s starts threads: its room belongs to THREADED" % name)

    def test_what_is_listed_exists_and_stands_there_once(self):
        self.assertEqual(len(self.gate["RACES"]), len(set(self.gate["RACES"])))
        for name in self.gate["RACES"]:
            self.assertTrue(os.path.exists(os.path.join(ROOT, "tests", "system", "test_%s.py" % name)), name)
        for room in self.gate["THREADED"]:
            self.assertTrue(os.path.isdir(os.path.join(ROOT, "tests", "unit", room)), room)


class Headers(House):
    def test_headers_that_stand_alone(self):
        self.accepted("check_headers")

    def test_a_missing_include(self):
        self.write("include/merx/late.h", "static inline int32_t mx_late(void) { return 1; }\n")
        self.refused("check_headers", "include/merx/late.h does not stand alone")

    def test_a_header_that_is_no_cplusplus(self):
        self.write("include/merx/late.h", "static inline int mx_late(int class) { return class; }\n")
        self.refused("check_headers", "include/merx/late.h does not stand alone with g++")


class Docs(House):
    def test_described(self):
        self.add("include/merx/op.h", "int mx_two(void);\n\n/* Three\n * lines. */\nMX_MUST_CHECK static inline int mx_three(void) {\n    return 3;\n}\n"
                                      "\nstatic inline int mx_hidden_(void) { return 0; }\n")
        self.accepted("check_docs")

    def test_a_prototype_without_words(self):
        self.add("include/merx/op.h", "\nint mx_two(void);\n")
        self.refused("check_docs", "include/merx/op.h:5: mx_two has no comment")

    def test_a_comment_of_something_else(self):
        self.add("include/merx/op.h", "\nextern int mx_count; /* how many */\nstatic inline int mx_two(void) { return 2; }\n")
        self.refused("check_docs", "mx_two has no comment")


@unittest.skipUnless(shutil.which("gcc"), "no gcc")
class Imports(House):
    ENTRY = "__attribute__((visibility(\"default\"))) const void *mx_plugin_orders(void);\n" \
            "const void *mx_plugin_orders(void) { return (const void *)0; }\n"

    def build(self, source):
        self.write("orders.c", source)
        folder = os.path.join(self.root, "build", "CMakeFiles", "plugin_orders.dir")
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["gcc", "-O0", "-fPIC", "-fvisibility=hidden", "-w", "-c", os.path.join(self.root, "orders.c"), "-o",
                        os.path.join(folder, "orders.c.o")], check=True)
        return self.check("check_imports", os.path.join(self.root, "build"))

    def test_the_c_library_only(self):
        code, output = self.build(self.ENTRY + "#include <string.h>\nint hidden(const char *s) { return (int)strlen(s); }\n"
                                               "__int128 divided(__int128 a, __int128 b) { return a / b; }\n")
        self.assertEqual((code, output), (0, "1 passed, 0 failed\n"))

    def test_a_symbol_of_the_kernel(self):
        code, output = self.build(self.ENTRY + "int store_open(void);\nint hidden(void) { return store_open(); }\n")
        self.assertEqual(code, 1)
        self.assertIn("orders imports store_open", output)

    def test_a_second_exported_symbol(self):
        code, output = self.build(self.ENTRY + "__attribute__((visibility(\"default\"))) int shown(void) { return 1; }\n")
        self.assertEqual(code, 1)
        self.assertIn("orders shows shown besides its entry", output)

    def test_no_entry(self):
        code, output = self.build("int hidden(void) { return 1; }\n")
        self.assertEqual(code, 1)
        self.assertIn("orders does not show its entry mx_plugin_orders", output)

    def test_nothing_built(self):
        code, output = self.check("check_imports", self.root)
        self.assertEqual(code, 1)
        self.assertIn("holds no objects of plugins", output)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    failed = len(result.failures) + len(result.errors)
    print("%d passed, %d failed" % (result.testsRun - failed - len(result.skipped), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

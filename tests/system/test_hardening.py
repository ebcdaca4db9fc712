"""What a shop runs: the release program is hardened, stands on the C library alone, and is small."""

import glob
import os
import re
import subprocess
import unittest

import merx

BUILD = os.path.dirname(merx.PROGRAM)
LIBC = {"libc.so.6", "libm.so.6"}
PROGRAM_MAX = 6 << 20
IDLE_MAX_KB = 16 << 10


def is_release():
    with open(os.path.join(BUILD, "CMakeCache.txt")) as cache:
        return "CMAKE_BUILD_TYPE:STRING=Release\n" in cache.read()


def tool(*args):
    return subprocess.run(args, capture_output=True, text=True, timeout=60, check=True).stdout


release_only = unittest.skipUnless(is_release(), "a variant for tests")


def resident_kb(pid):
    """What the process and its children hold in memory."""
    with open("/proc/%s/status" % pid) as status:
        own = int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1))
    with open("/proc/%s/task/%s/children" % (pid, pid)) as children:
        return own + sum(resident_kb(child) for child in children.read().split())


class Hardening(unittest.TestCase):
    def test_the_program_is_position_independent_and_read_only_where_it_can_be(self):
        self.assertRegex(tool("readelf", "-hW", merx.PROGRAM), r"Type: +DYN")
        dynamic = tool("readelf", "-dW", merx.PROGRAM)
        self.assertRegex(dynamic, r"FLAGS_1\).*NOW.*PIE")
        self.assertNotRegex(dynamic, r"RPATH|RUNPATH|TEXTREL")
        segments = tool("readelf", "-lW", merx.PROGRAM)
        self.assertIn("GNU_RELRO", segments)
        self.assertRegex(segments, r"GNU_STACK.* RW +0x")
        self.assertNotIn("RWE", segments)

    @release_only
    def test_our_own_code_is_fortified_and_guarded(self):
        for room in glob.glob(os.path.join(BUILD, "libroom_*.a")):
            names = set(re.findall(r" U (\w+)", tool("nm", room)))
            self.assertIn("__stack_chk_fail", names, room)
            self.assertIn("IBT, SHSTK", tool("readelf", "-nW", room), room)
        self.assertIn("__vsnprintf_chk", tool("nm", os.path.join(BUILD, "libroom_base.a")))

    @release_only
    def test_only_the_c_library_is_dynamic(self):
        needed = re.findall(r"NEEDED.*\[(.*)\]", tool("readelf", "-dW", merx.PROGRAM))
        self.assertLessEqual({name for name in needed if not name.startswith("ld-linux")}, LIBC)

    @release_only
    def test_it_is_small(self):
        self.assertLessEqual(os.path.getsize(merx.PROGRAM), PROGRAM_MAX)
        with merx.Shop.start(demo=True) as shop:
            shop.ok("catalog.product.find", {})
            self.assertLessEqual(resident_kb(shop.process.pid), IDLE_MAX_KB)


if __name__ == "__main__":
    unittest.main()

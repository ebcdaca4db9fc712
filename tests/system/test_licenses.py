"""merx licenses: everything that is linked, with its version and the text of its licence."""

import os
import re
import subprocess
import unittest

import merx


class Licenses(unittest.TestCase):
    def test_every_library_with_its_text(self):
        done = subprocess.run([merx.PROGRAM, "licenses"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name, words in (("LMDB", "OpenLDAP Public License"), ("libevent", "Redistribution and use in source and binary forms"),
                            ("llhttp", "Permission is hereby granted, free of charge"), ("libsodium", "Permission to use, copy, modify"),
                            ("Lua", "Permission is hereby granted, free of charge"), ("Mbed TLS", "END OF TERMS AND CONDITIONS"), ("zlib", "as-is")):
            part = re.search(r"^======== %s (\S+) \(.*?\) ========\n(.*?)(?=^======== |\Z)" % re.escape(name), done.stdout, re.M | re.S)
            self.assertTrue(part, name)
            self.assertRegex(part.group(1), r"\d+\.\d+")
            self.assertIn(words, part.group(2), name)

    def test_the_list_is_that_of_the_build(self):
        """cmake/libraries.cmake links nothing that is not named here."""
        with open(os.path.join(merx.ROOT, "cmake", "libraries.cmake"), encoding="utf-8") as file:
            linked = set(re.findall(r"^(?:merx_static_library|add_library)\(lib_([a-z0-9]+)", file.read(), re.M))
        named = {"lmdb": "LMDB", "event": "libevent", "sodium": "libsodium", "zlib": "zlib", "mbedtls": "Mbed TLS", "mbedx509": "Mbed TLS",
                 "mbedcrypto": "Mbed TLS", "lua": "Lua", "llhttp": "llhttp"}
        self.assertEqual(linked, set(named))
        done = subprocess.run([merx.PROGRAM, "licenses", "--list"], capture_output=True, text=True, timeout=60)
        self.assertEqual([line[:10].strip() for line in done.stdout.splitlines()], ["LMDB", "libevent", "llhttp", "libsodium", "Lua", "Mbed TLS", "zlib"])
        self.assertEqual({line[:10].strip() for line in done.stdout.splitlines()}, set(named.values()))


if __name__ == "__main__":
    unittest.main()

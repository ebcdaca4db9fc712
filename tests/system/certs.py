"""Certificates for tests, good and bad ones, made with the openssl command line."""

import os
import subprocess

CONFIG = """
[ca]
default_ca = this
[this]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
policy = any
email_in_dn = no
copy_extensions = none
default_md = sha256
[any]
commonName = supplied
[req]
distinguished_name = names
prompt = no
[names]
commonName = test
[extensions]
{extensions}
"""

CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
LEAF = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
HERE = "subjectAltName=DNS:localhost,IP:127.0.0.1\n"


def openssl(*args):
    done = subprocess.run(["openssl", *args], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise RuntimeError("openssl %s: %s" % (" ".join(args), done.stderr))
    return done.stdout


class Certs:
    """A folder of NAME.key and NAME.crt."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def key(self, name, kind="ec"):
        how = {"ec": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
               "k256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
               "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
               "rsa1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
               "ed25519": ["-algorithm", "ED25519"]}[kind]
        openssl("genpkey", *how, "-out", self.path(name + ".key"))

    def make(self, name, issuer=None, extensions=LEAF + HERE, kind="ec", start="20250101000000Z", end="20991231000000Z", digest="sha256",
             common_name=None):
        """A key and a certificate, signed by `issuer` (None: by itself). -> its path"""
        self.key(name, kind)
        config = self.path(name + ".cnf")
        with open(config, "w") as file:
            file.write(CONFIG.format(folder=self.folder, extensions=extensions))
        open(self.path("index.txt"), "w").close()
        request = self.path(name + ".csr")
        openssl("req", "-new", "-config", config, "-key", self.path(name + ".key"), "-subj", "/CN=" + (common_name or name), "-out", request)
        how = ["-selfsign", "-keyfile", self.path(name + ".key")] if issuer is None else [
            "-keyfile", self.path(issuer + ".key"), "-cert", self.path(issuer + ".crt")]
        openssl("ca", "-batch", "-notext", "-config", config, "-extensions", "extensions", "-startdate", start, "-enddate", end, "-md",
                "default" if kind == "ed25519" and issuer is None else digest, *how, "-in", request, "-out", self.path(name + ".crt"))
        return self.path(name + ".crt")

    def chain(self, *names):
        """One file of several certificates, the server's first. -> its path"""
        path = self.path("-".join(names) + ".pem")
        with open(path, "w") as file:
            for name in names:
                with open(self.path(name + ".crt")) as one:
                    file.write(one.read())
        return path

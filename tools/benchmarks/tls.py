"""What TLS costs: requests on connections that stay open, with and without it, and the server's CPU for a handshake."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile


class Peer:
    """The server of the kernel with nothing behind it."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, "serve", folder, "plain=1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        tls, _, plain = self.process.stdout.readline().split()
        self.tls, self.plain, self.ca = int(tls), int(plain), os.path.join(folder, "ca.crt")

    def cpu_ms(self):
        """Time on a processor of all its threads."""
        tasks = "/proc/%d/task" % self.process.pid
        total = 0
        for task in os.listdir(tasks):
            with open("%s/%s/schedstat" % (tasks, task)) as file:
                total += int(file.read().split()[0])
        return total / 1e6

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def rate(peer, url, seconds):
    """Requests a second by wrk over 32 connections, and the server's CPU for each, in us."""
    before = peer.cpu_ms()
    output = subprocess.run(["wrk", "-t1", "-c32", "-d%ds" % seconds, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(output)
    spent = peer.cpu_ms() - before
    return float(re.search(r"Requests/sec:\s*([\d.]+)", output).group(1)), 1000 * spent / int(re.search(r"(\d+) requests in", output).group(1))


def handshakes(peer, count, resume):
    """-> the server's CPU for each, in ms."""
    context = ssl.create_default_context(cafile=peer.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    session = None
    before = None
    for number in range(count + 1):
        if number == 1:
            before = peer.cpu_ms()
        with context.wrap_socket(socket.create_connection(("127.0.0.1", peer.tls)), server_hostname="localhost", session=session) as connection:
            if number > 0 and connection.session_reused != resume:
                raise SystemExit("bench: a handshake was not what it should be")
            session = connection.session if resume else None
    return (peer.cpu_ms() - before) / count


def run(program):
    if shutil.which("wrk") is None:
        raise SystemExit("bench: wrk is needed (apt-get install wrk)")
    folder = tempfile.mkdtemp(prefix="merx-bench-")
    peer = Peer(program, os.path.join(folder, "tls"))
    try:
        plain, tls = [], []
        for _ in range(3):  # in turns, so that what else the machine does hits both
            plain.append(rate(peer, "http://127.0.0.1:%d/" % peer.plain, 2))
            tls.append(rate(peer, "https://127.0.0.1:%d/" % peer.tls, 2))
        (plain_s, plain_us), (tls_s, tls_us) = sorted(plain)[1], sorted(tls)[1]
        full, resumed = handshakes(peer, 200, False), handshakes(peer, 1000, True)
    finally:
        peer.close()
        shutil.rmtree(folder)
    print("keep-alive, 32 connections: plain %.0f/s, TLS %.0f/s (%.0f %%); the server's CPU: %.0f and %.0f us a request, handshake full %.2f ms, "
          "resumed %.2f ms" % (plain_s, tls_s, 100 * tls_s / plain_s, plain_us, tls_us, full, resumed))
    print(json.dumps({"plain_per_s": round(plain_s), "tls_per_s": round(tls_s), "tls_vs_plain": round(tls_s / plain_s, 2),
                      "plain_cpu_us": round(plain_us), "tls_cpu_us": round(tls_us), "full_handshake_ms": round(full, 2),
                      "resumed_handshake_ms": round(resumed, 2)}))


if __name__ == "__main__":
    import sys
    run(sys.argv[1])

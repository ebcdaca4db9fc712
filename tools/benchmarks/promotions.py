"""Promotions in numbers: many live rules, and a draft tried on a real shop's past."""

import json
import os
import subprocess
import time

import merx

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKUS = 5000
LINES = 50


def inside(program):
    """The parts of a quote, measured in one process."""
    done = subprocess.run([program], capture_output=True, text=True, timeout=600, check=True)
    figures = json.loads(done.stdout)
    for name, parts in figures.items():
        print("%-5s %5d rules, %2d lines | %s" % (name, parts["rules"], parts["lines"], ", ".join(
            "%s p50 %.1f us, p99 %.1f us" % (part[:-3], times["p50"], times["p99"]) for part, times in parts.items() if isinstance(times, dict))))
    return figures


def quotes(program, folder, count):
    """Quotes of 50 lines over HTTP, one after the other, in a shop with 10,000 live rules -> milliseconds, rising."""
    rules = os.path.join(folder, "rules")
    os.makedirs(rules)
    subprocess.run([program, "rules", rules], check=True, timeout=60)
    shop = merx.Shop(folder)
    try:
        shop.init()
        shop.serve(args=["--no-supervisor", "--rules", rules])
        shop.ok("inventory.location.put", {"id": "store-1", "name": {"en": "Store 1"}, "zone": "Asia/Shanghai"})
        for n in range(SKUS):
            shop.ok("catalog.product.put", {"sku": "S%d" % n, "name": {"en": "Article %d" % n}, "price": 500 + n * 7 % 3000, "unit": "piece",
                                            "category": "c%d" % (n % 500), "tags": ["t%d" % (n % 200)], "tax_ppm": 130000, "stocked": False})
        client, times = shop.client(), []
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + shop.owner_key}
        for n in range(-count // 10, count):
            body = json.dumps({"channel": "till", "location": "store-1", "lines": [
                {"sku": "S%d" % ((n * 7919 + i * 104729) % SKUS), "qty": 1000 * (1 + i % 4)} for i in range(LINES)]})
            begin = time.perf_counter()
            status, _, answer = client.request("POST", "/v1/orders.quote", body, headers)
            took = time.perf_counter() - begin
            if status != 200:
                raise RuntimeError(answer)
            if n >= 0:
                times.append(took * 1e3)
        return sorted(times)
    finally:
        shop.close()


def backtest(program, data, key, files):
    """-> the report of `merx rules backtest`"""
    done = subprocess.run([program, "rules", "backtest", *files, "--data", data, "--json"], capture_output=True, text=True, timeout=3600,
                          env=dict(os.environ, MERX_KEY=key))
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)

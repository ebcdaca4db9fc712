"""How far the followers of the log are behind: what they still have to do would be counted among the sales of the next measurement."""

import re
import time


def behind(shop):
    """-> entries of the log that each follower has not handled yet, by follower"""
    client = shop.client()
    text = client.request("GET", "/metrics", headers={"Authorization": "Bearer " + shop.owner_key})[2].decode()
    client.close()
    return {name: int(count) for name, count in re.findall(r'^merx_follower_lag\{follower="([^"]+)"\} (\d+)$', text, re.M)}


def catch_up(shop):
    """Wait until every follower has read everything. -> seconds"""
    begin = time.monotonic()
    while any(behind(shop).values()):
        time.sleep(0.05)
    return time.monotonic() - begin

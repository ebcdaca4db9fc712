"""Listeners of /v1/events in a process of their own: how long after a sale was answered each of them has heard of it."""

import multiprocessing
import resource
import select
import socket
import time

EVENT = b"event: orders.paid\n"


def _open(port, key):
    listener = socket.create_connection(("127.0.0.1", port))
    listener.sendall(("GET /v1/events?types=orders.paid HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer %s\r\n\r\n" % key).encode())
    while b"retry:" not in listener.recv(4096):
        pass
    listener.setblocking(False)
    return listener


def _listen(port, key, count, sales, answer):
    listeners = {}
    poll = select.epoll()
    for _ in range(count):
        one = _open(port, key)
        listeners[one.fileno()] = one
        poll.register(one, select.EPOLLIN)
    answer.send("ready")
    heard = {number: [] for number in listeners}
    missing, end = count * sales, time.monotonic() + 60
    while missing > 0 and time.monotonic() < end:
        for number, _ in poll.poll(1):
            data, now = listeners[number].recv(65536), time.monotonic()
            for _ in range(data.count(EVENT)):
                heard[number].append(now)
                missing -= 1
    answer.send(list(heard.values()))


def measure(shop, sell, count, sales, pause_s=0.05):
    """-> seconds, in order, from each sale's answer to each listener's event; sell() places one sale."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    receive, send = multiprocessing.Pipe(False)
    process = multiprocessing.Process(target=_listen, args=(shop.port, shop.owner_key, count, sales, send))
    process.start()
    receive.recv()
    answered = []
    for _ in range(sales):
        sell()
        answered.append(time.monotonic())
        time.sleep(pause_s)
    heard = receive.recv()
    process.join(10)
    if any(len(times) != sales for times in heard):
        raise RuntimeError("some listeners did not hear of every sale")
    return sorted(max(0.0, at - answered[i]) for times in heard for i, at in enumerate(times))

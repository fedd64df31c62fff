"""Many callers at once: each has a connection of its own, and the last byte of everybody's head is held back until all
are ready, so that they are judged together."""

from harness.client import Client, Hangup


class Crowd:
    """`requests` are bytes, one for each caller. Use as a context."""

    def __init__(self, address, requests, timeout=30):
        self.requests = list(requests)
        self.clients = [Client(address, timeout=timeout) for _ in self.requests]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.close()

    def get_ready(self):
        for client, request in zip(self.clients, self.requests):
            client.send(request[: _judged_at(request)])
        return self

    def go(self, first=0, last=None):
        """The rest of each, or of a part of them."""
        for client, request in list(zip(self.clients, self.requests))[first:last]:
            client.send(request[_judged_at(request) :])
        return self

    def answers(self, method="POST"):
        """In the order of the callers; None where the connection ended instead."""
        return [_answer(client, method) for client in self.clients]


def _judged_at(request):
    return request.index(b"\r\n\r\n") + 3


def _answer(client, method):
    try:
        return client.answer(method)
    except Hangup:
        return None


def ask_together(address, requests):
    """Everybody's answer."""
    with Crowd(address, requests) as crowd:
        return crowd.get_ready().go().answers()


def statuses(answers):
    """{status: how many}"""
    counts = {}
    for answer in answers:
        status = answer.status if answer else None
        counts[status] = counts.get(status, 0) + 1
    return counts

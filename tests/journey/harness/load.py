"""Callers who keep asking on connections that they keep, and remember every failure."""

import threading

from harness.client import Client, Hangup


class Load:
    """`with Load(address, 8, ask) as load:` asks on 8 connections until the block ends."""

    def __init__(self, address, callers, ask, expected=(200,), reconnect=False):
        self.address, self.ask, self.expected, self.reconnect = address, ask, expected, reconnect
        self.answered = 0
        self.failures = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(callers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(20)

    def _run(self, caller):
        client = None
        try:
            while not self._stop.is_set():
                client = client or Client(self.address)
                answer = client.ask(*self.ask(caller))
                self._count(answer)
                if answer.says_close:
                    client.close()
                    client = None
                    if not self.reconnect:
                        self._fail("the connection was closed")
                        return
        except (OSError, Hangup, AssertionError) as error:
            self._fail(repr(error))
        finally:
            if client:
                client.close()

    def _count(self, answer):
        with self._lock:
            self.answered += 1
            if answer.status not in self.expected:
                self.failures.append((answer.status, answer.reason, answer.body[:200]))

    def _fail(self, words):
        with self._lock:
            self.failures.append(words)

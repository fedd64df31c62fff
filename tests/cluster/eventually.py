"""Waiting for what another process does."""

import time


def eventually(claim, what, patience=60, pause=0.05, check=lambda: None):
    """Waits until claim() is true; what it returned. An OSError is a no. check() may fail the wait at once. `what` is
    waited for, in words; or a function that tells them when it did not come."""
    deadline = time.monotonic() + patience
    while True:
        check()
        try:
            if result := claim():
                return result
        except OSError:
            pass
        assert time.monotonic() < deadline, f"waited {patience} s for {what() if callable(what) else what}"
        time.sleep(pause)

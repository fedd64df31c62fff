"""Fixtures of the tests that run mlgateway-operator as a process.

    MLGATEWAY_BUILD=build python3 -m pytest tests/operator
"""

import signal

import pytest

from folder import Place


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    if made.process:
        made.stop(signal.SIGKILL)

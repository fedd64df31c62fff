"""Fixtures of the journeys: every process, port and thread that a test starts ends with it, and is looked at."""

import functools
import sys
import pathlib

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness import config as contract  # noqa: E402
from harness.model import Model  # noqa: E402
from harness.predict import Numbered  # noqa: E402
from harness.sidecar import BINARY, Sidecar  # noqa: E402
from harness.tally import Tally  # noqa: E402

TALLIES = []


@pytest.fixture
def models():
    """models(...) starts a scripted model; at the end nothing must have gone wrong in it."""
    started = []

    def start(*args, kind=Model, **kwargs):
        started.append(kind(*args, **kwargs))
        return started[-1]

    yield start
    for model in started:
        model.close()
    for model in started:
        model.check()


@pytest.fixture
def model(models):
    """A model that answers every request with 200 and `ok`."""
    return models()


@pytest.fixture
def numbered(models):
    """numbered(...) starts a model whose answers tell which call they were."""
    return functools.partial(models, kind=Numbered)


@pytest.fixture
def sidecars(tmp_path):
    """sidecars(config, *options) starts a sidecar; at the end it must stop in good order."""
    assert BINARY.exists(), f"{BINARY} is not built"
    started = []

    def start(config=None, *options, **more):
        started.append(Sidecar(tmp_path / f"sidecar{len(started)}", config, *options, **more))
        return started[-1]

    yield start
    failures = []
    for sidecar in started:
        try:
            sidecar.stop()
        except AssertionError as error:
            failures.append(error)
    if failures:
        raise failures[0]


@pytest.fixture
def gateway(sidecars, model):
    """A sidecar with one open route to `model`, under every path and method."""
    return sidecars(contract.config(contract.route(model)))


@pytest.fixture(scope="module")
def tally(request):
    """Counts the cases of a public suite, for the summary."""
    counts = Tally(getattr(request.module, "SUITE", request.module.__name__))
    TALLIES.append(counts)
    return counts


def pytest_terminal_summary(terminalreporter):
    for counts in TALLIES:
        terminalreporter.write_line(counts.summary())

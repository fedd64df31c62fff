"""How the programs of a cluster get into the cache folder, with a `go` that only writes down what it is asked."""

import pathlib
import subprocess
import sys
import textwrap

import pytest

import programs
import toolchain

HERE = pathlib.Path(__file__).parent
PACKAGES = {"one": "example.org/thing/one", "two": "example.org/thing/two"}
MODULE = programs.Module("example.org/thing", "v1.2.3", PACKAGES)


class FakeGo:
    """Its `build` writes a program after `delay` seconds; `refusal` is what it ends with instead."""

    def __init__(self, folder):
        self.path, self._log = folder / "go", folder / "log"
        self._log.touch()
        self.set()

    def set(self, delay=0, refusal=""):
        self.path.write_text(textwrap.dedent(f"""\
            #!/bin/sh
            echo "$@" >>{self._log}
            if [ -n '{refusal}' ]; then echo '{refusal}' >&2; exit 1; fi
            [ "$1" = build ] || exit 0
            while [ "$1" != -o ]; do shift; done
            : >"$2"
            sleep {delay}
            echo "$3" >"$2"
            """))
        self.path.chmod(0o755)

    def built(self):
        return [line.split()[-1] for line in self._log.read_text().splitlines() if line.startswith("build")]


@pytest.fixture
def go(tmp_path, monkeypatch):
    fake = FakeGo(tmp_path)
    monkeypatch.setattr(toolchain, "go", lambda: str(fake.path))
    monkeypatch.setattr(programs, "PROGRAMS", tmp_path / "programs")
    return fake


def content():
    return {name: (MODULE.folder / name).read_text().strip() for name in MODULE.packages}


def test_a_program_is_built_once(go):
    programs.build(MODULE)
    programs.build(MODULE)
    assert content() == MODULE.packages
    assert go.built() == list(MODULE.packages.values())


def test_only_what_is_missing_is_built(go):
    programs.build(MODULE)
    (MODULE.folder / "one").unlink()
    programs.build(MODULE)
    assert content() == MODULE.packages
    assert go.built()[2:] == ["example.org/thing/one"]


def in_another_process(go):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(f"""
        import pathlib, sys
        sys.path.insert(0, {str(HERE)!r})
        import programs, toolchain
        toolchain.go = lambda: {str(go.path)!r}
        programs.PROGRAMS = pathlib.Path({str(programs.PROGRAMS)!r})
        programs.build(programs.Module({MODULE.path!r}, {MODULE.version!r}, {MODULE.packages!r}))
        """)], stdout=subprocess.DEVNULL)


def test_two_runs_at_once_build_it_once(go):
    go.set(delay=0.3)
    runs = [in_another_process(go), in_another_process(go)]
    assert [run.wait() for run in runs] == [0, 0]
    assert sorted(go.built()) == sorted(MODULE.packages.values())


def test_a_run_that_is_killed_leaves_nothing_that_looks_finished(go):
    go.set(delay=1)
    run = in_another_process(go)
    while not go.built():
        assert run.poll() is None
    run.kill()
    run.wait()
    assert MODULE.missing() == list(MODULE.packages)
    go.set()
    programs.build(MODULE)
    assert content() == MODULE.packages


def test_no_way_to_the_modules_is_told_from_a_build_that_fails(go):
    go.set(refusal="dial tcp: lookup proxy.golang.org: no such host")
    with pytest.raises(programs.Unreachable, match="no such host"):
        programs.build(MODULE)
    go.set(refusal="syntax error")
    with pytest.raises(RuntimeError, match="syntax error"):
        programs.build(MODULE)


def test_a_toolchain_that_is_too_old_is_not_used(tmp_path):
    old = tmp_path / "go"
    old.write_text("#!/bin/sh\necho go version go1.19.8 linux/amd64\n")
    old.chmod(0o755)
    assert toolchain.version_of(old) == (1, 19) < toolchain.OLDEST

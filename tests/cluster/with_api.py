"""Runs a command against an API server of its own that knows our kinds, and ends with the command's code.

    build/venv-tests/bin/python tests/cluster/with_api.py COMMAND...

The command finds KUBECONFIG (an administrator's) and kubectl in PATH.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import programs
from control_plane import ControlPlane

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main(command):
    programs.ensure("api")
    with tempfile.TemporaryDirectory(prefix="mlgateway-api-") as folder:
        plane = ControlPlane(pathlib.Path(folder))
        try:
            plane.install(ROOT / "crds")
            path = f"{programs.program('kubectl').parent}:{os.environ['PATH']}"
            return subprocess.run(command, env={**os.environ, "KUBECONFIG": str(plane.admin.kubeconfig),
                                                "PATH": path}).returncode
        finally:
            plane.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Images made from files of this machine, as the archives that `docker save` writes, which containerd imports."""

import hashlib
import io
import json
import pathlib
import re
import subprocess
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
PAUSE = "mlgateway.test/pause:1"
SHELL = "mlgateway.test/shell:1"
APPLETS = ("sh", "cat", "httpd", "id", "sleep", "touch")


def static_pause(folder):
    """The path of the compiled pause.c."""
    made = folder / "pause"
    run = subprocess.run(["gcc", "-static", "-Os", "-o", made, HERE / "pause.c"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return made


def archive(path, name, files, links=(), command=(), user="65532:65532"):
    """Writes an image of one layer with these files ({place in it: file here}) and symbolic links ((place, target))."""
    layer = _tar([*_programs(files), *_links(links)])
    config = json.dumps({
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": list(command), "User": user, "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
    }).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]).encode()
    parts = {"layer.tar": layer, "config.json": config, "manifest.json": manifest}
    path.write_bytes(_tar([(_entry(place, len(content)), content) for place, content in parts.items()]))
    return path


def pause(folder, program):
    return archive(folder / "pause.tar", PAUSE, {"bin/pause": program}, command=["/bin/pause"])


def shell(folder):
    """A shell, an HTTP server and the small commands. Busybox is a static program, whose C library can look no name up;
    bash with its libraries can, through /dev/tcp/NAME/PORT."""
    links = [(f"bin/{applet}", "busybox") for applet in APPLETS]
    files = {"bin/busybox": "/bin/busybox", **with_libraries("bin/bash", "/bin/bash")}
    return archive(folder / "shell.tar", SHELL, files, links, command=["/bin/sh"])


def with_libraries(place, program):
    """{place in an image: file here} of a dynamic program with its libraries."""
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    libraries = re.findall(r"(/\S+) \(0x", told)
    return {place: program, **{library.lstrip("/"): library for library in libraries}}


def _entry(place, size, mode=0o755):
    entry = tarfile.TarInfo(place)
    entry.size, entry.mode = size, mode
    return entry


def _programs(files):
    for place, file in files.items():
        content = pathlib.Path(file).read_bytes()
        yield _entry(place, len(content)), content


def _links(links):
    for place, target in links:
        entry = _entry(place, 0)
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        yield entry, b""


def _tar(entries):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for entry, content in entries:
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()

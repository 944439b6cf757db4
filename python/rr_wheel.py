#!/usr/bin/env python3
"""rr_wheel.py PROGRAM DIR [NOTICES]: makes a wheel of the program runnable-render, as `go build` made it for some system, and of the
package runnable_render. The version and the system are what the program's build recorded. Equal inputs give equal bytes.

The packages `runnable` and `metaflow` lie in runnable_render/served, where they meet none of PyPI's. `import runnable` finds the one
there where no other is installed; `python -m runnable_render FILE` takes both from there in any case.

It is also the build backend of `pip install ./python`, which installs the same without the program.
"""
import base64
import hashlib
import os
import re
import subprocess
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "runnable_render"

# Programs of a release need no C library, so they run on every Linux.
PLATFORMS = {
    "linux/amd64": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "linux/arm64": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "darwin/amd64": "macosx_12_0_x86_64",
    "darwin/arm64": "macosx_12_0_arm64",
    "windows/amd64": "win_amd64",
}

METADATA = """\
Metadata-Version: 2.1
Name: runnable-render
Version: {version}
Summary: One pipeline definition, every environment: Argo, docker-compose, this machine
License: Apache-2.0
Requires-Python: >=3.9
Classifier: Programming Language :: Python :: 3
Classifier: Typing :: Typed
Description-Content-Type: text/plain

The command runnable-render turns one pipeline definition into an Argo Workflow, a docker-compose plan or a run on this machine. The
package runnable_render reads the results of runs: `from runnable_render import Run, run, runs`.
"""


def python_version(recorded):
    """A version of a Go module as Python writes it: v1.2.3-rc.1 is 1.2.3rc1, and a commit between tags is a development version."""
    found = re.fullmatch(r"v(\d+\.\d+\.\d+)(?:-(.+?))?(?:\+(.+))?", recorded)
    if not found:
        return "0.0.0.dev0"
    base, pre, build = found.groups()
    commit = re.fullmatch(r"(?:.*\.)?(\d{14})-([0-9a-f]{12})", pre or "")
    if commit:
        local = [commit[2], *re.findall("[a-z0-9]+", build or "")]
        return f"{base}.dev{commit[1]}+{'.'.join(local)}"
    candidate = re.fullmatch(r"(alpha|beta|rc)\.?(\d+)", pre or "")
    if pre and not candidate:
        sys.exit(f"wheel: the version {recorded} has no counterpart in Python; tag vX.Y.Z or vX.Y.Z-rc.N")
    suffix = {"alpha": "a", "beta": "b", "rc": "rc"}[candidate[1]] + candidate[2] if candidate else ""
    return base + suffix + ("+" + ".".join(re.findall("[a-z0-9]+", build)) if build else "")


def built(program):
    """The version of a program and the system that it is for."""
    said = subprocess.run(["go", "version", "-m", program], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    settings = dict(re.findall(r"^\tbuild\t(\w+)=(.*)$", said, re.MULTILINE))
    module = re.search(r"^\tmod\t\S+\t(\S+)", said, re.MULTILINE)
    return python_version(module[1] if module else ""), f"{settings['GOOS']}/{settings['GOARCH']}"


def sources():
    """The files of the packages, each with its place in the wheel."""
    served = f"{NAME}/served"
    for package, place in ((NAME, NAME), ("runnable", f"{served}/runnable"), ("flow/metaflow", f"{served}/flow/metaflow")):
        for folder, folders, files in os.walk(os.path.join(HERE, package)):
            folders[:] = sorted(f for f in folders if f != "__pycache__")
            for name in sorted(files):
                if name.endswith((".py", ".typed")):
                    inside = os.path.relpath(os.path.join(folder, name), os.path.join(HERE, package)).replace(os.sep, "/")
                    yield f"{place}/{inside}", os.path.join(folder, name)


def read(file):
    with open(file, "rb") as f:
        return f.read()


def write(folder, version, tag, extra=()):
    """Writes a wheel and returns its name. extra are more files: their place, content and mode."""
    info = f"{NAME}-{version}.dist-info"
    files = [(place, read(file), 0o644) for place, file in sources()]
    files.append((f"{NAME}.pth", f"{NAME}/served\n".encode(), 0o644))
    files += [(place.format(version=version), content, mode) for place, content, mode in extra]
    tags = "".join(f"Tag: py3-none-{t}\n" for t in tag.rpartition("-")[2].split("."))
    files.append((f"{info}/METADATA", METADATA.format(version=version).encode(), 0o644))
    files.append((f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: runnable-render\nRoot-Is-Purelib: {str(not extra).lower()}\n{tags}".encode(), 0o644))
    hashed = [(place, base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode(), len(content)) for place, content, _ in files]
    record = "".join(f"{place},sha256={digest},{size}\n" for place, digest, size in hashed) + f"{info}/RECORD,,\n"
    files.append((f"{info}/RECORD", record.encode(), 0o644))
    name = f"{NAME}-{version}-{tag}.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for place, content, mode in files:
            entry = zipfile.ZipInfo(place, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (0o100000 | mode) << 16
            wheel.writestr(entry, content)
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """What pip calls: the packages without the program."""
    return write(wheel_directory, "0.0.0.dev0", "py3-none-any")


def main():
    program, folder = sys.argv[1:3]
    version, system = built(program)
    name = "runnable-render" + (".exe" if system.startswith("windows/") else "")
    extra = [("runnable_render-{version}.data/scripts/" + name, read(program), 0o755)]
    extra += [("runnable_render-{version}.dist-info/licenses/" + os.path.basename(f), read(f), 0o644) for f in [os.path.join(os.path.dirname(HERE), "LICENSE"), *sys.argv[3:]]]
    os.makedirs(folder, exist_ok=True)
    print(os.path.join(folder, write(folder, version, f"py3-none-{PLATFORMS[system]}", extra)))


if __name__ == "__main__":
    main()

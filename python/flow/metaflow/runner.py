"""Runner: runs a flow from another program."""
import os
import subprocess
import sys
import tempfile

from . import _store
from .exception import MetaflowException


class ExecutingRun:
    """A run that has ended."""

    def __init__(self, run_id, facts, done):
        self._id, self._facts, self._done = run_id, facts, done

    @property
    def status(self):
        return "successful" if self.returncode == 0 else "failed"

    @property
    def returncode(self):
        return self._done.returncode

    @property
    def stdout(self):
        return self._done.stdout

    @property
    def stderr(self):
        return self._done.stderr

    @property
    def run(self):
        """The run as an object; None where none began."""
        from .client import Run

        if not self._id:
            return None
        facts = self._facts()
        return Run(f"{facts.run(None, self._id)['pipeline']}/{self._id}", _facts=facts)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __repr__(self):
        return f"<run {self._id or 'that did not begin'}: {self.status}>"


class Runner:
    """Runs the flow in a file. Options of the command line are arguments: decospecs, config, config_value and so on."""

    def __init__(self, flow_file, show_output=True, profile=None, env=None, cwd=None, file_read_timeout=3600, **options):
        self.file, self.show_output, self.cwd = os.path.abspath(flow_file), show_output, cwd
        self.env, self.options = {**os.environ, **{k: str(v) for k, v in (env or {}).items()}}, options

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def cleanup(self):
        pass

    def run(self, **options):
        """Runs the flow; what is no option of run is a parameter."""
        return self._done("run", options)

    def resume(self, step_to_rerun=None, **options):
        return self._done("resume", options, [step_to_rerun] if step_to_rerun else [])

    def _done(self, command, options, words=()):
        if not os.path.isfile(self.file):
            raise MetaflowException(f"there is no flow {self.file}")
        with tempfile.TemporaryDirectory() as folder:
            id_file = os.path.join(folder, "id")
            line = [sys.executable, self.file, *_words(self.options, flags=True), command, *words, *_words(options), "--run-id-file", id_file]
            done = subprocess.run(line, cwd=self.cwd, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
            if self.show_output:
                sys.stdout.write(done.stdout)
                sys.stderr.write(done.stderr)
            run = open(id_file, encoding="utf-8").read() if os.path.exists(id_file) else None
        return ExecutingRun(run, lambda: _store.of(self.file, self.env, self.cwd), done)


def _words(options, flags=False):
    """Options as a command line has them. flags: those that are true or false take no value."""
    import json

    out = []
    for name, value in options.items():
        option = "--" + {"decospecs": "with", "tags": "tag"}.get(name, name.replace("_", "-") if name in _HYPHENS else name)
        if name in ("config", "config_value"):
            for k, v in dict(value).items():
                out += ["--" + name.replace("_", "-"), k, v if isinstance(v, str) else json.dumps(v)]
        elif name in ("decospecs", "tags"):
            out += [f"{option}={v}" for v in ([value] if isinstance(value, str) else value)]
        elif isinstance(value, (tuple, list)):
            out += ["--as-json", f"{name}={json.dumps(value)}"]
        elif flags and isinstance(value, bool):
            out += [option] if value else []
        elif value is not None:
            out.append(f"{option}={json.dumps(value) if isinstance(value, (dict, bool)) else value}")
    return out


_HYPHENS = ("max_workers", "max_num_splits", "origin_run_id", "run_id_file", "max_log_size")

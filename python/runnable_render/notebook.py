"""Runs a notebook: by papermill, or by nbclient where that is all there is (SEMANTICS 3).

Both execute cells through nbclient's client. Ours, below, shows what the cells print in the step's log as it comes, and
when the last cell is done asks the kernel for what the step returns, before the kernel ends.
"""
import inspect
import json
import os
import re
import sys

from . import modules
from .bind import _inputs
from .report import Failure, describe, listed, nearest

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LEFT = ("", "0", "None")  # what sys.exit() in a cell says when all is well
# Seconds that a kernel has to start. The tools give it 60, which many kernels on a busy machine need; a dead one is noticed at
# once, and the step's own time limit holds in any case.
_START = 600

_OURS = {"input_path", "output_path", "parameters", "engine_name"}  # of papermill's arguments


def run(request, visible, out_path):
    """Runs one notebook task and returns its answer."""
    spec = request["notebook"]
    task = _Task(request, visible, out_path)
    try:
        code = task.execute()
    finally:
        task.finish()
    answer = task.harvested()
    return {"returns": answer["returns"], "code": {**code, "notebook": spec["path"]}}


class _Task:
    def __init__(self, request, visible, out_path):
        spec = request["notebook"]
        self.path, self.file, self.folders = spec["path"], spec["file"], spec["folders"]
        self.output, self.options = spec["output"], dict(spec.get("options") or {})
        self.catalog_path = spec["catalog_path"]
        self.returns = request["returns"]
        self.answer = out_path(0) + ".json"
        self.files = [out_path(i + 1) for i in range(len(self.returns))]
        os.environ.setdefault("JUPYTER_RUNTIME_DIR", os.path.join(request["out"], "jupyter"))
        os.environ.setdefault("IPYTHONDIR", os.path.join(request["out"], "ipython"))
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # the debugger's warning is not the user's
        self.nbformat, self.papermill = _tools()
        self.notebook = self.load()
        self.language = _language(self.notebook)
        if self.returns and self.language != "python":
            raise Failure(f"{self.path} is in {self.language}; only a notebook in Python can return {listed(r['name'] for r in self.returns)}")
        self.parameters = self.bind(request["inputs"], visible)

    def load(self):
        if not os.path.isfile(self.file):
            raise Failure(f"there is no notebook {self.path}; looked in {listed(self.folders)}")
        try:
            return self.nbformat.read(self.file, as_version=4)
        except Exception as e:
            raise Failure(f"{self.path} is not a notebook: {describe(e)}") from None

    def bind(self, inputs, visible):
        """The parameters: what `inputs` binds, and of what is visible that which the notebook's code names."""
        visible = visible.as_json()
        fixed = _inputs(self.path, visible, inputs)
        for arg, given in fixed.items():
            if given.is_object:
                raise Failure(f'inputs gives {self.path} a pickled object for "{arg}"; a notebook gets only values with a JSON form')
        parameters = {arg: given.value for arg, given in fixed.items()}
        code = "\n".join(c.source for c in self.notebook.cells if c.cell_type == "code")
        words = set(_WORD.findall(code))
        names = visible.names()
        for name in sorted(words & set(names)):
            if name not in parameters and not visible.is_object(name):
                parameters[name] = visible.get(name)[0]
        visible.tell(visible.asked)
        return parameters

    # --- execution

    def execute(self):
        if "prepare_only" in self.options and self.returns:
            raise Failure("prepare_only does not run the notebook, which then returns nothing")
        print(f"[runnable-render] notebook {self.path}: {_tool_line(self.papermill)}", flush=True)
        try:
            if self.papermill is not None:
                return self.by_papermill()
            return self.by_nbclient()
        except Failure:
            raise
        except Exception as e:
            raise _failure(e, self.path) from None

    def by_papermill(self):
        import logging

        from papermill import engines

        logging.getLogger("papermill").setLevel(logging.ERROR)
        base, task = engines.NBClientEngine, self
        from papermill.clientwrap import PapermillNotebookClient

        client = _client_class(PapermillNotebookClient, self)

        class Engine(base):
            @classmethod
            def execute_managed_notebook(
                cls, nb_man, kernel_name, log_output=True, stdout_file=None, stderr_file=None, start_timeout=60, execution_timeout=None, **kwargs
            ):
                own = {k: v for k, v in kwargs.items() if k in client.class_trait_names()}
                timeout = execution_timeout or own.pop("timeout", None)
                own.update(timeout=timeout, startup_timeout=start_timeout, kernel_name=kernel_name, log_output=True)
                return client(nb_man, **own).execute()

        engines.papermill_engines.register("runnable-render", Engine)
        options = self.papermill_options(client)
        if self.language == "python" and "kernel_name" not in options:
            options.update(kernel_name="python3", language="python")
        self.papermill.execute_notebook(
            _unformatted(self.file), _unformatted(task.output), parameters=self.parameters, engine_name="runnable-render", **options
        )
        return {"papermill": self.papermill.__version__}

    def papermill_options(self, client):
        options = {"progress_bar": False, "start_timeout": _START}
        taken = set(inspect.signature(self.papermill.execute_notebook).parameters) | set(client.class_trait_names())
        taken |= {"execution_timeout", "autosave_cell_every"}
        for name, value in self.options.items():
            if name in _OURS:
                raise Failure(f"optional_ploomber_args: {name} is not yours to set")
            if name in taken:
                options[name] = value
            else:
                _note(f"optional_ploomber_args: papermill has no option {name}; it is left out")
        return options

    def by_nbclient(self):
        import nbclient

        _parametrize(self.nbformat, self.notebook, self.parameters, self.language)
        client = _client_class(nbclient.NotebookClient, self)
        options = {}
        for name, value in self.options.items():
            name = {"execution_timeout": "timeout", "start_timeout": "startup_timeout"}.get(name, name)
            if name in client.class_trait_names():
                options[name] = value
            else:
                _note(f"optional_ploomber_args: nbclient has no option {name}; it is left out")
        if self.language == "python":
            options.setdefault("kernel_name", "python3")
        options.setdefault("startup_timeout", _START)
        try:
            client(self.notebook, resources={"metadata": {"path": os.getcwd()}}, **options).execute()
        finally:
            self.nbformat.write(self.notebook, self.output)
        return {"nbclient": nbclient.__version__}

    # --- what comes out

    def cell(self):
        """The code of one more cell, which keeps what the step returns. It is not part of the executed notebook."""
        names = json.dumps([self.returns, self.files, self.answer, self.path])
        return f"import runnable_render.notebook as __rr\n__rr.harvest(globals(), {names!r})"

    def harvested(self):
        if not self.returns or not os.path.exists(self.answer):
            if self.returns:
                raise Failure(f"{self.path} ended before its returns could be read")
            return {"returns": []}
        with open(self.answer, encoding="utf-8") as f:
            answer = json.load(f)
        if "failure" in answer:
            raise Failure(answer["failure"])
        return answer

    def finish(self):
        """The executed notebook names its place in the catalog, not the temporary file that it was written to."""
        try:
            with open(self.output, encoding="utf-8") as f:
                made = json.load(f)
            made["metadata"].get("papermill", {}).pop("output_path", None)
            if "papermill" in made["metadata"]:
                made["metadata"]["papermill"]["output_path"] = self.catalog_path
            with open(self.output, "w", encoding="utf-8") as f:
                json.dump(made, f, indent=1, ensure_ascii=False)
                f.write("\n")
        except (OSError, ValueError, KeyError):
            pass  # nothing was executed, or the process is being ended: it stays as it is


def harvest(namespace, spec):
    """Called in the kernel: writes what the step returns to files."""
    from . import values

    returns, files, answer, path = json.loads(spec)
    made = []
    try:
        missing = [r for r in returns if (r["key"] or r["name"]) not in namespace]
        if missing:
            names = [n for n in namespace if not n.startswith("_") and n not in ("In", "Out", "exit", "quit", "get_ipython", "open")]
            first = missing[0]["key"] or missing[0]["name"]
            wanted = " and ".join(f'"{m["key"] or m["name"]}"' for m in missing)
            raise Failure(f"{path} did not set {wanted}, which it returns{nearest(first, names) or ';'} it set: {listed(sorted(names))}")
        for r, file in zip(returns, files):
            value, what = namespace[r["key"] or r["name"]], f'return "{r["name"]}" of {path}'
            made.append(values.returned(value, r["name"], r["kind"], file, what))
        out = {"returns": made}
    except Failure as e:
        out = {"failure": e.message}
    with open(answer, "w", encoding="utf-8") as f:
        json.dump(out, f)


def _tools():
    """nbformat, and papermill or None."""
    missing = []
    try:
        import papermill
    except ImportError as e:
        papermill = None
        missing.append(e.name or "papermill")
    try:
        import nbclient  # noqa: F401
        import nbformat
    except ImportError as e:
        missing.append(e.name or "nbclient")
        _cannot(missing)
    try:
        import ipykernel  # noqa: F401
    except ImportError:
        _cannot(["ipykernel"])
    return nbformat, papermill


def _cannot(missing):
    raise Failure(
        f"a notebook task needs papermill and ipykernel, and {sys.executable} has no {listed(missing)}; "
        f"run: {sys.executable} -m pip install papermill ipykernel",
        kind="error",
    ) from None


def _tool_line(papermill):
    if papermill is not None:
        return f"papermill {papermill.__version__}"
    import nbclient

    return f"nbclient {nbclient.__version__} (papermill is not installed)"


def _language(notebook):
    meta = notebook.metadata
    language = meta.get("kernelspec", {}).get("language") or meta.get("language_info", {}).get("name") or "python"
    return "python" if language.lower() in ("python", "ipython") else language


def _finding_modules():
    """The option by which a kernel finds the user's modules as a step does, before it runs a cell."""
    return "--IPKernelApp.exec_lines=" + f'__import__("sys").path[:] = [*{modules.first!r}, *__import__("sys").path, *{modules.last!r}]'


def _unformatted(path):
    """papermill takes braces in a path for places to fill in."""
    return path.replace("{", "{{").replace("}", "}}")


def _parametrize(nbformat, notebook, parameters, language):
    """What papermill does: a cell with the values, after the one tagged `parameters`, or else before all others."""
    cells = [c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])]
    if parameters:
        if language != "python":
            raise Failure(f"parameters of a notebook in {language} need papermill", kind="error")
        text = "# Parameters\n" + "".join(f"{k} = {v!r}\n" for k, v in parameters.items())
        cell = nbformat.v4.new_code_cell(text, metadata={"tags": ["injected-parameters"]})
        tagged = [i for i, c in enumerate(cells) if "parameters" in c.metadata.get("tags", [])]
        cells.insert(tagged[0] + 1 if tagged else 0, cell)
    notebook.cells = cells
    nbformat.validator.normalize(notebook)


def _client_class(base, task):
    """nbclient's client, or papermill's of it, which executes, shows and harvests as a step's log and record want."""

    from nbclient.exceptions import CellExecutionError

    class Client(base):
        def create_kernel_manager(self):
            manager = super().create_kernel_manager()
            if task.language == "python" and self.kernel_name == "python3":
                # The interpreter of the step, whatever a kernel specification of the user's account names.
                manager.kernel_spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", _finding_modules()]
            return manager

        def papermill_execute_cells(self):
            self._show_cells()
            super().papermill_execute_cells()
            self._harvest()

        def execute(self, **kwargs):
            if hasattr(self, "nb_man"):
                return super().execute(**kwargs)
            self.reset_execution_trackers()
            with self.setup_kernel(**kwargs):
                self._show_cells()
                for index, cell in enumerate(self.nb.cells):
                    try:
                        self.execute_cell(cell, index)
                    except CellExecutionError as e:
                        if e.ename != "SystemExit" or e.evalue not in _LEFT:
                            raise
                        break
                self._harvest()
                self.set_widgets_metadata()
            return self.nb

        def _show_cells(self):
            self._count = sum(1 for c in self.nb.cells if c.cell_type == "code" and c.source.strip())
            self._done, self._harvesting = 0, False

        def execute_cell(self, cell, cell_index, **kwargs):
            if cell.cell_type == "code" and cell.source.strip() and not self._harvesting:
                self._done += 1
                first = next(line for line in cell.source.splitlines() if line.strip()).strip()
                _note(f"cell {self._done} of {self._count}: {first[:100]}")
            return super().execute_cell(cell, cell_index, **kwargs)

        def _harvest(self):
            failed = any(o.output_type == "error" and not _left(o) for c in self.nb.cells for o in c.get("outputs", []))
            if not task.returns or failed:
                return
            from nbformat.v4 import new_code_cell

            cell = new_code_cell(task.cell())
            self._harvesting = True
            self.nb.cells.append(cell)
            try:
                super().execute_cell(cell, len(self.nb.cells) - 1)
            finally:
                self.nb.cells.remove(cell)

        def process_message(self, *args, **kwargs):
            output = super().process_message(*args, **kwargs)
            if output and not hasattr(self, "nb_man"):
                self.log_output_message(output)
            return output

        def log_output_message(self, output):
            if self._harvesting:
                return
            if output.output_type == "stream":
                to, text = (sys.stderr if output.name == "stderr" else sys.stdout), "".join(output.text)
            elif output.output_type == "error":
                to, text = sys.stderr, _ANSI.sub("", "\n".join(output.traceback)).rstrip() + "\n"
                if _left(output):
                    return
            elif "text/plain" in output.get("data", {}):
                to, text = sys.stdout, "".join(output.data["text/plain"]) + "\n"
            else:
                return
            to.write(text)
            to.flush()

    return Client


def _left(output):
    """sys.exit() in a cell ends the notebook early and is not an error."""
    return output.ename == "SystemExit" and output.evalue in _LEFT


def _note(text):
    print(f"[runnable-render] {text}", flush=True)


def _failure(e, path):
    """The failure that an exception of the tools means. The traceback of a cell is in the log already."""
    name = type(e).__name__
    if hasattr(e, "ename"):
        text = _ANSI.sub("", str(e.evalue)).strip()
        code = int(text) if e.ename == "SystemExit" and text.isdigit() else 1
        return Failure(f"{path}: {e.ename}: {text}" if text else f"{path}: {e.ename}", kind="error", exit_code=code & 0xFF)
    if name == "DeadKernelError":
        return Failure(f"{path}: its kernel died, as it does when memory runs out or native code crashes", kind="killed")
    if name == "CellTimeoutError":
        return Failure(f"{path}: a cell ran longer than execution_timeout allows", kind="timeout")
    if name == "NoSuchKernel":
        return Failure(f"{path}: there is no kernel {getattr(e, 'name', '')}; install it, or set kernel_name", kind="error")
    return Failure(f"{path}: {describe(e)}", kind="error")

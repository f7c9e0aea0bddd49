"""One notebook in one process: `python -m helpers.runs.kernels TASK`, where TASK is a folder of .work/ with task.json in it.

A process of its own because papermill changes the working directory of the whole process. It leaves executed.ipynb and
outcome.json in the folder. Its standard input is a pipe held by the run: when the run ends, however it ends, the pipe closes
and this process takes its kernel with it.
"""

import atexit
import json
import os
import shutil
import sys
import tempfile
import threading
import traceback
from pathlib import Path

from helpers.runs import slow_imports, themes

STARTED: list = []  # the kernel managers of this process, so that the watcher can end their kernels


def private_kernel_manager():
    """A kernel manager class whose traffic nobody else on the machine can read, and whose kernel is this very Python."""
    import zmq
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class PrivateKernelManager(AsyncKernelManager):
        def __init__(self, **settings):
            # no kernel folder is searched: a kernel that the user installed under the same name is another Python
            settings.setdefault("kernel_spec_manager", KernelSpecManager(kernel_dirs=[]))
            if zmq.has("curve"):
                settings.setdefault("transport_encryption", "required")
            elif os.name == "posix":
                folder = tempfile.mkdtemp(prefix="kernel-")  # its owner's alone, and short, as sockets' paths have to be
                atexit.register(shutil.rmtree, folder, ignore_errors=True)
                settings |= {"transport": "ipc", "connection_file": os.path.join(folder, "kernel.json")}
            else:
                raise RuntimeError("pyzmq was built without encryption: install it from the lock file")
            super().__init__(**settings)
            STARTED.append(self)

    return PrivateKernelManager


def execute(folder: Path) -> dict:
    """Runs the notebook of task.json and returns its outcome: {"error": null or {"type", "message", "heading", "cell"}}."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    slow_imports.skip()
    import papermill
    from papermill.exceptions import PapermillExecutionError

    def report_progress(cell, cell_index):
        (folder / "progress").write_text(f"{cell_index + 1} {cells}", encoding="utf-8")

    notebook = json.loads(Path(task["notebook"]).read_text(encoding="utf-8"))
    cells = len(notebook["cells"]) + 1  # papermill adds one with the parameters
    executed = folder / "executed.ipynb"
    try:
        papermill.execute_notebook(
            _as_papermill_path(task["notebook"]), _as_papermill_path(executed), parameters=task["parameters"],
            kernel_name="python3", language="python", progress_bar=False, cwd=task["cwd"], start_timeout=120,
            kernel_manager_class=private_kernel_manager(), on_cell_start=report_progress, shutdown_kernel="immediate",
        )  # fmt: skip
    except PapermillExecutionError as error:
        print(error, file=sys.stderr)
    return {"error": first_error(executed)}


def first_error(executed: Path) -> dict | None:
    """The first error that stands in an executed notebook: its type, message, and the heading above its cell."""
    heading = ""
    for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            heading = (themes.headings(cell) or [heading])[-1]
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                return {"type": output["ename"], "message": output["evalue"], "heading": heading, "cell": cell.get("id", "")}
    return None


def _as_papermill_path(path) -> str:
    return str(path).replace("{", "{{").replace("}", "}}")  # papermill formats paths with the parameters


def leave_with_the_run() -> None:
    """Ends the kernel and this process when standard input closes."""
    while os.read(0, 1):  # not sys.stdin, whose lock a waiting thread would hold when Python ends
        pass
    for manager in STARTED:
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            process.kill()
        manager.cleanup_connection_file()
    os._exit(130)


def main() -> int:
    folder = Path(sys.argv[1])
    threading.Thread(target=leave_with_the_run, daemon=True).start()
    try:
        outcome = execute(folder)
    except Exception as error:  # whatever happens to one theme is that theme's outcome; the traceback goes to its log
        traceback.print_exc()
        outcome = {"error": {"type": type(error).__name__, "message": "", "heading": "", "cell": ""}}
    unfinished = folder / "outcome.unfinished"
    unfinished.write_text(json.dumps(outcome), encoding="utf-8")
    os.replace(unfinished, folder / "outcome.json")
    return 0 if outcome["error"] is None else 1


if __name__ == "__main__":
    sys.exit(main())

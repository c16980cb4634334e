# Runs notebooks with nbclient, as `jupyter execute` does, to compare with. Usage: reference.py OUT NOTEBOOK...
# For each notebook it writes OUT/NAME: {"notebook": …, "cells": [success or null, …]} or {"reason": why it could not run}.
# Streams are coalesced by the comparison, not by nbclient: that would move an output between two pieces of a stream,
# and after it nbclient updates the wrong output by a display id.
import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def run(source):
    notebook = nbformat.read(source, as_version=nbformat.NO_CONVERT)
    replies = {}

    def executed(cell, cell_index, execute_reply):
        # The number is the kernel's own: nbclient counts cells instead.
        replies[cell_index] = execute_reply["content"]

    NotebookClient(notebook, allow_errors=True, record_timing=False, timeout=120, on_cell_executed=executed).execute()
    for index, reply in replies.items():
        notebook.cells[index].execution_count = reply.get("execution_count")
    # Widgets' state is kept by nbclient only; JupyterLab saves it where a person switches that on.
    notebook.metadata.pop("widgets", None)
    success = [replies[index]["status"] == "ok" if index in replies else None for index in range(len(notebook.cells))]
    return {"notebook": notebook, "cells": success}


def run_or_say_why(source, attempts=3):
    try:
        return run(source)
    except Exception as error:
        # A kernel is told ports that are free, and takes them a moment later: another kernel may have been faster.
        if "Kernel died before replying" in str(error) and attempts > 1:
            return run_or_say_why(source, attempts - 1)
        return {"reason": f"{type(error).__name__}: {error}"}


out = Path(sys.argv[1])
for source in map(Path, sys.argv[2:]):
    result = run_or_say_why(source)
    (out / source.name).write_text(json.dumps(result))

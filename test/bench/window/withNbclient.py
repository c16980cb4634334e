# Times nbclient on the server's computer, without the kernel's start. Usage: withNbclient.py LINES CELLS ROUNDS
# Prints {"lines": [ms, …], "cells": [ms, …]}: a cell that prints so many lines, and so many trivial cells.
import asyncio
import json
import sys
import time

import nbformat.v4 as v4
from nbclient import NotebookClient


async def timed(sources):
    notebook = v4.new_notebook(cells=[v4.new_code_cell("pass"), *map(v4.new_code_cell, sources)])
    client = NotebookClient(notebook, coalesce_streams=True, timeout=120)
    async with client.async_setup_kernel():
        await client.async_execute_cell(notebook.cells[0], 0)
        begun = time.perf_counter()
        for index, cell in enumerate(notebook.cells[1:], start=1):
            await client.async_execute_cell(cell, index)
        return (time.perf_counter() - begun) * 1000


lines, cells, rounds = map(int, sys.argv[1:])
printing = [f"for i in range({lines}): print(i)"]
trivial = [f"x = {index}" for index in range(cells)]
times = {name: [asyncio.run(timed(sources)) for _ in range(rounds)] for name, sources in (("lines", printing), ("cells", trivial))}
print(json.dumps(times))

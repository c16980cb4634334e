# Validates notebooks against nbformat's schema. Prints, as one JSON array, null or what is wrong for each file named.
import json
import sys
from pathlib import Path

import nbformat


def problem(file):
    try:
        nbformat.validate(json.loads(Path(file).read_text("utf-8")))
    except Exception as error:
        return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return None


print(json.dumps([problem(file) for file in sys.argv[1:]]))

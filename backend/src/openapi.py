"""The OpenAPI document on standard output: `python -m src.openapi` in `backend/`."""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from src.config import Settings
from src.main import create_app


def main() -> None:
    with TemporaryDirectory() as folder:
        # What is logged meanwhile is no part of the document.
        with redirect_stdout(sys.stderr):
            app = create_app(Settings(_env_file=None, storage_path=Path(folder)))
        json.dump(app.openapi(), sys.stdout, indent=2)


if __name__ == "__main__":
    main()

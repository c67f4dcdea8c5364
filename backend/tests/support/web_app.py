"""A built web app of a few files, as `frontend/web.sh build` leaves it."""

import gzip
from pathlib import Path

INDEX = """<!doctype html>
<html lang="es">
  <head>
    <meta charset="utf-8" />
    <title>ContraVento</title>
    <meta
      name="description"
      content="Sube el GPX de tu ruta."
    />
    <script type="module" crossorigin src="/assets/index-abc.js"></script>
  </head>
  <body><div id="root"></div></body>
</html>
"""
SCRIPT = b"console.log('ride');\n" * 200
# Not what a browser could unpack, but what must be sent as it lies there.
BROTLI = b"brotli of the script"
GZIP = gzip.compress(SCRIPT, mtime=0)


def built_app(folder: Path) -> Path:
    files = {
        "index.html": INDEX.encode(),
        "favicon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "assets/index-abc.js": SCRIPT,
        "assets/index-abc.js.br": BROTLI,
        "assets/index-abc.js.gz": GZIP,
        "assets/small-def.css": b"body { margin: 0 }",
        ".built": b"12345 67",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder

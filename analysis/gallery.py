"""The page that shows all figures of a corpus: each with caption, alt text and links to its files."""

from __future__ import annotations

import base64
import json
from html import escape
from pathlib import Path
from typing import Any

_FILES = {
    "pdf": "PDF", "svg": "SVG", "png": "PNG, 300 dpi", "csv": "data (CSV)", "txt": "caption and alt text",
    "json": "what made it (JSON)",
}  # fmt: skip
_STYLE = """
body { font: 16px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 60rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.6rem; } h2, h3 { font-size: 1.05rem; margin: 3rem 0 .6rem; }
figure { margin: 0; } img { max-width: 100%; height: auto; }
figcaption { font-size: .9rem; margin: .5rem 0; }
details, .files { font-size: .9rem; color: #444; } a { color: #005a8e; }
nav ul { padding-left: 1.2rem; }
"""


def write_gallery(folder: Path, checksum: str = "") -> Path:
    """Write `index.html` of a folder of figures: one file that makes no request, figures in the order of their names.

    Parameters
    ----------
    folder : Path
        Where `save_figure` has left figures; a figure is known by its side file.
    checksum : str
        That of the corpus tables now. Figures that were drawn from other tables come last, and are said to be old.

    Returns
    -------
    Path
        The page.
    """
    sides = [side for path in sorted(folder.glob("*.json")) if (side := _side_of(path))]
    corpora = sorted({str(side.get("corpus", "")) for side in sides} - {""})
    title = "Figures" + (f": {', '.join(corpora)}" if corpora else "")
    old = [side for side in sides if checksum and side.get("checksum", checksum) != checksum]
    sides = [side for side in sides if side not in old]
    listed = "".join(f'<li><a href="#{escape(s["name"])}">{escape(s["name"])}</a></li>' for s in [*sides, *old])
    body = "".join(_entry(folder, side) for side in sides)
    if old:
        body += "<h2>Drawn from other tables than the corpus has now</h2>\n" + "".join(
            _entry(folder, s, 3) for s in old
        )
    page = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style>\n</head>\n'
        f'<body>\n<main>\n<h1>{escape(title)}</h1>\n<nav aria-label="Figures"><ul>{listed}</ul></nav>\n{body}'
        "</main>\n</body>\n</html>\n"
    )
    path = folder / "index.html"
    part = folder / ".index.html.part"
    part.write_text(page, encoding="utf-8")
    part.replace(path)
    return path


def _side_of(path: Path) -> dict[str, Any]:
    """Read the side file of a figure; any other file in the folder is none."""
    try:
        side = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    is_figure = isinstance(side, dict) and side.get("name") == path.stem and path.with_suffix(".svg").exists()
    return side if is_figure else {}


def _entry(folder: Path, side: dict[str, Any], level: int = 2) -> str:
    name, caption, alt = (escape(str(side.get(key, ""))) for key in ("name", "caption", "alt"))
    image = base64.b64encode((folder / f"{side['name']}.svg").read_bytes()).decode()
    links = " · ".join(f'<a href="{name}.{kind}">{what}</a>' for kind, what in _FILES.items()
                       if (folder / f"{side['name']}.{kind}").exists())  # fmt: skip
    tables = f"Tables {escape(str(side['checksum'])[:12])}…" if side.get("checksum") else ""
    return (
        f'<section>\n<h{level} id="{name}">{name}</h{level}>\n<figure>\n'
        f'<img src="data:image/svg+xml;base64,{image}" alt="{alt}">\n'
        f"<figcaption>{caption}</figcaption>\n</figure>\n<details><summary>In words</summary><p>{alt}</p></details>\n"
        f'<p class="files">{links}. {tables}</p>\n</section>\n'
    )

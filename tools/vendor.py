"""Copies the ready-made files that pages and browser tests load into this repository: `python tools/vendor.py`.

The only command that needs node. Versions are exact, in tools/vendor/package.json and its lockfile; icons are named in
tools/vendor/icons.txt. A file is changed in one way only: a `sourceMappingURL` comment is cut, because its map is not
copied and Django's manifest storage refuses the leftover. static/vendor/VENDORED.md says what came from where.
"""

import hashlib
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECIPE = ROOT / "tools" / "vendor"
MODULES = RECIPE / "node_modules"
SHIPPED = ROOT / "static" / "vendor"
FOR_TESTS = ROOT / "tests" / "browser" / "vendor"
WHEEL = "django-htmx"  # carries htmx itself
SOURCE_MAP = re.compile(rb"\s*(//[#@]|/\*[#@])\s*sourceMappingURL=.*\s*$")
SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True)
class Piece:
    """Files of one package: `files` maps its paths to names in `folder`; `licence` is a path or None for ours."""

    package: str
    folder: Path
    files: dict[str, str]
    licence: str | None = "LICENSE"


PIECES = (
    Piece("@tabler/core", SHIPPED / "tabler", {"dist/css/tabler.min.css": "tabler.min.css"}, licence=None),
    Piece("bootstrap", SHIPPED / "bootstrap", {"dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js"}),
    Piece("chart.js", SHIPPED / "chartjs", {"dist/chart.umd.min.js": "chart.umd.min.js"}, licence="LICENSE.md"),
    Piece(
        "@fontsource-variable/inter",
        SHIPPED / "inter",
        {f"files/inter-{part}-wght-normal.woff2": f"inter-{part}.woff2" for part in ("latin", "latin-ext")},
    ),
    Piece(
        "preact",
        SHIPPED / "preact",
        {"dist/preact.umd.js": "preact.umd.js", "hooks/dist/hooks.umd.js": "hooks.umd.js"},
    ),
    Piece("htm", SHIPPED / "htm", {"dist/htm.umd.js": "htm.umd.js"}),
    Piece("axe-core", FOR_TESTS, {"axe.min.js": "axe.min.js"}),
)


@dataclass(frozen=True)
class Copied:
    """One line of VENDORED.md."""

    path: Path
    name: str
    version: str
    licence: str
    source: str


def main() -> None:
    """Install the packages, copy what is named, write the list."""
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=RECIPE, check=True)  # noqa: S607
    shutil.rmtree(SHIPPED, ignore_errors=True)
    shutil.rmtree(FOR_TESTS, ignore_errors=True)
    copied = [line for piece in PIECES for line in copy_piece(piece)]
    copied += [copy_htmx(), build_sprite()]
    write_list(copied)


def copy_piece(piece: Piece) -> list[Copied]:
    """Copy the files of one package, and its licence beside them."""
    source = MODULES / piece.package
    about = json.loads((source / "package.json").read_text())
    own = RECIPE / "licences" / (piece.package.strip("@").replace("/", "-") + ".txt")
    piece.folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / piece.licence if piece.licence else own, piece.folder / "LICENSE.txt")
    lines = []
    for path, name in piece.files.items():
        (piece.folder / name).write_bytes(without_map((source / path).read_bytes()))
        lines.append(Copied(piece.folder / name, piece.package, about["version"], about["license"], path))
    return lines


def copy_htmx() -> Copied:
    """Copy htmx 2 from the wheel of django-htmx, which is installed anyway."""
    wheel = metadata.distribution(WHEEL)
    inside = "django_htmx/static/django_htmx/htmx-2.min.js"
    data = Path(str(wheel.locate_file(inside))).read_bytes()
    version = re.search(rb'version:"(2[\d.]+)"', data)
    assert version, "the wheel's htmx-2.min.js does not tell its version"
    folder = SHIPPED / "htmx"
    folder.mkdir(parents=True)
    (folder / "htmx.min.js").write_bytes(without_map(data))
    shutil.copyfile(RECIPE / "licences" / "htmx.txt", folder / "LICENSE.txt")
    return Copied(folder / "htmx.min.js", "htmx", version[1].decode(), "0BSD", f"{WHEEL} {wheel.version}: {inside}")


def build_sprite() -> Copied:
    """One SVG with a symbol per icon that icons.txt names."""
    source = MODULES / "@tabler" / "icons"
    ET.register_namespace("", SVG)
    sprite = ET.Element(f"{{{SVG}}}svg")
    for name in (RECIPE / "icons.txt").read_text().split():
        drawing = ET.parse(source / "icons" / "outline" / f"{name}.svg").getroot()  # noqa: S314 - a pinned package
        symbol = ET.SubElement(sprite, f"{{{SVG}}}symbol", {"id": name, "viewBox": "0 0 24 24"})
        symbol.extend(part for part in drawing if part.get("stroke") != "none")
    folder = SHIPPED / "icons"
    folder.mkdir(parents=True)
    text = re.sub(r">\s+<", "><", ET.tostring(sprite, encoding="unicode"))
    (folder / "sprite.svg").write_text(text + "\n")
    shutil.copyfile(source / "LICENSE", folder / "LICENSE.txt")
    about = json.loads((source / "package.json").read_text())
    return Copied(folder / "sprite.svg", "@tabler/icons", about["version"], about["license"], "icons/outline/*.svg")


def without_map(data: bytes) -> bytes:
    """The file without the comment that points to its source map."""
    return SOURCE_MAP.sub(b"\n", data)


def write_list(copied: list[Copied]) -> None:
    """Write VENDORED.md."""
    lines = [
        "# Files of others in this repository",
        "",
        "Written by `python tools/vendor.py`; don't edit by hand. Each folder holds the licence of its files.",
        "",
        "| file | package | version | licence | path in the package | sha256 |",
        "|---|---|---|---|---|---|",
    ]
    for line in sorted(copied, key=lambda line: line.path):
        digest = hashlib.sha256(line.path.read_bytes()).hexdigest()
        where = line.path.relative_to(ROOT)
        lines.append(f"| {where} | {line.name} | {line.version} | {line.licence} | {line.source} | {digest} |")
    (SHIPPED / "VENDORED.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

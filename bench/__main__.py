"""`python -m bench [NAME ...] [--size S100k|S1M]`: prints one JSON line for each figure; progress goes to stderr."""

import argparse
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench import home
from bench.home import Place
from bench.world import SIZES

if TYPE_CHECKING:
    from bench.lines import Line

NAMES = (
    "evaluation",
    "preview",
    "compilation",
    "recompute",
    "export",
    "imports",
    "tracking",
    "api",
    "growth",
    "signal",
)


def main() -> None:
    """Run the named benches, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all when none is given")
    parser.add_argument("--size", choices=SIZES, default="S100k", help="how large the world is")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no bench {', '.join(unknown)}; the benches are {', '.join(NAMES)}")
    place = home.place_of(SIZES[options.size], os.environ)
    place.files.make()
    home.enter(place)
    for name in options.names or NAMES:
        for line in _run(name, place):
            print(line, flush=True)


def _run(name: str, place: Place) -> Iterator["Line"]:
    from django.conf import settings  # noqa: PLC0415 - all of these need the settings of the home just entered

    from bench import (  # noqa: PLC0415
        api,
        compilation,
        evaluation,
        export,
        growth,
        imports,
        preview,
        recompute,
        registry,
        signal,
        tracking,
    )
    from bench.rival.client import Rival  # noqa: PLC0415

    if name not in ("compilation", "imports", "tracking", "api"):
        registry.load(place)
    if name in ("evaluation", "recompute"):
        with Rival(place.clickhouse, place.files, settings.ENGINE_THREADS) as rival:
            yield from evaluation.run(place.size, rival) if name == "evaluation" else recompute.run(place, rival)
    elif name in ("preview", "compilation"):
        yield from (preview if name == "preview" else compilation).run(place.size)
    else:
        whole = {
            "api": api,
            "export": export,
            "growth": growth,
            "imports": imports,
            "signal": signal,
            "tracking": tracking,
        }
        yield from whole[name].run(place)


if __name__ == "__main__":
    main()

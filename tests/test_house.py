"""Rules of the house that no other tool checks."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main

from crampwatch.command_line import app
from detection import DetectionSettings
from models import RuleSettings

ROOT = Path(__file__).parent.parent
PACKAGES = (
    "signals",
    "recordings",
    "simulation",
    "firmware_bridge",
    "detection",
    "models",
    "nights",
    "trial",
    "crampwatch",
)
MODULE_LINES, FUNCTION_LINES = 300, 45


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_imported_from_this_repository(package: str) -> None:
    file = importlib.import_module(package).__file__
    assert file is not None
    assert Path(file).is_relative_to(ROOT)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_exists(package: str) -> None:
    module = importlib.import_module(package)
    names = getattr(module, "__all__", ())
    assert len(set(names)) == len(names)
    assert all(hasattr(module, name) for name in names)


def test_a_name_that_does_not_exist_is_refused_with_those_that_do() -> None:
    crampwatch = importlib.import_module("crampwatch")
    with pytest.raises(AttributeError, match="has no 'Detectr'; it has Channel"):
        crampwatch.Detectr  # noqa: B018 - the look-up is the test


def test_modules_and_functions_stay_small_enough_to_read() -> None:
    long = [
        f"{path.relative_to(ROOT)}"
        for path in modules()
        if len(path.read_text("utf-8").splitlines()) > MODULE_LINES
    ]
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = [n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                if lines > FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} ({lines} lines)")
    assert long == []


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "util", "common", "helpers", "helper", "manager", "misc", "tools"}
    assert [path for path in modules() if path.stem in nothing] == []


def test_every_command_and_option_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "command_line.md").read_text("utf-8")
    unsaid: list[str] = []
    for path, command in commands(typer.main.get_command(app), "crampwatch"):
        unsaid += [] if path in text else [path]
        for parameter in command.params:
            options = (*parameter.opts, *parameter.secondary_opts)
            unsaid += [f"{path} {option}" for option in options if option.startswith("--") and option not in text]
    assert unsaid == []


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Give every command below one, with the words that call it."""
    inside: dict[str, Any] = getattr(command, "commands", {})
    if not inside:
        yield path, command
    for name, sub in inside.items():
        yield from commands(sub, f"{path} {name}")


@pytest.mark.parametrize("settings", [DetectionSettings, RuleSettings])
def test_every_setting_is_in_the_documentation(settings: type) -> None:
    text = (ROOT / "docs" / "profiles.md").read_text("utf-8")
    assert [field.name for field in fields(settings) if f"`{field.name}`" not in text] == []

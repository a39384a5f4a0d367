"""The rules of the code base that a reader cannot see in one file. Each says which file breaks it."""

import ast
import re
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("config", "demo", "pages", "insights", "activations", "segments", "profiles", "accounts", "lib")
RULES_MAY_IMPORT = {"sqlglot", "pydantic"}


def modules(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a module imports anywhere, relative ones made absolute."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            yield ".".join(part for part in (base, node.module or "") if part)


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_down_the_layers_only(layer: str) -> None:
    above = LAYERS[: LAYERS.index(layer)]
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(layer)
        for name in imports(path)
        if name.split(".")[0] in above
    ]
    assert wrong == []


def test_the_rule_language_imports_nothing_but_its_two_libraries() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("segments/rules")
        for name in imports(path)
        if not name.startswith("segments.rules")
        and name.split(".")[0] not in RULES_MAY_IMPORT | sys.stdlib_module_names
    ]
    assert wrong == []


def test_a_destination_imports_only_its_contract_lib_and_itself() -> None:
    ours = {*LAYERS} - {"lib"}
    wrong = []
    for path in modules("activations/destinations"):
        folder = path.parent.relative_to(ROOT)
        if folder == Path("activations/destinations"):
            continue
        itself = ".".join(folder.parts[:3])
        for name in imports(path):
            if name.split(".")[0] in ours and not name.startswith(("activations.destinations.base", itself)):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_nobody_but_lib_http_speaks_to_the_outside() -> None:
    """`socket` is for listening; the supervisor asks its own address whether it is well."""
    clients = {"httpx", "httpcore", "requests", "urllib3", "aiohttp", "pycurl", "websocket", "websockets", "ftplib"}
    modules_of_python = {"urllib.request", "http.client", "telnetlib", "smtplib", "xmlrpc.client"}
    allowed = {("config/serve/registry.py", "urllib.request"), ("config/serve/address.py", "socket")}
    wrong = []
    for layer in LAYERS:
        for path in modules(layer):
            place = path.relative_to(ROOT).as_posix()
            for name in imports(path):
                outward = name.split(".")[0] in clients | {"socket"} or name in modules_of_python
                if outward and not place.startswith("lib/http/") and (place, name) not in allowed:
                    wrong.append(f"{place} imports {name}")
    assert wrong == []


SELECTORS = sorted(path for layer in LAYERS for path in (ROOT / layer).glob("**/selectors.py"))
SERVICES = sorted(
    path
    for layer in LAYERS
    for path in [*(ROOT / layer).glob("services.py"), *(ROOT / layer).glob("services/*.py")]
    if path.stem != "__init__"
)


def verbs(path: Path) -> Iterator[ast.FunctionDef]:
    """The public functions of a module."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def takes_an_actor(function: ast.FunctionDef) -> bool:
    """By keyword, as an `Actor`, and without a default."""
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if argument.arg == "actor":
            return default is None and argument.annotation is not None and ast.unparse(argument.annotation) == "Actor"
    return False


@pytest.mark.parametrize("path", SELECTORS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_people_see_is_asked_for_with_an_actor(path: Path) -> None:
    found = list(verbs(path))
    assert found
    assert [f"{path.name}: {function.name}" for function in found if not takes_an_actor(function)] == []


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_services_with_an_actor_write_to_the_audit_log(path: Path) -> None:
    """Each that writes an entry has been given who acts; what has no actor is a part of one that has."""
    wrong = [
        function.name
        for function in verbs(path)
        if "audit.record" in ast.unparse(function) and not takes_an_actor(function)
    ]
    assert wrong == []


def test_admin_sites_and_views_of_the_api_write_through_services_only() -> None:
    writes = re.compile(r"\.(?:save|create|bulk_create|update_or_create|get_or_create|delete)\((?!self)")
    files = [
        path for layer in LAYERS for path in [*(ROOT / layer).glob("admin.py"), *(ROOT / layer).glob("api/**/*.py")]
    ]
    wrong = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files
        for line in path.read_text().splitlines()
        if writes.search(line) and "idempotency" not in path.name
    ]
    assert files
    assert wrong == []


@pytest.mark.django_db
def test_no_model_change_lacks_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_every_migration_has_a_name_that_a_person_gave() -> None:
    names = [path.name for path in ROOT.glob("*/migrations/0*.py")]
    assert names
    assert [name for name in names if "_auto_" in name] == []


def test_every_variable_of_the_environment_is_documented() -> None:
    reader = re.compile(r"""env\.(?:text|whole|switch|names|folder)\(\s*"([A-Z_]+)\"""")
    read = {name for path in modules("config") for name in reader.findall(path.read_text())}
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert read == documented


def test_no_file_names_a_place_on_the_machine_of_its_author() -> None:
    places = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/")
    files = [path for folder in (*LAYERS, "docs", "templates", "tools", "bench") for path in (ROOT / folder).rglob("*")]
    text = [path for path in files if path.suffix in {".py", ".md", ".html", ".json", ".toml", ".txt", ".sql"}]
    assert [str(path.relative_to(ROOT)) for path in text if places.search(path.read_text())] == []

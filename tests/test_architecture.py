"""What keeps the code base in shape, checked by reading it: imports, scopes, permissions, templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import get_resolver

from eldercare.middleware import is_public, permission_of
from eldercare.models import OrgUnit
from tests.test_outsider_matrix import patterns

ROOT = Path(settings.BASE_DIR)
APPS = ("eldercare", "facilities", "subsidies", "indicators")  # each may import those before it
COMPOSITION_ROOT = "eldercare.urls"
# Within an app: a layer may import the layers before it, and its own.
LAYERS = (
    {"rules"},
    {"models"},
    {"metrics", "actions"},
    {"pages", "forms"},
    {"resources"},
    {"tasks", "views", "api", "admin"},
    {"urls"},
)
PRODUCT = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
SOURCES = [path for path in PRODUCT if "migrations" not in path.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js")) + sorted((ROOT / "static").rglob("*.css"))
LONGEST = 450  # lines


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    """Modules that a file imports, wherever in it; ``from a import b`` counts as ``a.b``."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            yield from (f"{base}.{each.name}" for each in node.names)


def layer_of(module: str) -> int | None:
    """Which layer of its app a module belongs to; helpers outside the layers have none."""
    parts = module.split(".")
    name = parts[1] if len(parts) > 1 else ""
    for number, layer in enumerate(LAYERS):
        if name in layer:
            return number
    return None


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_apps_import_only_the_apps_below_them(path):
    module = module_of(path)
    if module == COMPOSITION_ROOT:
        return
    app = module.split(".")[0]
    above = APPS[APPS.index(app) + 1 :]
    assert [name for name in imports_of(path) if name.split(".")[0] in above] == []


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_layers_import_only_the_layers_below_them(path):
    module = module_of(path)
    own = layer_of(module)
    if own is None:
        return
    app = module.split(".")[0]
    inside = [name for name in imports_of(path) if name.split(".")[0] == app]
    assert [name for name in inside if (layer_of(name) or 0) > own] == []


def test_the_import_rules_would_notice_a_breach():
    assert layer_of("indicators.models.plans") < layer_of("indicators.actions.reports")
    assert layer_of("indicators.actions.reports") < layer_of("indicators.views.reports")
    assert layer_of("indicators.views.reports") < layer_of("indicators.urls.reports")
    assert layer_of("indicators.apps") is None
    assert "indicators.models.Plan" in set(imports_of(ROOT / "tests" / "indicators" / "factories.py"))


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/rules/*.py")), ids=short)
def test_rules_are_pure(path):
    """No Django and no database: a rule is a function of its arguments."""
    outside = {name.split(".")[0] for name in imports_of(path)}
    assert "django" not in outside
    inside = {name for name in imports_of(path) if name.startswith(tuple(f"{app}." for app in APPS))}
    pure = (
        "indicators.rules",
        "facilities.rules",
        "eldercare.expressions",
        "eldercare.identity",
        "eldercare.permissions",
    )
    assert [name for name in inside if not name.startswith(pure)] == []


def scoped_models() -> list[type[models.Model]]:
    """Models that belong to an organisation unit; history tables are reached from their object instead."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in APPS
        and not hasattr(model, "pgh_tracked_model")
        and any(
            isinstance(each, models.ForeignKey) and each.name == "org_unit" and each.related_model is OrgUnit
            for each in model._meta.get_fields()
        )
    ]


@pytest.mark.parametrize("model", [OrgUnit, *scoped_models()], ids=lambda model: model.__name__)
def test_every_scoped_model_can_be_narrowed_to_what_a_user_may_see(model):
    assert hasattr(model.objects, "visible_to")


def test_scoped_models_are_found():
    assert {"User", "AuditEvent", "MonthlyReport", "MetricValue"} <= {
        each.__name__ for each in scoped_models()
    }


def test_no_page_but_sign_in_is_anonymous_and_every_other_names_its_permission():
    anonymous, unmarked = [], []
    for name, pattern in patterns(get_resolver()):
        if is_public(pattern.callback):
            anonymous.append(name)
        elif permission_of(pattern.callback) is None:
            unmarked.append(name)
    assert anonymous == ["sign-in"]
    assert unmarked == []


UTC_CALENDAR = re.compile(
    r"timezone\.now\(\)\.(month|year|day|date|replace|strftime)|datetime\.now\(\)|date\.today\(\)|utcnow\("
)


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_months_and_days_come_from_the_local_calendar(path):
    """At 00:30 on 1 January in Shanghai, ``timezone.now()`` still says December."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if UTC_CALENDAR.search(line)] == []


INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
    re.IGNORECASE,
)
COMMENT = re.compile(r"{%\s*comment.*?%}.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_templates_hold_no_inline_script_or_style(path):
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert [match.group() for match in INLINE.finditer(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_templates_name_nothing_on_another_host(path):
    assert (
        re.findall(r"(?:src|href|action)=[\"'](?:https?:)?//[^\"']+", path.read_text(encoding="utf-8")) == []
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_every_form_that_posts_carries_the_csrf_token(path):
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE)
    assert [form[:80] for form in forms if "{% csrf_token %}" not in form] == []


@pytest.mark.parametrize("path", [*SOURCES, *TESTS, *TEMPLATES, *SCRIPTS], ids=short)
def test_files_stay_short_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_nothing_is_marked_safe_that_came_from_outside(path):
    """``mark_safe`` only for constants, and each with its reason."""
    text = path.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "mark_safe(" in line and "noqa" not in line] == []

"""A small app with encrypted fields and history, for tests/eldercare/test_encryption*.py only.

``installed`` puts it into the running Django and makes its tables; they go with the test's transaction.
"""

import contextlib
from collections.abc import Iterator
from types import ModuleType

from django.apps import AppConfig, apps
from django.db import connection

LABEL = "encrypted"


@contextlib.contextmanager
def installed() -> Iterator[ModuleType]:
    config = AppConfig.create(__name__)
    config.apps = apps
    apps.app_configs[LABEL] = config
    try:
        config.import_models()
        apps.clear_cache()
        with connection.schema_editor() as editor:
            for model in config.get_models():
                editor.create_model(model)
        for model in config.get_models():
            for trigger in list(getattr(model._meta, "triggers", [])):
                trigger.register(model)  # as pgtrigger does at the start, for the apps that are there then
                trigger.install(model)
        yield config.models_module
    finally:
        del apps.app_configs[LABEL]
        apps.clear_cache()

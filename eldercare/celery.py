"""The Celery app: ``celery -A eldercare worker`` and ``celery -A eldercare beat``."""

import os
import sys

from celery import Celery
from celery.loaders.app import AppLoader
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured
from kombu.transport import TRANSPORT_ALIASES

from eldercare import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eldercare.settings")
TRANSPORT_ALIASES["folder"] = "eldercare.folder_broker:Transport"


class Loader(AppLoader):
    """Ends with the sentence, not with a traceback, when the settings refuse to load."""

    def config_from_object(self, *args, **kwargs):
        try:
            return super().config_from_object(*args, **kwargs)
        except (ImproperlyConfigured, embedded.EmbeddedError) as error:
            sys.exit(str(error))


app = Celery("eldercare", loader="eldercare.celery:Loader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def start_database(**_kwargs) -> None:
    """A worker needs the database; beat and the processes that only send tasks do not start it from here."""
    try:
        embedded.ensure_started()
    except embedded.EmbeddedError as error:
        sys.exit(str(error))

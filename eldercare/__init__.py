"""The project package. The Celery app is loaded with it, so that ``@shared_task`` finds it everywhere."""

from eldercare.celery import app as celery_app

__all__ = ("celery_app",)

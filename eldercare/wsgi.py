"""The WSGI application, for ``granian --interface wsgi eldercare.wsgi:application``."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from eldercare.embedded import EmbeddedError, ensure_started

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eldercare.settings")
try:
    application = get_wsgi_application()
    ensure_started()
except (ImproperlyConfigured, EmbeddedError) as error:
    sys.exit(str(error))

#!/usr/bin/env python
"""Django's command line; for a command that needs a database the embedded PostgreSQL is started or joined."""

import os
import sys

WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "portal",  # starts it itself, after its own checks
    "startapp",
    "version",
    "--help",
    "--version",
    "-h",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eldercare.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed for this Python: run `make setup`, then use .venv/bin/python.")

    from eldercare.embedded import EmbeddedError, ensure_started

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command not in WITHOUT_DATABASE and "--help" not in sys.argv:
            ensure_started()
        execute_from_command_line(sys.argv)
    except (EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

"""Health check of the web container: the sign-in page answers. Ends with 0 or, with a sentence, with 1."""

import http.client
import os
import sys


def main() -> None:
    port = int(os.environ.get("PORT") or 8000)
    host = next(iter(os.environ.get("ALLOWED_HOSTS", "").split(",")), "").strip().lstrip(".") or "127.0.0.1"
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        # Without the word of the proxy that the connection is secure, the portal redirects to https.
        link.request("GET", "/sign-in/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        status = link.getresponse().status
    except OSError as error:
        sys.exit(f"The web server does not answer on port {port}: {error}.")
    if status != 200:
        sys.exit(f"The sign-in page answers with status {status}.")


if __name__ == "__main__":
    main()

"""If-Match: what is written was written for the state that the program has read."""

from django.utils.http import parse_etags
from rest_framework.request import Request

from eldercare.api.problems import Problem

CHANGED = "内容在您读取之后已有变化，请重新读取后再试。"
NEEDED = "请带上 If-Match 请求头，写明读取时的 ETag，以确认所写的就是所看到的。"


def match(request: Request, tag: str, *, required: bool = False) -> None:
    """Compare with the resource's present tag. Raises Problem (412, or 428 when there is nothing to compare)."""
    wanted = parse_etags(request.headers.get("If-Match", ""))
    if not wanted:
        if required:
            raise Problem(NEEDED, 428)
        return
    if wanted != ["*"] and tag not in wanted:
        raise Problem(CHANGED, 412)

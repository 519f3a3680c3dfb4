"""A change of rules that moves something is shown beside what stands before it is saved."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from subsidies.actions.replays import NeedsReplay, request_replay
from subsidies.forms.replays import ReplayFilterForm
from subsidies.models import RuleReplay
from subsidies.pages import replays as pages
from subsidies.tasks import hint_replays

LONG = 60  # seconds of waiting after which the page says whom to ask
STALE = "对比以后，规则或者享受人员的资料有了变动，已按最新的资料重新计算。请看过结果后再确认保存。"


def replayed_first(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A form whose change moves what people get leads to its replay; from there it is sent once more, with the digest."""

    @wraps(view)
    def inner(request: HttpRequest, *args: int, **kwargs: int) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NeedsReplay as needed:
            replay = request_replay(needed=needed, address=request.path, typed=request.POST, by=request.user)
            if needed.is_stale:
                messages.warning(request, STALE)
            if replay.state == RuleReplay.State.WAITING:
                hint_replays()
            return redirect("programme-replay", replay.pk)

    return inner


def digest_in(request: HttpRequest) -> str:
    """That of the replay that was seen; "" without one."""
    return request.POST.get("replay", "")


def typed_in(request: HttpRequest) -> QueryDict | None:
    """What a form is filled with: what is sent, or what was sent before a replay that the person came back from."""
    if request.method == "POST":
        return request.POST
    number = request.GET.get("replay", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    mine = RuleReplay.objects.visible_to(request.user).filter(requested_by=request.user, address=request.path)
    replay = mine.filter(pk=number).first()
    return QueryDict(replay.typed) if replay and replay.typed else None


def find(request: HttpRequest, pk: int) -> RuleReplay:
    replays = RuleReplay.objects.visible_to(request.user).select_related("programme", "requested_by")
    return get_object_or_404(replays, pk=pk)


@never_cache
@require_safe
@requires(Permission.EDIT_PROGRAMMES)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    replay = find(request, pk)
    context = {
        "replay": replay,
        "programme": replay.programme,
        "state": pages.state_badge(replay),
        "sheet": pages.sheet_of(replay) if replay.state == RuleReplay.State.DONE else None,
        "is_mine": replay.requested_by_id == request.user.pk,
        "sees_people": request.user.may(Permission.VIEW_PEOPLE),
        "is_waiting_long": _is_waiting_long(replay),
    }
    return render(request, "programmes/replay.html", context)


@never_cache
@require_safe
@requires(Permission.EDIT_PROGRAMMES)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the worker has come; when it is done, the page is loaded anew."""
    replay = find(request, pk)
    if not request.htmx:
        return redirect("programme-replay", pk)
    if replay.state != RuleReplay.State.WAITING:
        return HttpResponseClientRefresh()
    context = {"replay": replay, "is_waiting_long": _is_waiting_long(replay)}
    return render(request, "programmes/_replay_working.html", context)


def _is_waiting_long(replay: RuleReplay) -> bool:
    waited = timezone.now() - replay.requested_at
    return not replay.attempts and waited.total_seconds() > LONG


@never_cache
@require_safe
@requires(Permission.EDIT_PROGRAMMES)
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who gets another amount, how much and why."""
    if not request.user.may(Permission.VIEW_PEOPLE):
        raise PermissionDenied
    replay = find(request, pk)
    form = ReplayFilterForm(request.GET, user=request.user, replay=replay)
    everything = replay.lines.visible_to(request.user)
    rows = pages.filter_people(everything, form.chosen())
    total = pages.totals_of(rows)
    return list_page(
        request,
        pages.listing_for(replay),
        form=form,
        everything=everything,
        rows=rows,
        template="programmes/replay_people.html",
        context={"replay": replay, "programme": replay.programme, "total": total},
        count=total["count"],
    )

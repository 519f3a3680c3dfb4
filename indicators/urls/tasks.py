"""Addresses of key tasks, below /tasks/."""

from django.urls import path

from indicators.views import task_months, task_rounds, tasks

urlpatterns = [
    path("", tasks.task_list, name="task-list"),
    path("new/", tasks.create, name="task-create"),
    path("calendar/", tasks.calendar, name="task-calendar"),
    path("months/<report_month:month>/", task_months.overview, name="task-month"),
    path("months/<report_month:month>/remind/", task_months.remind, name="task-remind"),
    path("months/<report_month:month>/check/", task_months.check, name="task-check"),
    path("months/<report_month:month>/decide/", task_months.decide, name="task-decide"),
    path("months/<report_month:month>/notice/", task_months.notice, name="task-notice"),
    path("months/<report_month:month>/notice/issue/", task_months.notice_issue, name="task-notice-issue"),
    path("months/<report_month:month>/units/<slug:code>/", task_months.entry, name="task-entry"),
    path("months/<report_month:month>/units/<slug:code>/save/", task_months.save, name="task-save"),
    path("evidence/<int:pk>/", task_months.evidence_file, name="task-evidence"),
    path("evidence/<int:pk>/remove/", task_months.evidence_remove, name="task-evidence-remove"),
    path("rounds/", task_rounds.round_list, name="round-list"),
    path("rounds/new/", task_rounds.round_create, name="round-create"),
    path("rounds/<int:pk>/", task_rounds.round_detail, name="round"),
    path("rounds/<int:pk>/self/", task_rounds.round_self, name="round-self"),
    path("rounds/<int:pk>/scores/", task_rounds.round_scores, name="round-scores"),
    path("rounds/<int:pk>/close/", task_rounds.round_close, name="round-close"),
    path("supervisions/", task_rounds.supervision_list, name="supervision-list"),
    path("supervisions/<int:pk>/", task_rounds.supervision, name="supervision"),
    path("supervisions/<int:pk>/reply/", task_rounds.supervision_reply, name="supervision-reply"),
    path("supervisions/<int:pk>/close/", task_rounds.supervision_close, name="supervision-close"),
    path("<slug:code>/", tasks.task, name="task"),
    path("<slug:code>/edit/", tasks.edit, name="task-edit"),
    path("<slug:code>/state/", tasks.state, name="task-state"),
    path("<slug:code>/confirm/", tasks.confirm, name="task-confirm"),
    path("<slug:code>/milestones/<int:pk>/", tasks.milestone, name="task-milestone"),
    path("<slug:code>/supervise/", task_rounds.supervision_create, name="supervision-create"),
]

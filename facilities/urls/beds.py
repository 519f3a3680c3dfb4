from django.urls import path

from facilities.views import beds, stays, waiting

urlpatterns = [
    path("", beds.bed_list, name="bed-list"),
    path("new/", beds.create, name="bed-create"),
    path("many/", beds.many, name="bed-many"),
    path("<int:pk>/", beds.detail, name="bed-detail"),
    path("<int:pk>/edit/", beds.edit, name="bed-edit"),
    path("stays/", stays.stay_list, name="stay-list"),
    path("stays/new/", stays.move_in, name="stay-create"),
    path("stays/<int:pk>/", stays.detail, name="stay-detail"),
    path("stays/<int:pk>/edit/", stays.edit, name="stay-edit"),
    path("stays/<int:pk>/leave/", stays.move_out, name="stay-move-out"),
    path("stays/<int:pk>/bed/", stays.change_bed, name="stay-change-bed"),
    path("stays/<int:pk>/delete/", stays.delete, name="stay-delete"),
    path("waiting/", waiting.waiting_list, name="waiting-list"),
    path("waiting/new/", waiting.create, name="waiting-create"),
    path("waiting/of/<int:pk>/", waiting.facility_queue, name="waiting-facility"),
    path("waiting/<int:pk>/", waiting.detail, name="waiting-detail"),
    path("waiting/<int:pk>/edit/", waiting.edit, name="waiting-edit"),
    path("waiting/<int:pk>/order/", waiting.move, name="waiting-move"),
    path("waiting/<int:pk>/close/", waiting.close, name="waiting-close"),
    path("waiting/<int:pk>/admit/", waiting.admit, name="waiting-admit"),
]

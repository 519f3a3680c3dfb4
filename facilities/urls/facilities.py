from django.urls import path

from facilities.views import facilities, facility_parts

urlpatterns = [
    path("", facilities.facility_list, name="facility-list"),
    path("new/", facilities.facility_create, name="facility-create"),
    path("overview/", facilities.facility_overview, name="facility-overview"),
    path("<int:pk>/", facilities.facility_detail, name="facility-detail"),
    path("<int:pk>/edit/", facilities.facility_edit, name="facility-edit"),
    path("<int:pk>/close/", facility_parts.facility_close, name="facility-close"),
    path("<int:pk>/reopen/", facility_parts.facility_reopen, name="facility-reopen"),
    path("<int:pk>/ratings/new/", facility_parts.rating_create, name="facility-rating-create"),
    path("<int:pk>/ratings/<int:rating>/", facility_parts.rating_edit, name="facility-rating-edit"),
    path(
        "<int:pk>/ratings/<int:rating>/delete/", facility_parts.rating_delete, name="facility-rating-delete"
    ),
    path("<int:pk>/villages/new/", facility_parts.coverage_add, name="facility-coverage-add"),
    path("<int:pk>/villages/<int:coverage>/", facility_parts.coverage_edit, name="facility-coverage-edit"),
]

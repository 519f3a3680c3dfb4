from django.urls import include, path

urlpatterns = [
    path("facilities/", include("facilities.urls.facilities")),
    path("beds/", include("facilities.urls.beds")),
    path("staff/", include("facilities.urls.staff")),
]

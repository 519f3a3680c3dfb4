from django.urls import path

from facilities.views import staff, staff_attendance, staff_courses, staff_parts

urlpatterns = [
    path("", staff.staff_list, name="caregiver-list"),
    path("find/", staff.find, name="caregiver-find"),
    path("new/", staff.create, name="caregiver-create"),
    path("<int:pk>/", staff.detail, name="caregiver-detail"),
    path("<int:pk>/edit/", staff.edit, name="caregiver-edit"),
    path("<int:pk>/posts/new/", staff_parts.add_post, name="employment-create"),
    path("posts/<int:pk>/edit/", staff_parts.edit_post, name="employment-edit"),
    path("posts/<int:pk>/end/", staff_parts.end_post, name="employment-end"),
    path("<int:pk>/certificates/new/", staff_parts.add_certificate, name="certificate-create"),
    path("certificates/<int:pk>/edit/", staff_parts.edit_certificate, name="certificate-edit"),
    path("certificates/<int:pk>/remove/", staff_parts.remove_certificate, name="certificate-remove"),
    path("<int:pk>/trainings/new/", staff_parts.add_training, name="training-create"),
    path("trainings/<int:pk>/edit/", staff_parts.edit_training, name="training-edit"),
    path("trainings/<int:pk>/remove/", staff_parts.remove_training, name="training-remove"),
    path("courses/new/", staff_courses.course, name="training-course"),
    path("attendance/", staff_attendance.overview, name="attendance-list"),
    path("attendance/<int:facility>/<str:month>/", staff_attendance.grid, name="attendance-grid"),
    path("attendance/<int:facility>/<str:month>/save/", staff_attendance.save, name="attendance-save"),
]

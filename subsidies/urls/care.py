"""Addresses of care at home: visits, home adaptation, family beds."""

from django.urls import path

from subsidies.views import adaptations, family_beds, visit_home, visit_rates, visit_rules, visits

urlpatterns = [
    path("care/", visit_home.home, name="care-home"),
    path("care/find/<slug:what>/", visit_home.find, name="care-find"),
    path("care/visits/", visits.visit_list, name="visit-list"),
    path("care/visits/due/", visits.due, name="visit-due"),
    path("care/visits/due/<str:code>/", visits.village, name="visit-village"),
    path("care/visits/due/<str:code>/many/", visits.many, name="visit-many"),
    path("care/visits/of/<int:elder>/", visits.person, name="visit-person"),
    path("care/visits/of/<int:elder>/new/", visits.create, name="visit-create"),
    path("care/visits/of/<int:elder>/quick/", visits.quick, name="visit-quick"),
    path("care/visits/<int:pk>/undo/", visits.undo, name="visit-undo"),
    path("care/visits/rates/", visit_rates.rates, name="visit-rates"),
    path("care/visits/rates/list/", visit_rates.due_list, name="visit-due-list"),
    path("care/visits/rules/", visit_rules.rule_list, name="visit-rule-list"),
    path("care/visits/rules/new/", visit_rules.create, name="visit-rule-create"),
    path("care/visits/rules/<int:pk>/", visit_rules.edit, name="visit-rule-edit"),
    path("care/visits/rules/<int:pk>/remove/", visit_rules.remove, name="visit-rule-remove"),
    path("care/adaptations/", adaptations.adaptation_list, name="adaptation-list"),
    path("care/adaptations/figures/", adaptations.figures, name="adaptation-figures"),
    path("care/adaptations/new/<int:elder>/", adaptations.create, name="adaptation-create"),
    path("care/adaptations/<int:pk>/", adaptations.detail, name="adaptation-detail"),
    path("care/adaptations/<int:pk>/edit/", adaptations.edit, name="adaptation-edit"),
    path("care/adaptations/<int:pk>/step/", adaptations.step, name="adaptation-step"),
    path("care/adaptations/<int:pk>/back/", adaptations.back, name="adaptation-back"),
    path("care/adaptations/<int:pk>/cancel/", adaptations.cancel, name="adaptation-cancel"),
    path("care/family-beds/", family_beds.family_bed_list, name="family-bed-list"),
    path("care/family-beds/new/<int:elder>/", family_beds.create, name="family-bed-create"),
    path("care/family-beds/<int:pk>/", family_beds.detail, name="family-bed-detail"),
    path("care/family-beds/<int:pk>/edit/", family_beds.edit, name="family-bed-edit"),
    path("care/family-beds/<int:pk>/step/", family_beds.step, name="family-bed-step"),
    path("care/family-beds/<int:pk>/back/", family_beds.back, name="family-bed-back"),
    path("care/family-beds/<int:pk>/end/", family_beds.end, name="family-bed-end"),
]

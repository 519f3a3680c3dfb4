"""Addresses of building a plan, below /plans/."""

from django.urls import path

from indicators.views import indicator_edit, plan_building, plan_building_forms

urlpatterns = [
    path("build/", plan_building.build, name="plan-build"),
    path("build/template/", plan_building.template, name="plan-build-template"),
    path("build/apply/", plan_building.apply, name="plan-build-apply"),
    path("build/new/", plan_building_forms.create, name="plan-new"),
    path("<slug:code>/workbook/", plan_building.workbook, name="plan-workbook"),
    path("<slug:code>/facts/", plan_building_forms.facts, name="plan-facts"),
    path("<slug:code>/contents/", plan_building_forms.contents, name="plan-contents"),
    path("<slug:code>/contents/add/", indicator_edit.add, name="plan-indicator-add"),
    path("<slug:code>/contents/check/", indicator_edit.check_new, name="plan-indicator-check"),
    path("<slug:code>/contents/<int:number>/move/", plan_building_forms.move, name="plan-indicator-move"),
    path("<slug:code>/delete/", plan_building_forms.delete, name="plan-delete"),
]

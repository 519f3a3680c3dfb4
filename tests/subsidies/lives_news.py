"""Late news about random lives: deaths, moves, assessments, applications and rules that become known afterwards."""

import datetime as dt
from decimal import Decimal

from eldercare.spells import Spells
from subsidies.models import Assessment, Certification, Elder, ElderTag, Enrolment, Exclusion, RuleVersion
from tests.subsidies.lives import AMOUNTS, ELIGIBILITIES, FIRST, TAGS, County
from tests.subsidies.oracle import plus


class NewsyCounty(County):
    """A county about which something becomes known whenever ``news`` is called."""

    def news(self, number: int) -> None:
        """So many things that become known, about any month and in any table."""
        for _ in range(number):
            self.pick(*[self.person_news] * 3, *[self.place_news] * 3, self.rule_news)()

    def person_news(self) -> None:
        elder = Elder.objects.get(pk=self.pick(*self.elders).pk)
        what = self.pick(
            "death", "move", "tag", "assessment", "certification", "adaptation", "birth", "merge"
        )
        if what == "tag":
            tag, _ = ElderTag.objects.get_or_create(elder=elder, kind=self.pick(*TAGS))
            tag.held = self.pick(Spells(), Spells.since(self.day()), tag.held.ended(self.day()))
            tag.save()
        elif what == "assessment":
            day = self.day()
            if self.chance(0.3):
                elder.assessments.all().delete()
            elif not elder.assessments.filter(assessed_on=day).exists():
                Assessment.objects.bulk_create(self.assessments_on(elder, day))
        elif what == "certification":
            if self.chance(0.3):
                elder.certifications.all().delete()
            else:
                Certification.objects.get_or_create(elder=elder, certified_on=self.day())
        elif what == "adaptation":
            self.adaptation(elder).save()
        else:
            self.change(elder, what)
            elder.save()

    def change(self, elder: Elder, what: str) -> None:
        if what == "death":
            elder.died_on = None if elder.died_on and self.chance(0.4) else self.day()
        elif what == "move":
            setattr(elder, self.pick("registered", "resident"), self.spells(0.2))
        elif what == "birth":
            elder.born_on = self.pick(plus(elder.born_on.replace(day=1), 1), elder.born_on.replace(day=3))
        elif what == "merge" and self.chance(0.5):
            kept = self.pick(*self.elders)
            elder.merged_into_id = None if elder.merged_into_id or kept.pk == elder.pk else kept.pk

    def place_news(self) -> None:
        enrolment = Enrolment.objects.get(pk=self.pick(*self.enrolments).pk)
        match self.pick("approve", "end", "suspend", "not before", "applied", "new", "reopen"):
            case "approve" if enrolment.state == "noticed":
                enrolment.state, enrolment.approved_on = "running", self.day()
            case "end" if enrolment.state == "running":
                enrolment.state, enrolment.ended_from, enrolment.end_reason = "ended", self.month(), "other"
            case "reopen" if enrolment.state == "ended" and not self.is_taken(enrolment):
                enrolment.state, enrolment.ended_from, enrolment.end_reason = "running", None, ""
            case "suspend":
                enrolment.suspended = self.pick(Spells(), Spells.since(self.month()), self.suspensions())
            case "not before":
                enrolment.not_before = self.pick(None, self.month())
            case "applied":
                enrolment.applied_on = self.day(plus(FIRST, -3))
            case "new":
                self.newcomer()
        self.unless_paid_twice(enrolment)

    def unless_paid_twice(self, enrolment: Enrolment) -> bool:
        """Save it, unless another place of the holder in the programme covers the same months."""
        same = Enrolment.objects.payable().filter(programme=enrolment.programme_id, elder=enrolment.elder_id)
        first, last = enrolment.not_before or dt.date.min, enrolment.ended_from or dt.date.max
        for other in same.exclude(pk=enrolment.pk) if enrolment.state in Enrolment.PAYABLE else ():
            begins, ends = other.not_before or dt.date.min, other.ended_from or dt.date.max
            if max(first, begins) < min(last, ends):
                return False
        enrolment.save()
        return True

    def is_taken(self, enrolment: Enrolment) -> bool:
        same = Enrolment.objects.filter(programme=enrolment.programme_id, elder=enrolment.elder_id)
        return same.filter(state__in=Enrolment.OPEN).exclude(pk=enrolment.pk).exists()

    def newcomer(self) -> None:
        """Somebody whom only late news brings into a programme."""
        enrolment = self.enrolment(self.pick(*self.programmes), self.pick(*self.elders))[0]
        if not self.is_taken(enrolment) and self.unless_paid_twice(enrolment):
            self.enrolments.append(enrolment)

    def rule_news(self) -> None:
        version = self.pick(*RuleVersion.objects.filter(programme__in=self.programmes))
        match self.pick("band", "new band", "rules", "version", "exclusion", "no exclusion", "end"):
            case "band":
                band = self.pick(*version.bands.all())
                band.amount = Decimal(self.pick(*AMOUNTS))
                band.save()
            case "new band":
                self.band(version)
            case "rules":
                version.death = self.pick(*RuleVersion.Stop.values)
                version.eligibility = self.pick(*ELIGIBILITIES)
                version.save()
            case "version":
                month = self.month()
                if not version.programme.versions.filter(effective_from=month).exists():
                    self.version(version.programme, month)
            case "exclusion":
                self.exclusion()
            case "no exclusion":
                Exclusion.objects.filter(yielding=version.programme).delete()
            case "end":
                programme = version.programme
                programme.ends_on = self.pick(None, self.month(plus(FIRST, 12)))
                programme.save()

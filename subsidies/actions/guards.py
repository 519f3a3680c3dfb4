"""What every write of programmes and their rules makes sure of."""

from eldercare.errors import NotAllowed
from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission


def require_editor(by: User, county: OrgUnit) -> None:
    if not by.may(Permission.EDIT_PROGRAMMES):
        raise NotAllowed(f"{by.get_role_display()}不能修改补贴政策。")
    if not by.org_unit.contains(county):
        raise NotAllowed("只能修改本县的补贴项目。")

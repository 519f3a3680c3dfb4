"""Make the first administrator of a county; prints an initial password that must be changed at sign-in."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eldercare.accounts import create_first_administrator
from eldercare.errors import Refused
from eldercare.models import OrgUnit


class Command(BaseCommand):
    help = "create_administrator USERNAME --name 姓名 --org 330424"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="full name")
        parser.add_argument("--org", required=True, help="code of the county")

    def handle(self, *args, **options) -> None:
        unit = OrgUnit.objects.filter(code=options["org"]).first()
        if unit is None:
            raise CommandError(f"没有代码为“{options['org']}”的组织单位，请先运行 manage.py load_fixtures。")
        try:
            user, password = create_first_administrator(
                username=options["username"], full_name=options["name"], org_unit=unit
            )
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已新建系统管理员 {user.username}，初始密码：{password}（首次登录须修改）")

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0003_people_actions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("sign_in", "登录"),
                    ("sign_in_failed", "登录失败"),
                    ("locked_out", "账号锁定"),
                    ("sign_out", "退出"),
                    ("password", "修改密码"),
                    ("account", "账号管理"),
                    ("report", "月报流转"),
                    ("figure", "填报数据"),
                    ("plan", "规划与指标"),
                    ("confirm", "指标确认"),
                    ("task", "重点任务"),
                    ("remind", "催报"),
                    ("ledger", "台账"),
                    ("import", "上传"),
                    ("person", "查看人员档案"),
                    ("enrolment", "补贴资格"),
                    ("programme", "补贴政策"),
                    ("payment", "补贴发放"),
                    ("reveal", "查看完整号码"),
                    ("export", "导出"),
                    ("denied", "越权访问"),
                ],
                max_length=20,
                verbose_name="动作",
            ),
        ),
        migrations.AlterField(
            model_name="orgunit",
            name="level",
            field=models.CharField(
                choices=[
                    ("city", "市"),
                    ("county", "县(市、区)"),
                    ("township", "镇(街道)"),
                    ("village", "村(社区)"),
                    ("reporting", "非区划填报单位"),
                    ("department", "部门"),
                ],
                max_length=10,
                verbose_name="级别",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("township_clerk", "乡镇(街道)经办"),
                    ("department_clerk", "部门联络员"),
                    ("county_clerk", "县级经办"),
                    ("county_reviewer", "县级审核"),
                    ("leader", "领导"),
                    ("administrator", "系统管理员"),
                    ("auditor", "审计员"),
                ],
                max_length=20,
                verbose_name="角色",
            ),
        ),
        migrations.AlterField(
            model_name="userevent",
            name="role",
            field=models.CharField(
                choices=[
                    ("township_clerk", "乡镇(街道)经办"),
                    ("department_clerk", "部门联络员"),
                    ("county_clerk", "县级经办"),
                    ("county_reviewer", "县级审核"),
                    ("leader", "领导"),
                    ("administrator", "系统管理员"),
                    ("auditor", "审计员"),
                ],
                max_length=20,
                verbose_name="角色",
            ),
        ),
    ]

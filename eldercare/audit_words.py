"""The detail of a log entry in words that an auditor reads."""

from eldercare.permissions import Permission

KEYS = {
    "reason": "原因",
    "method": "方式",
    "permission": "所需权限",
    "step": "操作",
    "role": "角色",
    "unit": "单位",
    "name": "姓名",
    "rows": "行数",
    "conditions": "筛选条件",
    "month": "月份",
    "org": "单位",
    "value": "数值",
    "before": "原值",
    "after": "新值",
    "metric": "指标",
    "figures": "数据",
    "changes": "修改",
    "date": "日期",
    "quantity": "数量",
    "evidence": "依据",
    "note": "意见",
    "field": "项目",
    "place": "机构",
    "file": "文件校验和",
    "batch": "上传编号",
    "new": "新增",
    "changed": "变更",
    "closed": "停用",
    "left": "未写入",
    "kept": "未撤销",
    "scopes": "权限",
    "credential": "接口凭证",
}
VALUES = {
    "idle": "长时间未操作",
    "expired": "登录已满最长时限",
    "GET": "打开",
    "POST": "提交",
    "township_clerk": "乡镇(街道)经办",
    "department_clerk": "部门联络员",
    "county_clerk": "县级经办",
    "county_reviewer": "县级审核",
    "leader": "领导",
    "administrator": "系统管理员",
    "auditor": "审计员",
    Permission.VIEW_REPORTS: "查看月报",
    Permission.ENTER_REPORTS: "填报数据",
    Permission.REVIEW_REPORTS: "审核月报",
    Permission.REMIND_UNITS: "催报",
    Permission.VIEW_INDICATORS: "查看指标",
    Permission.VIEW_LEDGERS: "查看台账",
    Permission.EDIT_LEDGERS: "维护台账",
    Permission.REVEAL_NUMBERS: "查看完整号码",
    Permission.VIEW_PEOPLE: "查看老年人档案",
    Permission.EDIT_PEOPLE: "维护老年人档案",
    Permission.MERGE_PEOPLE: "并档",
    Permission.CHECK_ENROLMENTS: "受理、审核补贴申请",
    Permission.APPROVE_ENROLMENTS: "审批补贴资格",
    Permission.EDIT_PROGRAMMES: "维护补贴政策",
    Permission.VIEW_PAYMENTS: "查看发放情况",
    Permission.PREPARE_PAYMENTS: "编制发放批次",
    Permission.APPROVE_PAYMENTS: "审批发放批次",
    Permission.EDIT_PLANS: "修改规划",
    Permission.CONFIRM_INDICATORS: "确认指标",
    Permission.VIEW_TASKS: "查看重点任务",
    Permission.REPORT_TASKS: "填报任务进展",
    Permission.EDIT_TASKS: "维护重点任务",
    Permission.EVALUATE_TASKS: "审核、评估重点任务",
    Permission.MANAGE_TOKENS: "管理系统对接凭证",
    Permission.MANAGE_ACCOUNTS: "管理账号",
    Permission.VIEW_LOG: "查看日志",
}


def detail_text(detail: dict) -> str:
    parts = (
        f"{KEYS.get(key, key)}：{_value(value)}"
        for key, value in detail.items()
        if value not in ("", None, [], {})
    )
    return "；".join(parts)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_value(item) for item in value)
    if isinstance(value, dict):
        return "、".join(f"{key} {_value(item)}" for key, item in value.items())
    return VALUES.get(value, str(value)) if isinstance(value, str) else str(value)

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from declarations import outbox, reminders


class Command(BaseCommand):
    help = (
        "Writes reminders and the mails of the day, and sends what lies in the outbox. To be run every few minutes; "
        "run twice, or by two at once, it sends nothing twice. 发送通知：生成到期提醒和每日汇总，发送待发邮件。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        reminded = reminders.remind(now)
        daily = outbox.write_daily_mails(now)
        result = outbox.send_mails(now)
        self.stdout.write(
            f"提醒 {reminded} 条，每日汇总 {daily} 封；邮件已发送 {result.sent} 封，"
            f"失败待重试 {result.failed} 封，放弃 {result.given_up} 封。"
        )

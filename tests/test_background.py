"""What a script asks for behind a page leaves the messages to the page that somebody sees next."""

from django.urls import reverse

from declarations.enums import Status
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.comments import reviewer_of

HEADERS = {"X-Background": "yes"}


def test_message_waits_for_a_page_that_is_seen(db: None) -> None:
    client = builders.client_of(builders.user(Role.PREPARER))
    client.post(reverse("declarations:notice_read_all"))
    assert "条通知标为已读" not in client.get("/", headers=HEADERS).content.decode()
    assert "条通知标为已读" in client.get("/").content.decode()
    assert "条通知标为已读" not in client.get("/").content.decode()


def test_comment_that_a_script_sends_leaves_no_message(db: None) -> None:
    made = builders.declaration(Status.IN_REVIEW)
    client = builders.client_of(reviewer_of(made))
    address = reverse("declarations:comment_add", args=[made.pk])
    for text, headers, told in (("一", HEADERS, False), ("二", {}, True)):
        sent = {"digest": made.submission.digest, "path": "", "text": text, "audience": "shared", "page": "review"}
        assert client.post(address, sent, headers=headers).status_code == 302
        assert ("意见已提交" in client.get("/").content.decode()) == told
    assert made.comments.count() == 2

"""What customers write arrives complete and harmless, read by the standard library's parser (R-NT-3, R-NT-6)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest

from deliveries.round import deliver
from ingestion.settings import Settings
from tests.deliveries.desk import mailing, notice, publish
from tests.deliveries.postbox import served

BIDI = "\u202e\u2066\u200f"
TEXTS = {
    "line breaks": "Stuck\r\nBcc: everybody@example.com\r\n\r\nHello",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)> & 'quoted' \"text\"",
    "a link": '<a href="https://evil.example">click</a> javascript:alert(1)',
    "directions": f"exe.{BIDI}cod annual report",
    "controls": "a\x00b\x07c\x1b[31md",
    "template": "{{ 7 * 7 }} {% raw %} {{ settings.smtp_password }}",
    "encoded word": "=?utf-8?q?Bcc=3A_all=40example.com?=",
    "very long": "long " * 40_000 + "the end",
    "one long word": "x" * 200_000,
    "emoji": "👩‍💻 Größe Ł 日本語",
    "dots": ".\r\n.\r\nQUIT\r\n",
    "nothing": "",
}


class Page(HTMLParser):
    """Tags, addresses and the text that a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def received(tmp_path: Path, row: dict) -> EmailMessage:
    publish(tmp_path, [row])
    with served(data_size_limit=None) as postbox:
        settings = Settings(data_dir=tmp_path)
        told = deliver(
            settings, mailing(tmp_path, postbox.port, mail_reply_to="data@example.com"), settings.published_path
        )
        assert told.counts == {"sent": 1}, told
        assert postbox.recipients == ["carla@example.com"]
        (mail,) = postbox.mails
    return mail


def bodies(mail: EmailMessage) -> tuple[str, Page]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), Page(html.get_content())


def words(text: str) -> str:
    """Without what separates words, invisible marks included."""
    return "".join(letter for letter in text if letter.isprintable() and not letter.isspace())


@pytest.mark.parametrize("what", TEXTS)
def test_hostile_text_arrives_complete_and_harmless(tmp_path: Path, what: str) -> None:
    text = TEXTS[what]
    fields = ("ticket_subject", "account_name", "contact_name", "csm_name")
    mail = received(tmp_path, notice(1) | dict.fromkeys(fields, text) | {"contact_email": text})
    plain, page = bodies(mail)

    assert set(mail.keys()) == {
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id", "MIME-Version"),
        *("X-Auto-Response-Suppress", "Content-Type"),
        *("X-Support-Signals-Kind", "X-Support-Signals-Account", "X-Support-Signals-Ticket"),
    }
    assert [address.addr_spec for address in mail["To"].addresses] == ["carla@example.com"]
    assert len(mail["Subject"]) <= 200
    assert not mail.defects
    # all of it is there, as text
    shown = "".join(" " if letter in BIDI else letter for letter in text)
    for body in (plain, page.text):
        assert words(shown) in words(body)
        assert not set(body) & set(BIDI)
        assert "\x00" not in body
    assert set(page.tags) <= {
        *("html", "head", "meta", "title", "body", "div", "p", "bdi", "b", "h2", "a", "table", "tr", "td", "br", "span")
    }
    assert page.links == ["https://gitlab.zendesk.com/tickets/1"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", 'https://x.example/"onclick=alert(1)', "http://gitlab.zendesk.com/tickets/1", None]
)
def test_an_address_that_is_no_page_is_no_link(tmp_path: Path, url: str | None) -> None:
    plain, page = bodies(received(tmp_path, notice(1, ticket_url=url, salesforce_case_url=url)))
    assert page.links == []
    assert "#1" in plain
    assert "javascript" not in plain


def test_a_mail_holds_all_that_a_csm_needs(tmp_path: Path) -> None:
    """R-NT-3: ticket, case, account, contact and its address, date; to the CSM. R-NT-7: what to search for."""
    opened = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    case = "https://gitlab.my.salesforce.com/5004M0000134SSKQA2"
    (tmp_path / "deliveries.toml").write_text('[default]\ntime_zone = "Europe/Amsterdam"\n')
    mail = received(tmp_path, notice(7, salesforce_case_url=case, opened_at=opened, csm_source="manager"))
    plain, page = bodies(mail)
    for text in (plain, page.text):
        for wanted in ("Alpine Robotics", "Ada Lovelace", "ada@alpine.example", "Carla Sanchez", "Runner 7 is stuck"):
            assert wanted in text
        assert "Sunday, 1 March 2026, 10:30 CET" in text
        assert "you are told as their manager" in text
        assert "/api/v2/" not in text
    assert case in plain
    assert page.links == ["https://gitlab.zendesk.com/tickets/7", case]
    assert str(mail["Subject"]) == "[Support] Alpine Robotics: Runner 7 is stuck (#7)"
    assert str(mail["Reply-To"]) == "data@example.com"


def test_a_case_that_is_not_there_yet_is_said_in_words(tmp_path: Path) -> None:
    """E-25: the mail never waits for it in silence."""
    plain, page = bodies(received(tmp_path, notice(1)))
    assert "no Salesforce case yet" in plain
    assert "no Salesforce case yet" in page.text

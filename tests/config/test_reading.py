"""A configuration file is read completely, or every problem in it is reported with key and line."""

from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tzlocal import get_localzone_name

from harvester.config import Config, load
from harvester.config.schedule import Schedule
from harvester.errors import ConfigError
from harvester.model import JournalFacts

BAD = sorted((Path(__file__).parent / "bad").glob("*.toml"))

FULL = """
timezone = "UTC"
[store]
url = "sqlite:///data/h.sqlite"
[exports]
dir = "out"
schedule = "@daily"
[crossref]
depositor_name = "Example University Press"
depositor_email = "doi@example.org"
registrant = "Example"
prefixes = ["10.12345"]
registered_dois = ["10.12345/LMCS-*"]
schema_version = "5.4.0"
title_order = "article-language-last"
crossmark_policy = "10.12345/crossmark-policy"
max_records = 10
max_bytes = 200_000
deposit = "live"
login = "abcd"
password_file = "crossref-password.txt"
deposit_url = "http://127.0.0.1:8123"
api_url = "http://localhost:8123/"
contact = "me@example.org"
deposit_schedule = "30 5 * * *"
max_in_flight = 50
pace = 0.5
[defaults]
formats = ["jats", "oai_dc"]
delay = 1
repairs = { ligatures = true }
[sources.first]
url = "https://journal.example.org/index.php/j/oai"
sets = ["j:ART"]
username = "harvester"
password_env = "TEST_PASSWORD"
headers = { Accept-Language = "en" }
headers_env = { X-Api-Key = "TEST_KEY" }
headers_file = { X-Other = "other.txt" }
deadline = 60
retries = 2
retry_cap = 30.5
contact = "library@example.org"
name_order = "family-first"
citation_profile = "scielo"
date_profile = "dspace"
organizations = ["University of Example, Extension Service"]
abstract_types = ["executive-summary"]
journal = "2049-3630"
journals = { "ex:ART" = "1234-5679" }
article_types = ["cover"]
schedule = "30 2 * * *"
parallel = 2
max_deletion_share = 0.5
reconcile = "@monthly"
jitter = 600
[sources.second]
url = "http://127.0.0.1:8000/oai"
formats = ["oai_dc"]
allow_private = true
repairs = { mojibake = true, ligatures = false }
[journals."1234-5679"]
title = "Journal of Examples"
other_titles = ["J. of Examples"]
abbreviation = "J. Ex."
issn_print = "1234-5679"
issn_electronic = "2049-3630"
language = "en"
publisher = "Example University Press"
landing_page = "https://journal.example.org/{volume}/{first_page}"
volume_labels = ["Ano"]
issue_labels = ["Cuaderno"]
[journals."1234-5679".doi]
pattern = "{prefix}/{issn}-{volume}"
mint = true
[daemon]
listen = "127.0.0.1:9464"
workers = 2
[alerts]
email_to = ["library@example.org"]
email_from = "harvester@example.org"
smtp_host = "smtp.example.org"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path, text):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    return [problem.removeprefix(f"{path}:") for problem in caught.value.problems]


@pytest.fixture
def full(tmp_path, monkeypatch) -> Config:
    monkeypatch.setenv("TEST_PASSWORD", "p4ss")
    monkeypatch.setenv("TEST_KEY", "k3y")
    (tmp_path / "other.txt").write_text("other\n")
    return load(write(tmp_path, FULL))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_all_problems_are_reported_at_once(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    with pytest.raises(ConfigError) as caught:
        load(path.name)
    reported = [problem.removeprefix(f"{path.name}:") for problem in caught.value.problems]
    assert reported == path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert caught.value.exit_code == 2


def test_two_settings_are_enough(tmp_path):
    config = load(write(tmp_path, '[sources.a]\nurl = "https://example.org/oai"\nformats = ["oai_dc"]'))
    assert config.store_url == f"sqlite:///{tmp_path}/harvester.sqlite"
    assert config.exports_dir == tmp_path / "exports"
    assert config.crossref is None
    assert config.policy("2026-01-01", config.sources["a"]).doi_prefixes == ()
    access = config.sources["a"].access()
    assert (access.url, access.password, access.headers) == ("https://example.org/oai", None, {})


def test_empty_file_is_a_configuration_without_sources(tmp_path):
    assert load(write(tmp_path, "")).sources == {}


def test_every_setting_is_read(full, tmp_path):
    first, second = full.sources["first"], full.sources["second"]
    assert (first.formats, second.formats) == (("jats", "oai_dc"), ("oai_dc",))
    assert (first.delay, second.delay) == (1.0, 1.0)
    assert (first.repairs, second.repairs) == (("ligatures",), ("mojibake",))
    assert (first.sets, first.parallel, first.schedule, first.jitter) == (("j:ART",), 2, "30 2 * * *", 600)
    assert (first.reconcile, first.max_deletion_share) == ("@monthly", 0.5)
    assert full.exports_dir == tmp_path / "out"
    assert full.store_url == f"sqlite:///{tmp_path}/data/h.sqlite"
    assert full.crossref is not None
    assert msgspec.structs.asdict(full.crossref) == {
        "depositor_name": "Example University Press",
        "depositor_email": "doi@example.org",
        "registrant": "Example",
        "prefixes": ("10.12345",),
        "registered_dois": ("10.12345/LMCS-*",),
        "schema_version": "5.4.0",
        "title_order": "article-language-last",
        "crossmark_policy": "10.12345/crossmark-policy",
        "max_records": 10,
        "max_bytes": 200_000,
        "deposit": "live",
        "login": "abcd",
        "password_env": None,
        "password_file": str(tmp_path / "crossref-password.txt"),
        "deposit_url": "http://127.0.0.1:8123",
        "api_url": "http://localhost:8123/",
        "contact": "me@example.org",
        "deposit_schedule": "30 5 * * *",
        "max_in_flight": 50,
        "pace": 0.5,
    }


def test_secrets_are_read_only_when_they_are_needed(full):
    access = full.sources["first"].access()
    assert (access.username, access.password) == ("harvester", "p4ss")
    assert access.headers == {"Accept-Language": "en", "X-Api-Key": "k3y", "X-Other": "other"}
    assert (access.deadline, access.retries, access.retry_cap, access.delay) == (60.0, 2, 30.5, 1.0)
    assert (access.contact, access.allow_private) == ("library@example.org", False)
    assert full.sources["second"].access().allow_private
    assert "p4ss" not in repr(full)


def test_missing_secret_is_a_config_error(full, monkeypatch, tmp_path):
    monkeypatch.delenv("TEST_PASSWORD")
    with pytest.raises(ConfigError, match=r"sources\.first\.password_env: the environment variable TEST_PASSWORD"):
        full.sources["first"].access()
    monkeypatch.setenv("TEST_PASSWORD", "p4ss")
    (tmp_path / "other.txt").write_text("")
    with pytest.raises(ConfigError, match=r"other\.txt is empty"):
        full.sources["first"].access()
    (tmp_path / "other.txt").unlink()
    with pytest.raises(ConfigError, match=r"other\.txt cannot be read"):
        full.sources["first"].access()


def test_password_is_read_from_a_file_next_to_the_configuration(tmp_path):
    (tmp_path / "secret").write_text("p4ss\n")
    text = '[sources.a]\nurl = "https://example.org/oai"\nformats = ["a"]\nusername = "u"\npassword_file = "secret"'
    config = load(write(tmp_path, text))
    assert config.sources["a"].access().password == "p4ss"
    (tmp_path / "secret").write_text("p4ss\r\n", encoding="utf-8-sig")  # as Notepad writes it
    assert config.sources["a"].access().password == "p4ss"


def test_proxy_and_certificates_of_a_source(tmp_path, certificate):
    text = (
        f'[defaults]\nproxy = "http://proxy.example.org:3128"\nca_file = "{certificate}"\n'
        '[sources.a]\nurl = "https://example.org/oai"\nformats = ["a"]\n'
        '[sources.b]\nurl = "https://example.org/oai"\nformats = ["a"]\nproxy = ""\nca_file = "other.pem"'
    )
    sources = load(write(tmp_path, text)).sources
    access = sources["a"].access()
    assert (access.proxy, access.ca_file) == ("http://proxy.example.org:3128", certificate)
    with pytest.raises(ConfigError, match=r"sources\.b\.ca_file: .*other\.pem cannot be read"):
        sources["b"].access()
    (tmp_path / "other.pem").write_text("no certificate")
    with pytest.raises(ConfigError, match="certificates in PEM"):
        sources["b"].access()


@pytest.mark.parametrize("proxy", ["proxy.example.org:3128", "socks5://proxy:1080", "http://me:s3cret@proxy:3128"])
def test_proxy_that_is_not_read_is_refused(tmp_path, proxy):
    text = f'[sources.a]\nurl = "https://example.org/oai"\nformats = ["a"]\nproxy = "{proxy}"'
    with pytest.raises(ConfigError, match="must be http://host:port, or empty") as caught:
        load(write(tmp_path, text))
    assert "s3cret" not in str(caught.value)


def test_a_path_may_begin_with_the_home_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    text = '[store]\nurl = "sqlite:///~/x.sqlite"\n[exports]\ndir = "~/deposits"\n[report]\nfile = "~/page.html"'
    config = load(write(tmp_path, text))
    assert config.store_url == f"sqlite:///{tmp_path}/home/x.sqlite"
    assert (config.exports_dir, config.report_file) == (tmp_path / "home/deposits", tmp_path / "home/page.html")


def test_hints_and_policy_have_what_readers_and_rules_need(full):
    hints = full.sources["first"].hints(full.journals)
    assert hints.provider_host == "journal.example.org"
    assert (hints.name_order, hints.citation_profile, hints.date_profile) == ("family-first", "scielo", "dspace")
    assert hints.organizations == ("University of Example, Extension Service",)
    assert hints.abstract_types == ("executive-summary",)
    assert hints.repairs == ("ligatures",)
    assert (hints.journal, hints.set_journals) == ("2049-3630", {"ex:ART": "1234-5679"})
    policy = full.policy("2026-01-01", full.sources["first"])
    assert policy.article_types == ("cover",)
    assert full.policy("2026-01-01", full.sources["second"]).article_types == ()
    assert (policy.today, policy.doi_prefixes, policy.journals) == ("2026-01-01", ("10.12345",), full.journals)


def test_journal_is_found_by_each_of_its_issns(full):
    facts = JournalFacts(
        title="Journal of Examples",
        other_titles=("J. of Examples",),
        abbreviation="J. Ex.",
        issn_print="1234-5679",
        issn_electronic="2049-3630",
        language="en",
        publisher="Example University Press",
        landing_page="https://journal.example.org/{volume}/{first_page}",
        volume_labels=("Ano",),
        issue_labels=("Cuaderno",),
        doi_pattern="{prefix}/{issn}-{volume}",
        doi_prefix="10.12345",
        mint_dois=True,
    )
    assert full.journals == {"1234-5679": facts, "2049-3630": facts}


def test_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbf[sources.a]\r\nurl = "https://example.org/oai"\r\nformats = []\r\n')
    with pytest.raises(ConfigError, match=r":3: sources\.a\.formats: must not be empty"):
        load(path)


def test_unreadable_files_are_reported(tmp_path):
    with pytest.raises(ConfigError, match=r"is not there; make one with `harvester init`"):
        load(tmp_path / "config.toml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory; name a file"):
        load(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"is not UTF-8 \(byte 5\)"):
        load(tmp_path / "latin.toml")


def test_password_given_twice_through_the_defaults_is_a_problem(tmp_path):
    text = (
        '[defaults]\nusername="u"\npassword_env="E"\n[sources.a]\nurl="https://e.org"\nformats=["a"]\npassword_file="f"'
    )
    assert problems(tmp_path, text) == [
        "7: sources.a.password_file: cannot be combined with password_env; keep one of them"
    ]


def test_rejected_password_is_not_shown(tmp_path):
    text = (
        '[sources.a]\nurl = "https://u:hunter2@e.org/oai"\nformats = ["a"]\nusername = "u"\npassword_env = "hunter 2"'
    )
    assert not [sentence for sentence in problems(tmp_path, text) if "hunter" in sentence]


def test_line_end_after_a_value_does_not_match_its_pattern(tmp_path):
    assert problems(tmp_path, '[sources.a]\nurl = "https://e.org"\nformats = ["oai_dc\\n"]')[0].startswith("3: ")


def test_schedules_and_alerts_are_read(tmp_path, monkeypatch):
    text = SOURCE_WITH_SCHEDULE + '[alerts]\nwebhook_url_file = "secrets/hook"\n'
    config = load(write(tmp_path, text))
    assert config.schedules() == {"a": Schedule(expression="@daily", zone="Asia/Kolkata")}
    assert config.export_schedule() is None
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "hook").write_text("https://hooks.example.org/1\n")
    assert config.alerts.webhook_url() == "https://hooks.example.org/1"
    assert config.alerts.smtp_password() is None


def test_time_zone_of_the_machine_is_the_default(tmp_path):
    config = load(write(tmp_path, SOURCE_WITH_SCHEDULE.partition("\n")[2]))
    assert config.zone == get_localzone_name()
    assert ZoneInfo(config.zone).key == config.zone


SOURCE_WITH_SCHEDULE = """timezone = "Asia/Kolkata"
[sources.a]
url = "https://journal.example.org/oai"
formats = ["jats"]
schedule = "@daily"
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[exports]\nschedule = "@daily"', "exports.schedule: needs a [crossref] table"),
        ('[alerts]\nemail_to = ["a@example.org"]\nemail_from = "a@example.org"', "email_to: needs smtp_host"),
        ('[alerts]\nwebhook_url_env = "A"\nwebhook_url_file = "b"', "webhook_url_file: cannot be combined"),
    ],
)
def test_schedules_and_alerts_need_related_settings(tmp_path, text, message):
    (problem,) = problems(tmp_path, text)
    assert message in problem


PROXIES = """
[defaults]
formats = ["oai_dc"]
proxy = "http://proxy.example.org:3128"
ca_file = "ca.pem"
[sources.a]
url = "https://journal.example.org/oai"
[alerts]
"""


@pytest.mark.parametrize(
    ("more", "proxy", "ca_file"),
    [("", "http://proxy.example.org:3128", "ca.pem"), ('proxy = ""\nca_file = "other.pem"', "", "other.pem")],
)
def test_alerts_take_proxy_and_certificates_from_the_defaults(tmp_path, more, proxy, ca_file):
    config = load(write(tmp_path, PROXIES + more))
    assert (config.alerts.proxy, config.alerts.ca_file) == (proxy, str(tmp_path / ca_file))
    assert config.sources["a"].proxy == "http://proxy.example.org:3128"

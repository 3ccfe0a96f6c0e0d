"""Small deposit files, written by hand: valid in 5.5.0 unless a test breaks them."""

from __future__ import annotations

NS = "http://www.crossref.org/schema/5.5.0"
ISSNS = '<issn media_type="print">2049-3630</issn>'
TITLE = "Steppe River Notes"


def article(
    doi: str = "10.5555/willow",
    *,
    title: str = "Willows on the banks",
    people: str = "",
    page: str = "12",
    relations: str = "",
    citations: str = "",
    url: str = "",
) -> str:
    people = people or person("Reed")
    return f"""<journal_article publication_type="full_text" language="en">
<titles><title>{title}</title></titles>
<contributors>{people}</contributors>
<publication_date media_type="online"><year>2024</year></publication_date>
<pages><first_page>{page}</first_page><last_page>19</last_page></pages>
{f'<rel:program name="relations">{relations}</rel:program>' if relations else ""}
{doi_data(doi, url)}
{f"<citation_list>{citations}</citation_list>" if citations else ""}
</journal_article>"""


def person(surname: str, orcid: str = "", sequence: str = "first") -> str:
    orcid = f"<ORCID>https://orcid.org/{orcid}</ORCID>" if orcid else ""
    role = '<role vocab="crossref" type="author"/>'
    return (
        f'<person_name sequence="{sequence}"><given_name>Ada</given_name>'
        f"<surname>{surname}</surname>{role}{orcid}</person_name>"
    )


def doi_data(doi: str, url: str = "") -> str:
    return f"<doi_data><doi>{doi}</doi><resource>{url or f'https://journal.example.org/{doi}'}</resource></doi_data>"


def relation(target: str) -> str:
    attributes = 'relationship-type="isTranslationOf" identifier-type="doi"'
    return (
        f"<rel:related_item><rel:intra_work_relation {attributes}>{target}</rel:intra_work_relation></rel:related_item>"
    )


def journal(
    *articles: str, title: str = TITLE, issns: str = ISSNS, title_doi: str | None = None, issue_doi: str | None = None
) -> str:
    of_title, of_issue = doi_data(title_doi) if title_doi else "", doi_data(issue_doi) if issue_doi else ""
    return f"""<journal>
<journal_metadata><full_title>{title}</full_title>{issns}{of_title}</journal_metadata>
<journal_issue><publication_date media_type="online"><year>2024</year></publication_date>
<journal_volume><volume>3</volume></journal_volume><issue>2</issue>{of_issue}</journal_issue>
{"".join(articles)}
</journal>"""


def deposit(*parts: str, timestamp: int | str = 20260102030405678, batch: str = "batch-1", ns: str = NS) -> bytes:
    """A file with articles of one journal, or with whole journals or books."""
    body = "".join(parts) if parts and not parts[0].startswith("<journal_article") else journal(*parts)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<doi_batch version="{ns.rpartition("/")[2]}" xmlns="{ns}" xmlns:rel="http://www.crossref.org/relations.xsd">
<head>
<doi_batch_id>{batch}</doi_batch_id>
<timestamp>{timestamp}</timestamp>
<depositor><depositor_name>Example Press</depositor_name><email_address>doi@example.org</email_address></depositor>
<registrant>Example University Press</registrant>
</head>
<body>
{body}
</body>
</doi_batch>
""".encode()

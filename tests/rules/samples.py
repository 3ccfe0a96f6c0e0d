"""An article that passes every rule, helpers that change it in one place, and a helper that runs rules on it.

The test of a module of rules has two tables. `BAD` has rows of a code, the path of the finding and a faulty article.
`GOOD` has articles that look faulty but are correct.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from harvester.model import (
    Abstract,
    Affiliation,
    Article,
    Contributor,
    Issn,
    Journal,
    JournalFacts,
    LangText,
    License,
    Paragraph,
    Policy,
    PubDate,
    Reference,
    Title,
)
from harvester.rules import Rule

POLICY = Policy(today="2025-06-15")
FACTS = JournalFacts(
    title="Annals of Invented Results",
    issn_print="0317-8471",
    issn_electronic="1050-124X",
    landing_page="https://journal.example/{volume}/{first_page}",
    doi_pattern="{prefix}/{issn}-{year}-{volume}-{issue}-{first_page}-{last_page}",
    doi_prefix="10.5555",
)
ARTICLE = Article(
    format="jats",
    doi="10.5555/0317-8471-2021-13-1-32-57",
    landing_page="https://journal.example/article/view/7",
    language="en",
    titles=(Title(text=("On the shape of water",), lang="en"),),
    abstracts=(Abstract(blocks=(Paragraph(("Water takes the shape of what it is in.",)),), lang="en"),),
    contributors=(
        Contributor(
            surname="Carberry",
            given="Josiah",
            orcid="https://orcid.org/0000-0002-1825-0097",
            affiliations=(Affiliation(name="Brown University", place="Providence"),),
        ),
    ),
    journal=Journal(
        titles=(LangText(("Annals of Invented Results",), "en"),),
        issns=(Issn("0317-8471", "print"), Issn("1050-124X", "electronic")),
    ),
    volume="13",
    issue="1",
    dates=(PubDate(year=2021, month=3, day=31, medium="online"),),
    first_page="32",
    last_page="57",
    licenses=(License(url="https://creativecommons.org/licenses/by/4.0/", applies_to="vor"),),
    references=(Reference(key="ref1", text="Pooh W. 1926. On honey.", doi="10.1000/182"),),
)
PERSON = ARTICLE.contributors[0]
MINTING = replace(FACTS, issn_print="2049-3630", issn_electronic=None, mint_dois=True)
CONFIGURED = Policy(
    today=POLICY.today,
    doi_prefixes=("10.5555",),
    crossmark=True,
    journals={"0317-8471": FACTS, "2049-3630": MINTING},
)


def article(**changes):
    """The good article with some fields changed."""
    return replace(ARTICLE, **changes)


def with_person(**changes):
    return article(contributors=(replace(PERSON, **changes),))


def with_journal(**changes):
    return article(journal=replace(ARTICLE.journal, **changes))


def findings_of(rules: Iterable[Rule], sample: Article, policy: Policy = CONFIGURED) -> list[tuple[str, str]]:
    """The codes and paths of the findings of these rules about the article, in order."""
    return [(finding.code, finding.path) for rule in rules for finding in rule(sample, policy)]

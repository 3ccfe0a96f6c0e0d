"""What a message about a file may name instead of a DOI."""

from harvester.answers import SentArticle
from harvester.crossref.client.sent_file import articles
from tests.standin.files import article, deposit, journal, person, relation


def test_the_articles_of_a_file():
    people = person("Reed", "0000-0002-1825-0097")
    first = article("10.5555/One", people=people, relations=relation("10.5555/two"))
    data = deposit(journal(first, article("10.5555/two"), title="River  Notes", title_doi="10.5555/journal"))
    issns, titles = ("2049-3630",), ("River Notes",)
    assert list(articles(data)) == [
        SentArticle(
            doi="10.5555/One",
            orcids=("https://orcid.org/0000-0002-1825-0097",),
            issns=issns,
            titles=titles,
            targets=("10.5555/two",),
        ),
        SentArticle(doi="10.5555/two", issns=issns, titles=titles),
    ]

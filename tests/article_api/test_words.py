from harvester.article_api.words import abstract_text, affiliation_text, first_date, full_name, month_of
from harvester.model import Abstract, Affiliation, Contributor, ListBlock, Paragraph, PubDate, Section


def test_an_abstract_has_a_line_for_each_paragraph_item_and_heading():
    listed = ListBlock(items=(("one",), ("two",)))
    inner = Section(title=("Aim",), blocks=(Paragraph(("We ask.",)), listed))
    assert abstract_text(Abstract(blocks=(Paragraph(("First.",)), inner))) == "First.\nAim\nWe ask.\none\ntwo"


def test_a_name_has_all_its_parts_and_an_anonymous_author_has_none():
    assert full_name(Contributor(given="Chidi", surname="Okoye", suffix="Jr.")) == "Chidi Okoye Jr."
    assert full_name(Contributor(surname="Aristarkh")) == "Aristarkh"
    assert full_name(Contributor(kind="group", name="River Group")) == "River Group"
    assert full_name(Contributor(kind="anonymous")) is None


def test_the_first_date_is_the_earliest_and_the_more_exact_one():
    online, printed = PubDate(year=2021, month=3, day=5), PubDate(year=2021)
    assert first_date((printed, online)) == online
    assert first_date((PubDate(year=2022, month=1), printed)) == printed
    assert first_date(()) is None


def test_a_season_is_not_a_month():
    assert month_of(PubDate(year=2021, month=12)) == 12
    assert month_of(PubDate(year=2021, month=21)) is None


def test_an_affiliation_goes_from_the_smallest_to_the_largest():
    whole = Affiliation(name="Institute", departments=("Hydrology",), place="Orenburg", ror="https://ror.org/0")
    assert affiliation_text(whole) == "Hydrology, Institute, Orenburg"
    assert affiliation_text(Affiliation(ror="https://ror.org/0")) is None

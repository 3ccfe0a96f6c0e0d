from hypothesis import given
from hypothesis import strategies as st

from harvester.text import Inline, Span, fold, one_line, plain, text, with_ascii_digits

strings = st.text(st.sampled_from("ab \n\u00a0\u3000"), max_size=6)
parts: st.SearchStrategy[Inline] = st.recursive(
    strings, lambda inner: st.builds(Span, st.sampled_from(("italic", "sub")), st.lists(inner, max_size=3).map(tuple))
)
runs = st.lists(parts, max_size=5)


@given(runs)
def test_normal_form_has_the_same_characters(run):
    assert plain(text(run)) == fold(plain(tuple(run)))


@given(runs)
def test_normal_form_of_a_normal_form_is_the_same(run):
    assert text(text(run)) == text(run)


@given(strings)
def test_normal_form_does_not_depend_on_how_strings_are_split(characters):
    whole = text([characters])
    assert text(characters) == whole == ((fold(characters),) if fold(characters) else ())


def test_long_text_is_cut_to_one_line():
    assert one_line("a\n b\tc") == "a b c"
    assert one_line("x" * 300, 10) == "xxxxxxxxx…"


def test_digits_of_other_scripts():
    assert with_ascii_digits("٤ ۴ ４ 4 IV ² №") == "4 4 4 4 IV ² №"

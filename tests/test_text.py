from hypothesis import given
from hypothesis import strategies as st

from harvester.text import Inline, Span, fold, plain, text

strings = st.text(st.sampled_from("ab \n\u00a0\u3000"), max_size=6)
parts: st.SearchStrategy[Inline] = st.recursive(
    strings, lambda inner: st.builds(Span, st.sampled_from(("italic", "sub")), st.lists(inner, max_size=3).map(tuple))
)
runs = st.lists(parts, max_size=5)


@given(runs)
def test_the_normal_form_says_what_the_run_says(run):
    assert plain(text(run)) == fold(plain(tuple(run)))


@given(runs)
def test_the_normal_form_is_its_own(run):
    assert text(text(run)) == text(run)


@given(strings)
def test_where_strings_are_cut_makes_no_difference(characters):
    whole = text([characters])
    assert text(characters) == whole == ((fold(characters),) if fold(characters) else ())

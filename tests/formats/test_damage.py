from __future__ import annotations

import pytest

from harvester.formats.damage import repair_text, text_findings, without_controls, without_invisible
from harvester.text import Span


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("eff ective", "effective"),
        ("specifi c", "specific"),
        ("diff erent", "different"),
        ("Aff airs", "Affairs"),
        ("classifi cation", "classification"),
        ("infl uence", "influence"),
        ("fi rst", "first"),
        ("fl ow", "flow"),
        ("offi ce", "office"),
        ("effi cient", "efficient"),
        ("diffi cult", "difficult"),
        ("scientifi cally", "scientifically"),
    ],
)
def test_a_word_broken_after_a_ligature_is_reported(broken, whole):
    (finding,) = text_findings("abstracts[0]", f"The {broken} of it")
    assert (finding.code, finding.value, finding.detail) == ("text-broken-ligature", broken, {"suggestion": whole})


@pytest.mark.parametrize(
    "text",
    [
        "the staff of Cardiff city",
        "a wi-fi network",
        "wi fi network",
        "sci-fi films",
        "turn off ice and off er",
        "Sufi fiction",
        "Neff et al.",
        "diff between them",
        "stiff er",
        "a sheriff and a tariff card",
        "if it is of use",
        "Gaddafi died",
    ],
)
def test_whole_words_that_end_in_a_ligature_are_not_reported(text):
    assert text_findings("abstracts[0]", text) == []


@pytest.mark.parametrize(
    ("damaged", "probable"),
    [
        ("PÃ©rez", "Pérez"),
        ("Ð˜ÑÑ‚Ð¾Ñ€Ð¸Ñ", "?"),  # two bytes of История are lost
        ("Ã‰cole", "École"),
        ("Â© 2012", "© 2012"),
        ("donâ€™t", "don’t"),
        ("Å¡koly", "školy"),
        ("Ð˜Ð²Ð°Ð½", "Иван"),
        ("РџСЂРёРІРµС‚", "Привет"),
        ("Škoda, PÃ©rez", "Škoda, Pérez"),
    ],
)
def test_mojibake_is_reported_with_the_probable_text(damaged, probable):
    (finding,) = text_findings("titles[0]", damaged)
    assert (finding.code, finding.detail["suggestion"]) == ("encoding-suspect", probable)


@pytest.mark.parametrize("text", ["«СССР»", "BLÅ”", "IRMÃ – São", "voilà\u00a0»", "ESPAÑ”A", "CÔTÉ", "CAFÉ”", "Ñandú"])
def test_correct_text_is_not_reported(text):
    assert text_findings("titles[0]", text) == []


def test_other_damage():
    codes = [finding.code for finding in text_findings("titles[0]", "a\x02 b \ufffd $x^2$")]
    assert codes == ["control-characters", "encoding-suspect", "title-contains-tex"]
    assert text_findings("abstracts[0]", "$x^2$") == []
    assert text_findings("titles[0]", "A $5 book and a $10 one") == []
    assert without_controls(("One\x85two ", Span("bold", ("\x85three",)))) == ("One two ", Span("bold", ("three",)))
    assert without_controls(("a\x02b", Span("bold", ("c\x7f",)))) == ("ab", Span("bold", ("c",)))


def test_every_repair_is_reported():
    content = ("less eff ective ", Span("italic", ("PÃ©rez",)))
    repaired, findings = repair_text("titles[0]", content, ("ligatures", "mojibake"))
    assert repaired == ("less effective ", Span("italic", ("Pérez",)))
    assert [finding.detail["repaired"] for finding in findings] == ["less effective PÃ©rez", "less effective Pérez"]
    assert repair_text("titles[0]", ("whole",), ("ligatures",)) == (("whole",), [])


RIGHT = [
    "“A CANÇÃO DA MANHÃ”: estudo",
    "A MANHÃ – estudo",
    "A MANHÃ– estudo",
    "«AMANHû e depois",
    "MANHÃ… e noite",
    "CANÇÃO DA MANHÃ—ESTUDO",
    "A MARCA MANHÃ® e a lã",
    "XÃ – một nghiên cứu",
    "“A LÔ",
    "AMANHÃ\u00a0: um estudo",
]
DAMAGED = [
    ("PÃ©rez", "Pérez"),
    ("KÃ–LN", "KÖLN"),
    ("Ã‰douard", "Édouard"),
    ("PORTUGUÃŠS", "PORTUGUÊS"),
    ("CAFÃ‰", "CAFÉ"),
    ("2 Ã— 3", "2 × 3"),
    ("EDUCAÃ‡ÃƒO E AVÃ”", "EDUCAÇÃO E AVÔ"),
    ("itâ€™s", "it’s"),
]


@pytest.mark.parametrize("title", RIGHT)
def test_a_capital_with_a_tilde_before_a_sign_is_no_damage(title):
    assert text_findings("titles[0]", title) == []
    assert repair_text("titles[0]", (title,), ("mojibake",))[1] == []


@pytest.mark.parametrize(("damaged", "whole"), DAMAGED)
def test_real_damage_is_still_repaired(damaged, whole):
    assert [finding.code for finding in text_findings("titles[0]", damaged)] == ["encoding-suspect"]
    assert repair_text("titles[0]", (damaged,), ("mojibake",))[0] == (whole,)


def test_a_text_of_several_parts_is_not_repaired_without_a_change():
    assert repair_text("titles[0]", ("A study", ": ", "of reeds"), ("mojibake", "ligatures"))[1] == []


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("Bio\u00adgeo\u00adgraphy", "Biogeography"),
        ("Smi\u200bth\ufeff", "Smith"),
        ("\u202bab\u202c\u2060", "ab"),
        ("a\u061cb\u206f", "ab"),
        ("می\u200cروم", "می\u200cروم"),
        ("क्\u200dष", "क्\u200dष"),
        ("MartÃ\u00adnez", "MartÃ\u00adnez"),  # the soft hyphen is a byte of í
    ],
)
def test_invisible_characters_are_removed(written, clean):
    assert without_invisible(written) == clean

"""Degrees, titles and footnote marks in names, and names that look like them (mapping D6, J6)."""

from __future__ import annotations

import pytest

from harvester.formats.degrees import tidied, without_degrees_behind

NOT_NAMES = {
    "Lund PhD": ("Lund", "PhD"),
    "Lund Ph.D.": ("Lund", "Ph.D."),
    "Lund Ph. D.": ("Lund", "Ph. D."),
    "Lund, M.Sc.": ("Lund", "M.Sc."),
    "Lestari, S.Pd., M.Pd": ("Lestari", "M.Pd S.Pd."),
    "Lund, FRCS": ("Lund", "FRCS"),
    "Орлов, к.т.н.": ("Орлов", "к.т.н."),
    "Prof. Dr. Ece": ("Ece", "Prof. Dr."),
    "Prof.Dr.Ece": ("Ece", "Prof.Dr."),
    "dr. Ece": ("Ece", "dr."),
    "Dr Park": ("Park", "Dr"),
    "Doç. Dr. Ece": ("Ece", "Doç. Dr."),
    "Dr. Öğr. Üyesi Ece": ("Ece", "Dr. Öğr. Üyesi"),
    "Dipl.-Ing. Karl": ("Karl", "Dipl.-Ing."),
    "Проф. Орлов": ("Орлов", "Проф."),
    "Mrs. Kay": ("Kay", "Mrs."),
    "Lund*": ("Lund", "*"),
    "†Lund": ("Lund", "†"),
    "Lund¹": ("Lund", "¹"),
    "Lund*,†": ("Lund", "*,†"),
    "Lund＊": ("Lund", "＊"),
    "Lund (Ph.D)": ("Lund", "(Ph.D)"),
    "Lund, FRCP(Edin)": ("Lund", "FRCP(Edin)"),
    "Novák CSc.": ("Novák", "CSc."),
    "Lund Esq.": ("Lund", "Esq."),
    "Орлов, д.м.н., профессор": ("Орлов", "профессор д.м.н."),
    "Орлов, кандидат наук": ("Орлов", "кандидат наук"),
    "д.т.н. Орлов": ("Орлов", "д.т.н."),
    "Dott. Rossi": ("Rossi", "Dott."),
    "Dott.ssa Rossi": ("Rossi", "Dott.ssa"),
    "mgr inż. Nowak": ("Nowak", "mgr inż."),
    "dr hab. Nowak": ("Nowak", "dr hab."),
    "Univ.-Prof. Dr. Karl": ("Karl", "Univ.-Prof. Dr."),
    "PD Dr. Karl": ("Karl", "PD Dr."),
    "Prof. em. Karl": ("Karl", "Prof. em."),
    "PGS.TS. Lê": ("Lê", "PGS.TS."),
    "Δρ. Νίκος": ("Νίκος", "Δρ."),
    "Lund <kay@reeds.example>": ("Lund", "<kay@reeds.example>"),
    "Lund (e-mail: kay.lund@reeds.example)": ("Lund", "(e-mail: kay.lund@reeds.example)"),
    "Lund PhD kay+oai@reeds.example.org": ("Lund", "kay+oai@reeds.example.org PhD"),
    "Ayşe Arş. Gör.": ("Ayşe", "Arş. Gör."),
    "Ayşe (Dr. Öğr. Üyesi)": ("Ayşe", "(Dr. Öğr. Üyesi)"),
    "Xiao-Ming (王小明)": ("Xiao-Ming", "(王小明)"),
    "王小明（Wang Xiaoming）": ("王小明", "（Wang Xiaoming）"),
    "Sari Sp.A": ("Sari", "Sp.A"),
    "mgr Nowak": ("Nowak", "mgr"),
    "Lund (Ed.)": ("Lund", "(Ed.)"),
    "Lund [coord]": ("Lund", "[coord]"),
    "Lund (corresponding author)": ("Lund", "(corresponding author)"),
    "Lund (MD)": ("Lund", "(MD)"),
    "Author: Lund": ("Lund", "Author"),
    "Autora: Dra. Lund": ("Lund", "Autora Dra."),
    "kay@reeds.example": ("", "kay@reeds.example"),
    "S.Kom": ("", "S.Kom"),
    "PhD": ("", "PhD"),
    "Prof. Dr.": ("", "Prof. Dr."),
}
NAMES = (
    "Ma Do Ba Md. Md Ed Med Ing Ir Doc Mag Lic Drake Sirin Profumo Revel MS MD MR S.H. M.A. Meng MENG Mba Sag Shut Msi "
    "PD TS. Hab Em Esq Dott Csc Docent Hg Red Author Dir Org"
)


@pytest.mark.parametrize("part", NOT_NAMES)
def test_what_is_no_part_of_a_name_is_removed(part):
    bare, removed = NOT_NAMES[part]
    assert (tidied(part).part, " ".join(tidied(part).removed)) == (bare, removed)


@pytest.mark.parametrize(
    "name",
    [*NAMES.split(), "Jane (Jenny)", "Lund (Osei)", "Md. Rahim", "Ma. Luz", "Kay Lee", "O'Dr", "K. L.", "A*B", "M. Si"],
)
def test_names_that_look_like_degrees_stay(name):
    assert tidied(name) == (name, ())


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        ("Lund, Ida, PhD", "Lund, Ida"),
        ("Lund, Ida, MD, PhD", "Lund, Ida"),
        ("Lund, Ida, MBA", "Lund, Ida"),
        ("Lund, Ida, Dr.", "Lund, Ida"),
        ("Lund, MD, FRCS", "Lund"),
        ("Lund, MD", "Lund, MD"),  # perhaps initials
        ("Lund, Ida, Jr.", "Lund, Ida, Jr."),
        ("Lund, Ida, Max", "Lund, Ida, Max"),
    ],
)
def test_degrees_after_the_given_name(parts, kept):
    assert without_degrees_behind(parts.split(", ")) == kept.split(", ")

"""Several people in one field, and single people who look like several (mapping D6)."""

from __future__ import annotations

import pytest

from harvester.formats.several import names_several, with_plain_separators

SEVERAL = """
Walsh, K.; Osei, T.; Lund, R.
Walsh, Kay; Osei, Tom
Walsh, Kay; Osei, T.; Lund College, Bergen
K. Walsh; T. Osei
Kay Walsh; Tom Osei
Орлов Б.Б.; Зимин В.В.
Орлов, Борис; Зимин, Вадим
林森；王芳
Orlov B.B., Zimin V.V.
Orlov B. B., Zimin V. V.
B. B. Orlov, V. V. Zimin
Orlov B.B., V. V. Zimin
Юрьев Ю.Ю., Зимин В.В.
Yu. B. Orlov, Ya. V. Zimin
Walsh KL, Osei T
Walsh KL, Osei TM, Lund R
KL Walsh, TM Osei
WALSH KL, OSEI T
Kay Walsh and Tom Osei
Walsh, Kay and Osei, Tom
Walsh, K. & Osei, T.
KAY WALSH AND TOM OSEI
Ute Lund und Max Roth
Luc Roux et Ana Petit
Орлов Борис и Зимин Вадим
Ayu Lestari dan Budi Santoso
Ece Demir ve Can Kaya
Ana Ramos y Luis Vega
Ramos A. y Vega L.
Ramos, Ana e Vega, Luis
Walsh et al.
K. Walsh / T. Osei
Walsh/Osei
Walsh | Osei
Walsh K.& Osei T.
Orlov B.B. – Zimin V.V.
Dr. Kay Walsh; Prof. Tom Osei
Walsh, Kay, PhD; Osei, Tom, MSc
Walsh, John, Jr.; Osei, Tom
Walsh, Kay; Osei, Tom, Jr.
林、森
"""
ONE = """
Walsh, Kay
Walsh, Kay Lee
Walsh, K. L.
Walsh, KL
TRAN VAN, ANH MAI
LI XU, WANG YI
Ramos Vega, Ana Luisa
Ramos V., Ana
D Souza, Mary J
Walsh II, John B.
Walsh III, John B
Walsh, John, Jr.
Ramos y Vega, Luz
Luz Ramos y Vega
Santiago Ramos y Vega
Costa e Silva, Ana
von und zu Stein, Karl
Dan, Ion
And, Metin
Raman a/l Kumar
St. Clair, Kay A.
林·森
Walsh, Kay; Lund College, Bergen
Walsh, Kay; Oslo, Norway
Walsh, Kay; CNRS, Paris
Walsh, Kay; U.S. Tide Survey
Walsh, Kay; Washington, D.C.
Walsh, Kay; Institute of Reeds; Bergen, Norway
Walsh, Kay; Professor
Walsh, Kay; Dr. Osei Institute
Park - Lund, Kay
Walsh, Kay; Head of the Tide Lab
Walsh, Kay; P. N. Orlov Institute of Reeds
Walsh, Kay; 12 Shore Road
Kay Walsh; Coast College
林森；海洋大学
Walsh, Kay;
"""


@pytest.mark.parametrize("value", SEVERAL.strip().splitlines())
def test_several_people(value):
    assert names_several(with_plain_separators(value))


@pytest.mark.parametrize("value", ONE.strip().splitlines())
def test_one_person(value):
    assert not names_several(with_plain_separators(value))


def test_separators_of_other_scripts():
    assert with_plain_separators("林，森；王،芳") == "林,森;王,芳"
    assert with_plain_separators("林、森·王") == "林、森·王"

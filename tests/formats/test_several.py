"""Several people in one field, and single people who look like several (mapping D6)."""

from __future__ import annotations

import pytest

from harvester.formats.several import names_several, parts_name_several, with_plain_separators

SEVERAL = """
Иванов Иван Иванович, Петров Пётр Ильич
Іваненко Іван Іванович, Петренко Ольга Іванівна
Ivanov Ivan Ivanovich, Petrova Anna Petrovna
Əliyev Vəli Həsən oğlu, Həsənova Aygün Əli qızı
김철수·이영희
김철수ㆍ이영희ㆍ박민준
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
Walsh, K.; Osei, T., Jr.; Coast College
Walsh, Kay; Osei, Tom; Coast College
Walsh, Kay (Oslo); Osei, Tom (Bergen)
Walsh, K.; Osei, T. (ed.)
Walsh, Kay; Paris, Ana
Walsh, Kay; Vega, Sofia
Walsh, K.; Silva, B. C.
Walsh, K.; et al.
Kay Walsh; Jack London
Kay Walsh; Tom Osei and Jack London
WALSH Kay; LONDON Jack
Kay Walsh (Oslo), Tom Osei (Bergen)
Kay Walsh // Tom Osei
walsh, kay; osei, tom
Wahyudi; Suharto
Wahyudi; Ayu Lestari
林、森
Kay Walsh AND Tom Osei
Kay Walsh with Tom Osei
Kay Walsh&Tom Osei
Kay Walsh - Tom Osei
Kay Walsh · Tom Osei
Jan Dvořák a Petr Malý
Jonas Petraitis ir Ona Kairytė
Ion Pop si Ana Radu
Trần Văn An và Lê Thị Bình
Ахмет Серик және Айгүл Нұр
김철수 및 이영희
김철수, 이영희
张三，李四
王小明,李芳
राम शर्मा और श्याम वर्मा
Orlov B.B. Zimin V.V.
Nguyễn Văn An, Trần Thị Bình
محمد علي وأحمد حسن
محمد علي وعبدالله حسن
김철수 이영희
王伟 李娜
田中太郎, 鈴木花子
Dr. Ana Vega, Dr. Luis Ramos
Ahmet Yılmaz, Mehmet Kaya
AYŞE DEMİR, FATMA ÇELİK
Juan Pérez, María Gómez
Pérez Juan, Gómez María
Maria da Silva, João Souza
John Walsh, Mary Osei
Katarzyna Nowak, Piotr Zieliński
Иван Петров, Сергей Сидоров
Петров Иван, Сидоров Сергей
Siti Aminah, Budi Santoso
محمد علي، أحمد حسن
علی محمدی، رضا احمدی
"""
ONE = """
García López, Juan Carlos
Silva Santos, Maria Fernanda
Jorge Silva, Ana María
Martín Pérez, José Ramón
Ahmet, Mehmet Kaya
Yılmaz Demir, Ayşe Nur
Pérez Juan, María Elena
John Walsh, Mary J.
Ivan Petrov, Anna
عبد الله، محمد أمين
بن علي، محمد أمين
محمد، أحمد علي
Абрамович, Роман Аркадьевич
Иванова Петрович, Анна Ивановна
Əliyev, Vəli Həsən oğlu
이사벨·아옌데
阿卜杜拉·买买提
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
Walsh, Kay; Karolinska, Solna
Walsh, Kay; Tbilisi, Georgia
Walsh, Kay; Ann Arbor, Michigan
Walsh, Kay; 東京, 日本
Walsh, Kay; P. N. Orlov IEE RAS
Walsh; Oslo
Kay Walsh; New York
Walsh, Kay; Department of Reeds and Moss
Walsh, Kay; Ташкент, Узбекистан
Kay Walsh; Fiocruz
Abraham a Sancta Clara
Un Ki Kim
KIM UN KI
BUDI AGUS SETIAWAN
Luz C. Ramos M.
Walsh - Osei
Karl · Marx
Nguyễn, Văn An
Dr. Vega, Dr. Ana
محمد علي وليد
김 철수
王 小明
長谷川, 太一郎
김, 철수
남궁민, 수
황보관, 이영희
山田，太郎
马场，里奈
欧阳，修
王，小明
"""


@pytest.mark.parametrize("value", SEVERAL.strip().splitlines())
def test_several_people(value):
    assert names_several(with_plain_separators(value))


@pytest.mark.parametrize("value", ONE.strip().splitlines())
def test_one_person(value):
    assert not names_several(with_plain_separators(value))


@pytest.mark.parametrize(
    ("surname", "given", "several"),
    [
        ("Walsh and Osei", "Kay and Tom", True),
        ("Ahmet Yılmaz", "Mehmet Kaya", True),
        ("García López", "Juan Carlos", False),
        ("Osei", "Kay Walsh and Tom", True),
        ("Walsh & Osei", "K. & T.", True),
        ("Walsh; Osei", "Kay; Tom", True),
        ("Walsh, Osei", "Kay, Tom", True),
        ("Walsh/Osei", "Kay/Tom", True),
        ("Ramos y Vega", "Ana y Luis", True),
        ("Ramos y Vega", "Ana", False),
        ("Costa e Silva", "Ana", False),
        ("von und zu Stein", "Karl", False),
        ("Orlov", "B.B., Zimin V.V.", True),
        ("Walsh", "Kay, Tom Osei", True),
        ("Walsh", "Kay, MD", False),
        ("Walsh", "Kay, Jr.", False),
        ("Walsh", "Kay Lee", False),
        ("Raman a/l Kumar", "S.", False),
    ],
)
def test_names_in_parts(surname, given, several):
    assert parts_name_several(surname, given) is several


def test_a_line_break_between_whole_names():
    assert names_several("Kay Walsh\nTom Osei")
    assert not names_several("Ana Luisa\nVega")
    assert not names_several("Walsh,\nKay, Jr.")


def test_separators_of_other_scripts():
    assert with_plain_separators("林，森；王،芳") == "林,森;王,芳"
    assert with_plain_separators("林︐森 ራስ፣ ጆን") == "林,森 ራስ, ጆን"
    assert with_plain_separators("林、森·王") == "林、森·王"

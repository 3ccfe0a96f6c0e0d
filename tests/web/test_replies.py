"""Files are saved and never shown, under names that no header can be forged with."""

import pytest
from werkzeug.exceptions import NotFound

from harvester.web import replies


@pytest.mark.parametrize(
    ("name", "saved"),
    [("file.xml", "file.xml"), ('a"b\r\nX: y', "a_b__X__y"), ("../x", ".._x"), ("имя.xml", ".xml")],
)
def test_file_is_saved(name, saved):
    answer = replies.file(name, "application/xml", b"<a/>")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{saved}"'
    assert answer.get_data() == b"<a/>"


def test_json_ends_with_a_line_end():
    assert replies.json({"schema": 1}).get_data() == b'{"schema":1}\n'


def test_static_file_that_is_not_there():
    with pytest.raises(NotFound):
        replies.static("x")

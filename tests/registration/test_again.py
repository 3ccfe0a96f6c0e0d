"""What makes a refused DOI due again."""

from __future__ import annotations

from harvester.registration.again import due
from tests.registration.samples import NOW, doi


def test_a_doi_that_is_due_forgets_its_settings():
    one = due(doi("refused", settings="abc"), NOW)
    assert (one.due, one.settings, one.state) == (NOW, None, "refused")

from tests.store.conftest import opened as opened

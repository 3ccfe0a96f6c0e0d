"""`harvester web password`."""

import stat

from harvester.web.access.passwords import matches

CONFIG = '[web]\npassword_file = "web-password.txt"\n'


def test_password_is_written_as_a_hash_that_others_cannot_read(call, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    done = call("web", "password", input="correct horse\n")
    assert (done.exit_code, "The password is set in" in done.stderr) == (0, True)
    file = tmp_path / "web-password.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert matches("correct horse", file.read_text().strip())
    assert call("config", "check").exit_code == 0


def test_setting_that_is_missing_is_named(call, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    done = call("web", "password", "--reader", input="correct horse\n")
    assert done.exit_code == 2
    assert 'reader_password_file = "web-reader-password.txt"' in done.stderr


def test_short_password_is_refused(call, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    assert "10 characters are the least" in call("web", "password", input="short\n").stderr
    assert not (tmp_path / "web-password.txt").exists()


def test_config_check_looks_for_the_password(call, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    assert "has no password yet" in call("config", "check").stderr


def test_open_address_is_an_error_of_the_configuration(call, tmp_path):
    (tmp_path / "config.toml").write_text("")
    done = call("serve", "--listen", "0.0.0.0:0")
    assert (done.exit_code, "can be reached by other machines" in done.stderr) == (2, True)

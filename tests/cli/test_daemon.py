"""`harvester daemon`; what it does is tested in tests/daemon."""

import signal
import subprocess
import sys

import pytest


def test_daemon_without_a_configuration_ends(call):
    done = call("daemon")
    assert done.exit_code == 2
    assert "config.toml" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "levels"),
    [([], {"INFO", "WARNING"}), (["-v"], {"DEBUG", "INFO", "WARNING"}), (["-q"], {"WARNING"})],
    ids=["plain", "-v", "-q"],
)
@pytest.mark.slow
def test_options_set_the_level_of_the_log(tmp_path, options, levels):
    (tmp_path / "config.toml").touch()
    with subprocess.Popen(
        [sys.executable, "-m", "harvester", "daemon", *options], cwd=tmp_path, stderr=-1, text=True
    ) as process:
        assert process.stderr
        log = ""
        while "no source has a schedule" not in log:
            log += process.stderr.readline()
            assert process.poll() is None, log
        process.send_signal(signal.SIGTERM)
        log += process.communicate(timeout=30)[1]
    assert process.returncode == 0
    assert {level for level in ("DEBUG", "INFO", "WARNING") if f" {level} " in log} == levels, log

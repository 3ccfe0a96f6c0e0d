"""`harvester health`."""

from __future__ import annotations


def test_health_without_a_daemon_fails(scheduled, tmp_path):
    assert scheduled("health").exit_code == 2
    with (tmp_path / "config.toml").open("a") as config:
        config.write('\n[daemon]\nlisten = "127.0.0.1:9"\n')
    none = scheduled("health")
    assert none.exit_code == 1
    assert "No daemon answers at 127.0.0.1:9" in none.stderr

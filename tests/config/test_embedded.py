from pathlib import Path

from config.embedded.layout import secret


def test_a_secret_stays_the_same_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    first = secret(path)
    assert secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600

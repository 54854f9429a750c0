"""`crampwatch sensors bind|list|unbind` as a user meets them."""

import getpass
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from crampwatch.command_line import app
from nights.log.audit import entries, verify
from nights.log.database import open_database

LEFT = "ble:C4:1F:5E:0B:00:01"


@pytest.fixture
def db(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'nights.db'}"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["sensors", *words])


def test_a_sensor_is_bound_listed_and_unbound(db: str) -> None:
    assert "No sensor is bound" in run("list", "--db", db).stdout
    bound = run("bind", LEFT, "--participant", "P01", "--leg", "L", "--db", db)
    assert bound.exit_code == 0, bound.output
    assert f"{LEFT} is bound to P01, left leg" in bound.stdout
    assert f"{LEFT}  P01  left leg" in run("list", "--db", db).stdout
    (listed,) = json.loads(run("list", "--json", "--db", db).stdout)
    assert (listed["uri"], listed["participant"], listed["leg"]) == (LEFT, "P01", "L")
    assert run("unbind", LEFT, "--why", "lost", "--by", "mk", "--db", db).exit_code == 0
    assert json.loads(run("list", "--json", "--db", db).stdout) == []
    engine = open_database(db)
    with engine.connect() as connection:
        first, last = entries(connection)
        assert list(verify(connection)) == []
    engine.dispose()
    assert (first.actor, first.role, first.why) == (getpass.getuser(), "coordinator", "bound")
    assert (last.actor, last.role, last.why) == ("mk", "coordinator", "lost")


def test_options_of_a_uri_are_not_part_of_the_sensors_identity(db: str) -> None:
    assert run("bind", f"{LEFT}?rate=500", "--participant", "P01", "--leg", "L", "--db", db).exit_code == 0
    assert json.loads(run("list", "--json", "--db", db).stdout)[0]["uri"] == LEFT


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("bind", "nothing", "--participant", "P01", "--leg", "L"), 1, "'nothing' is no sensor"),
        (("bind", LEFT, "--participant", "P01", "--leg", "left"), 2, "neither L nor R"),
        (("unbind", LEFT, "--why", "lost"), 1, "is not bound"),
        (("unbind", LEFT), 2, "Missing option '--why'"),
        (("bind", LEFT, "--participant", "P01", "--leg", "L", "--role", "reviewer"), 1, "may not change a sensor"),
        (("bind", LEFT, "--participant", "P01", "--leg", "L", "--role", "nurse"), 2, "'nurse' is none of"),
    ],
)
def test_bad_input_is_refused_with_a_message(db: str, words: tuple[str, ...], code: int, message: str) -> None:
    result = run(*words, "--db", db)
    assert result.exit_code == code, result.output
    assert message in " ".join(result.stderr.split())

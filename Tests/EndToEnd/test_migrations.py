"""Migrations at the command line: applied once, recorded, refused when they do not fit."""

import subprocess

import pytest

from harness.postgres import shared_cluster
from harness.server import Server, binary, cairn, environment


@pytest.fixture
def empty():
    """A database without anything in it."""
    return shared_cluster().create()


def schema(database):
    """Every table, column and index of a database, to compare. Servers add partitions as time goes by."""
    return database.query(
        "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_name !~ '_p[0-9]+$'"
        " UNION ALL SELECT indexdef FROM pg_indexes"
        " WHERE schemaname NOT IN ('pg_catalog') AND tablename !~ '_p[0-9]+$' ORDER BY 1")


def recorded(database):
    """The table in which applied migrations are recorded."""
    (name,), = database.query(
        "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.columns"
        " WHERE column_name = 'checksum' AND table_schema NOT IN ('pg_catalog', 'information_schema')")
    return name


def test_up_applies_everything_and_status_says_so(empty):
    before = cairn("migrate", "status", "--database-url", empty.url)
    assert before.returncode == 0, before.stderr
    assert "pending" in before.stdout
    up = cairn("migrate", "up", "--database-url", empty.url)
    assert up.returncode == 0, up.stderr
    after = cairn("migrate", "status", "--database-url", empty.url)
    assert after.returncode == 0 and "pending" not in after.stdout.lower().replace("0 pending", ""), after.stdout
    again = cairn("migrate", "up", "--database-url", empty.url)
    assert again.returncode == 0, again.stderr


def test_two_servers_on_an_empty_database_apply_it_once(empty, template):
    servers = [Server("--database-url", empty.url).spawn() for _ in range(2)]
    try:
        for server in servers:
            assert server._announced.wait(60) and server.address, server.text
        assert schema(empty) == schema(template)
        table = recorded(empty)
        assert empty.value(f"SELECT count(*) FROM {table}") == template.value(f"SELECT count(*) FROM {table}")
        assert [server.stop() for server in servers] == [0, 0]
    finally:
        for server in servers:
            server.kill()


def test_many_at_once_apply_it_once(empty, template):
    runs = [
        subprocess.Popen(
            [str(binary("cairn")), "migrate", "up", "--database-url", empty.url], env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(6)]
    outputs = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * 6, outputs
    assert schema(empty) == schema(template)


@pytest.mark.parametrize("command", [["serve", "--listen", "127.0.0.1:0"], ["migrate", "up"]], ids=" ".join)
class TestRefused:
    def test_a_file_that_was_changed_after_it_was_applied(self, database, command):
        table = recorded(database)
        database.query(f"UPDATE {table} SET checksum = checksum || 'x'"
                       if database.value(f"SELECT pg_typeof(checksum) FROM {table} LIMIT 1") == "text"
                       else f"UPDATE {table} SET checksum = checksum || '\\x00'::bytea")
        before = schema(database)
        run = cairn(*command, "--database-url", database.url)
        assert run.returncode != 0
        assert "changed" in run.stderr and "migration" in run.stderr, run.stderr
        assert schema(database) == before

    def test_a_database_that_is_newer_than_the_program(self, database, command):
        table = recorded(database)
        columns = [name for name, in database.query(
            f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0")]
        database.query(f"CREATE TEMP TABLE copy AS SELECT * FROM {table} ORDER BY 1 DESC LIMIT 1;"
                       f" UPDATE copy SET {columns[0]} = 9999; INSERT INTO {table} SELECT * FROM copy")
        run = cairn(*command, "--database-url", database.url)
        assert run.returncode != 0
        assert "newer" in run.stderr and "9999" in run.stderr, run.stderr


def test_a_database_that_does_not_exist_is_named(empty):
    run = cairn("migrate", "up", "--database-url", empty.sibling("no_such_database").url)
    assert run.returncode != 0
    assert "no_such_database" in run.stderr

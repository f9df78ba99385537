#!/usr/bin/env python3
"""The service does not start on a configuration that is missing, default, weak or misspelt, names
the variable, and shows no secret. Runs by scripts/with-service; ends 'N passed, N failed'.
"""
import base64
import os
import pathlib
import secrets
import subprocess
import tempfile

from caller import BINARY, Tally, command_environment

TALLY = Tally()
PASSWORD = "canary" + secrets.token_hex(8)


def refused(name, variable, *, without=(), **changes):
    """Starts the service with a changed environment; it must end and name the variable."""
    environment = command_environment()
    environment |= {"CUSTOMER_CARE_PORT": "1", "CUSTOMER_CARE_ADMIN_PORT": "2"}
    for missing in without:
        environment.pop("CUSTOMER_CARE_" + missing, None)
    for changed, value in changes.items():
        environment["CUSTOMER_CARE_" + changed] = value
    process = subprocess.Popen([BINARY, "serve"], env=environment, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace")
    try:
        output = process.communicate(timeout=20)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        TALLY.expect(f"{name}: it ends", False, True)
        return
    TALLY.expect(f"{name}: it ends with a failure", process.returncode, lambda code: code > 0)
    TALLY.expect(f"{name}: it names {variable}", output, lambda text: variable in text)
    TALLY.expect(f"{name}: it shows no secret", PASSWORD in output, False)
    TALLY.expect(f"{name}: no trace of the program", output,
                 lambda text: "Fatal error" not in text and ".swift:" not in text)


def master_keys():
    """Missing, short, default, all zero, not base64, in two places, readable by all."""
    both = ("MASTER_KEY_FILE", "MASTER_KEY")
    refused("no master key", "CUSTOMER_CARE_MASTER_KEY", without=both)
    zeros = base64.b64encode(bytes(32)).decode()
    for name, key in (("changeme", "changeme"), ("empty", ""), ("16 bytes", base64.b64encode(
            secrets.token_bytes(16)).decode()), ("not base64", PASSWORD + "!"), ("zeros", zeros)):
        refused(f"master key: {name}", "CUSTOMER_CARE_MASTER_KEY", without=both, MASTER_KEY=key)
    refused("master key twice", "CUSTOMER_CARE_MASTER_KEY", MASTER_KEY=base64.b64encode(
        secrets.token_bytes(32)).decode())
    refused("no such file", "CUSTOMER_CARE_MASTER_KEY_FILE", MASTER_KEY_FILE="/nonexistent/key")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("empty", ""), ("short", "aGVsbG8="), ("changeme", "changeme\n"),
                           ("binary", PASSWORD + "\x00")):
            path = pathlib.Path(folder) / name
            path.write_text(text, encoding="ascii")
            refused(f"master key file: {name}", "CUSTOMER_CARE_MASTER_KEY", without=("MASTER_KEY",),
                    MASTER_KEY_FILE=str(path))


def databases():
    """No address, and one that cannot be meant, with a password in it."""
    refused("no database", "CUSTOMER_CARE_DATABASE_URL", without=("DATABASE_URL",))
    refused("an empty database address", "CUSTOMER_CARE_DATABASE_URL", DATABASE_URL="")


def others():
    """Numbers out of range, origins that are none, variables that nobody knows."""
    for variable, value in (("PORT", "0"), ("PORT", "70000"), ("PORT", "+80"), ("PORT", "８０"),
                            ("ADMIN_PORT", "1"), ("LOOP_COUNT", "0"), ("LOG_LEVEL", "loud"),
                            ("ORIGINS", "example.com"), ("ORIGINS", "http://a b"),
                            ("ORIGINS", "https://user:" + PASSWORD + "@example.com"),
                            ("GRACE_TIMEOUT_MS", "-1"), ("STATEMENT_TIMEOUT_MS", "1e3")):
        refused(f"{variable}={value}", "CUSTOMER_CARE_" + variable, **{variable: value})
    refused("a misspelt variable", "CUSTOMER_CARE_PROT", PROT="8080")
    refused("a line end in a value", "CUSTOMER_CARE_BIND_ADDRESS", BIND_ADDRESS="127.0.0.1\nx")


def main():
    TALLY.expect("control: the environment is that of a service",
                 "CUSTOMER_CARE_DATABASE_URL" in os.environ, True)
    for part in (master_keys, databases, others):
        part()
    TALLY.end()


if __name__ == "__main__":
    main()

"""Starts MLflow's server from the task's variables; nothing secret is on the command line or in the image."""

import os
from pathlib import Path
from urllib.parse import quote

# /tmp is the only folder of the container that can be written
_CONFIG = Path(os.environ.get("REGISTRY_CONFIG", "/tmp/basic_auth.ini"))  # noqa: S108


def main() -> None:
    """Write MLflow's own configuration of users, and become the server."""
    user, password = quote(os.environ["REGISTRY_USER"], safe=""), quote(os.environ["REGISTRY_PASSWORD"], safe="")
    # the driver by its name: what a plain postgresql:// means differs between versions of SQLAlchemy
    database = f"postgresql+psycopg2://{user}:{password}@{os.environ['REGISTRY_DATABASE']}"
    # configparser reads a percent sign as the start of a reference
    lines = ["[mlflow]", "default_permission = READ", f"database_uri = {database.replace('%', '%%')}",
             "admin_username = admin"]  # fmt: skip
    _CONFIG.touch(mode=0o600)
    _CONFIG.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.environ["MLFLOW_AUTH_CONFIG_PATH"] = str(_CONFIG)
    os.environ["MLFLOW_BACKEND_STORE_URI"] = database
    os.execvp("mlflow", _command())  # noqa: S606, S607 - found in the image, no shell


def _command() -> list[str]:
    return [
        "mlflow",
        "server",
        "--app-name=basic-auth",
        "--host=0.0.0.0",
        f"--port={os.environ['REGISTRY_PORT']}",
        f"--workers={os.environ['REGISTRY_WORKERS']}",
        "--serve-artifacts",
        f"--artifacts-destination={os.environ['REGISTRY_ARTIFACTS']}",
        f"--allowed-hosts={os.environ['REGISTRY_HOSTS']}",
        "--x-frame-options=DENY",
    ]


if __name__ == "__main__":
    main()

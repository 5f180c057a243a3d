"""The section `serving`: the served form, who may ask, and what is kept of the answers."""

from typing import Literal

from pydantic import Field

from modelyard.config.section import Section


class Jwt(Section):
    """How the bearer tokens of `serving.auth: jwt` are checked."""

    issuer: str | None = Field(None, description="The claim `iss` must be this.")
    audience: str | None = Field(None, description="The claim `aud` must hold this.")
    keys: str = Field("MODELYARD_JWT_KEYS", description="Environment variable that names a JWKS or PEM file.")


class Capture(Section):
    """What is kept of each prediction."""

    enabled: bool = True
    close_s: float = Field(60, gt=0, description="A file of captures is complete after so many seconds at most.")
    personal: Literal["drop", "hash"] = Field(
        "drop", description="Personal columns are left out, or hashed (key: MODELYARD_HASH_KEY, else one in the store)."
    )


class Serving(Section):
    """The served form, who may ask, and what is kept of the answers."""

    require_onnx: bool = Field(False, description="Fail instead of serving the Python model.")
    auth: Literal["none", "token", "jwt"] = Field(
        "none", description="Credential that all routes but /healthz and /readyz ask for; token: in MODELYARD_TOKEN."
    )
    jwt: Jwt = Jwt()
    capture: Capture = Capture()
    log_per_second: int = Field(
        100, ge=0, description="Lines on requests that succeeded, at most, each second; all others are logged."
    )
    emf: bool | None = Field(
        None, description="Write CloudWatch metrics to the log every ten seconds; by default outside `local`."
    )

"""Refuses what this version of `modelyard new` cannot make, and says what it can."""

from modelyard.errors import RequestError
from modelyard.scaffold import vendor


def refuse(template: str, platform: str, region: str | None) -> None:
    """Raise RequestError for a template, platform or region that this version has no use for."""
    version = vendor.installed_version()
    if template != "tabular":
        raise RequestError(
            f"The template {template!r} is not in modelyard {version}; it has `tabular`.",
            "Leave --template out to make a project from a table.",
            code="no_template",
        )
    if platform != "none":
        raise RequestError(
            f"--platform {platform} is not in modelyard {version}; it has `none`.",
            "Leave it out: the project trains, gates, registers and serves without a platform.",
            code="no_platform",
        )
    if region is not None:
        raise RequestError(
            f"--region {region} says where a platform runs, and modelyard {version} makes none.",
            "Leave it out; a store in S3 takes its region from the AWS environment variables.",
            code="no_platform",
        )

"""Puts metrics into CloudWatch by its API.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
"""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlencode

from modelyard.data.store import profile
from modelyard.monitoring.alerts import credentials
from modelyard.monitoring.alerts.http import Answer, Patience, Request, UnsentError, once, refusal, repeat
from modelyard.monitoring.alerts.signature import signed

_CODE = re.compile(rb"<Code>([A-Za-z.]{1,60})</Code>")
_MOST = 500  # metrics of one call; the API takes 1,000


class Series(Protocol):
    """One datapoint of several metrics under the same dimensions."""

    @property
    def dimensions(self) -> Mapping[str, str]:
        """Name to value."""

    @property
    def values(self) -> Mapping[str, float]:
        """Metric to value."""


def put(wanted: Sequence[Series], patience: Patience) -> None:
    """Put all of them, in the namespace `Modelyard`; a call that is repeated counts a datapoint twice, no more.

    Raises:
        UnsentError: There is no region, no credential, or CloudWatch refused.
    """
    region = _region()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    data = [(one.dimensions, name, value) for one in wanted for name, value in one.values.items()]
    for begin in range(0, len(data), _MOST):
        form = _form(data[begin : begin + _MOST], now)
        repeat(lambda _, form=form: _put(form, region, patience.timeout_s), patience)


def _put(form: Mapping[str, str], region: str, timeout_s: float) -> Answer:
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = Request("POST", credentials.endpoint("monitoring", region), headers, urlencode(form).encode())
    try:
        return once(signed(request, "monitoring", region, credentials.find(region)), timeout_s)
    except UnsentError as error:
        answer = refusal(error)
        code = _CODE.search(answer.body) if answer is not None else None
        if code is not None:
            error.reason += f" {code[1].decode()}"
            error.again |= code[1].startswith(b"Throttl")
        raise


def _form(data: Sequence[tuple[Mapping[str, str], str, float]], now: str) -> dict[str, str]:
    form = {"Action": "PutMetricData", "Version": "2010-08-01", "Namespace": "Modelyard"}
    for number, (dimensions, name, value) in enumerate(data, start=1):
        entry = f"MetricData.member.{number}"
        form |= {f"{entry}.MetricName": name, f"{entry}.Value": repr(float(value)), f"{entry}.Timestamp": now}
        for place, (key, text) in enumerate(dimensions.items(), start=1):
            form |= {f"{entry}.Dimensions.member.{place}.Name": key, f"{entry}.Dimensions.member.{place}.Value": text}
    return form


def _region() -> str:
    found = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or profile.settings().get("region")
    if not found:
        raise UnsentError("no AWS region is set (AWS_REGION)")
    return found

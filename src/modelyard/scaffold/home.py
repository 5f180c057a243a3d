"""Where a platform is at home: its name, account and region, and the addresses that follow from them."""

import re
from dataclasses import dataclass
from typing import Literal

from modelyard.config import Environment
from modelyard.scaffold import regions

Mode = Literal["own", "shared"]

ENVIRONMENTS = ("dev", "staging", "prod")
PLACEHOLDER = "000000000000"  # an account that nobody has: `infra plan` warns, `infra up` refuses
_LONGEST = 20  # of a platform's name: it begins the names of buckets, which have 63 characters


@dataclass(frozen=True)
class Home:
    """The platform that a repository is made for."""

    mode: Mode
    name: str
    account: str = PLACEHOLDER
    region: str = regions.DEFAULT

    def store(self, env: str, project: str) -> str:
        """Return where a project's snapshots, models and routing lie: its folder of the layer `lake`'s bucket."""
        return f"s3://{self.name}-{env}-store-{self.account}/{project}"

    def environments(self, project: str) -> dict[str, Environment]:
        """Return `environments` of modelyard.yaml.

        The registry's address is given by AWS where there is no domain, so `tracking` stays open until it is up.
        """
        return {"local": Environment()} | {env: Environment(store=self.store(env, project)) for env in ENVIRONMENTS}

    def answers(self) -> dict[str, object]:
        """Return the template's answers on the platform."""
        return {"platform": self.mode, "platform_name": self.name, "account": self.account, "region": self.region}


def called(name: str) -> str:
    """Return a platform's name made from a project's: at most 20 letters, digits and single hyphens."""
    short = re.sub(r"-+", "-", name)[:_LONGEST].strip("-")
    return short if re.match(r"[a-z]", short) else "platform"

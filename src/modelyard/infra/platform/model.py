"""What `platform.yaml` may say: the whole platform, all environments, in one typed value."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from modelyard.config.github import OWNER, Possible
from modelyard.config.section import Section
from modelyard.infra.platform.environment import Environment
from modelyard.infra.platform.exceptions import Exemption
from modelyard.infra.platform.presets import with_presets
from modelyard.infra.platform.words import ENVIRONMENTS, AccountId, Email, EnvName, PlatformName, ProjectName, Region

# what every service takes (Tagging AWS Resources: IAM and EC2 refuse the rest); letters are those of any language
_TAG = re.compile(r"[\w +\-=.:/@]*")
_OURS = "ManagedBy"


class Github(Section):
    """Who owns the repositories. The ids make trust policies hold when a name is taken over."""

    owner: str = Field(pattern=rf"^{OWNER}$")
    owner_id: int = Field(0, ge=0, description="Filled in by `modelyard github setup`; 0 means not known yet.")


class Repository(Section):
    """One ML repository (or the platform's own) that works with this platform."""

    name: ProjectName = Field(description="`name` in its modelyard.yaml.")
    repository: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$"), Possible] | None = Field(
        None, description="On GitHub; default: name."
    )
    repository_id: int = Field(0, ge=0, description="Filled in by `modelyard github setup`; 0 means not known yet.")
    service: bool = Field(
        True, description="false: the platform's own repository; it has roles and runners, but no model to serve."
    )
    priority: int | None = Field(
        None,
        ge=1,
        le=50_000,
        description="Of its rule at the load balancer; by default from the name, which seldom gives two the same.",
    )

    @property
    def github(self) -> str:
        """Its name on GitHub."""
        return self.repository or self.name


class Contact(Section):
    """Whom AWS calls when something is wrong with the security of the account."""

    name: str = Field(min_length=1, max_length=64)
    title: str = Field("Security", min_length=1, max_length=50)
    email: Email
    phone: str = Field(pattern=r"^\+?[0-9 ()-]{6,25}$")


class AccountWide(Section):
    """What an AWS account has once, whoever uses it."""

    oidc_provider: Literal["make", "adopt"] = Field(
        "make", description="GitHub's identity provider; adopt: another stack of the account has made it."
    )
    guard_rails: bool = Field(
        True, description="No public S3, encrypted disks, IMDSv2, password policy, Access Analyzer; one owner each."
    )
    security_contact: Contact | None = None


class Platform(Section):
    """The whole of `platform.yaml`."""

    name: PlatformName = Field(description="Begins every physical name.")
    mode: Literal["own", "shared"] = Field(
        "own", description="own: all layers are run from here. shared: only `project`, over somebody else's platform."
    )
    account: AccountId
    region: Region
    kubernetes: bool = Field(True, description="With the layers cluster and training.")
    github: Github
    repositories: tuple[Repository, ...] = ()
    environments: dict[EnvName, Environment] = Field({}, validate_default=True, description="Default: all three.")
    account_wide: AccountWide = AccountWide()
    tags: dict[str, str] = Field({}, max_length=40, description="Further tags of every resource.")
    exceptions: tuple[Exemption, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _presets(cls, document: object) -> object:
        if not isinstance(document, Mapping):
            return document
        given = document.get("environments")
        if not isinstance(given, Mapping | None):
            return document
        named = given or dict.fromkeys(ENVIRONMENTS)
        # always dev before prod: which region is home, and what is put up first, is no matter of a file's order
        order = sorted(named, key=lambda name: (*ENVIRONMENTS, name).index(name))
        region = document.get("region")
        return {**document, "environments": {name: with_presets(str(name), named[name], region) for name in order}}

    @field_validator("tags")
    @classmethod
    def _tags_aws_takes(cls, tags: dict[str, str]) -> dict[str, str]:
        for key, value in tags.items():
            if key.lower().startswith(("aws:", "modelyard:")) or not 0 < len(key) <= 128 or len(value) > 256:
                raise ValueError(
                    f"tag {key!r}: at most 128 characters (its value 256), not beginning aws: or modelyard:"
                )
            if not _TAG.fullmatch(key) or not _TAG.fullmatch(value):
                raise ValueError(f"tag {key!r}: {value!r}: AWS takes letters, digits, spaces and + - = . _ : / @")
        folded = [key.casefold() for key in {*tags, _OURS}]  # IAM takes upper and lower case for the same
        twice = sorted(key for key in tags if folded.count(key.casefold()) > 1)
        if twice:
            raise ValueError(f"{', '.join(twice)} differs in case only from another tag, or from our {_OURS}")
        return tags

    @property
    def projects(self) -> tuple[str, ...]:
        """The ML repositories that have a service here."""
        return tuple(repository.name for repository in self.served)

    @property
    def served(self) -> tuple[Repository, ...]:
        """The repositories that have models: with a store, a queue and a service."""
        return tuple(repository for repository in self.repositories if repository.service)

    def account_of(self, env: EnvName) -> str:
        """Return the account of an environment."""
        return self.environments[env].account or self.account

    def region_of(self, env: EnvName) -> str:
        """Return the region of an environment."""
        return self.environments[env].region or self.region

    def kubernetes_in(self, env: EnvName) -> bool:
        """Tell whether an environment has the layers cluster and training."""
        own = self.environments[env].kubernetes
        return self.kubernetes if own is None else own

"""Guard rails that hold for the whole account, whatever is made in it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom AWS calls about the account's security."""

    name: str
    title: str
    email: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class GuardRailsArgs:
    """`home`: also what an account has once for all regions."""

    analyzer: str
    region: str
    account: str
    home: bool
    contact: Contact | None = None


class GuardRails(pulumi.ComponentResource):
    """Produces the settings of a region (disks, metadata, analyzer, documents) and, at home, of the account."""

    def __init__(self, name: str, args: GuardRailsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:account:GuardRails", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._region()
        if args.home:
            self._account()
        if args.home and args.contact is not None:
            self._reachable(args.contact)
        self.register_outputs({"home": args.home})

    def _region(self) -> None:
        aws.ebs.EncryptionByDefault(self._name, enabled=True, opts=self._child)
        aws.ec2.InstanceMetadataDefaults(
            self._name, http_tokens="required", http_put_response_hop_limit=1, opts=self._child
        )
        aws.accessanalyzer.Analyzer(self._name, analyzer_name=self._args.analyzer, type="ACCOUNT", opts=self._child)
        settings = f"arn:aws:ssm:{self._args.region}:{self._args.account}:servicesetting/ssm"
        sharing = f"{settings}/documents/console/public-sharing-permission"
        aws.ssm.ServiceSetting(self._name, setting_id=sharing, setting_value="Disable", opts=self._child)

    def _account(self) -> None:
        aws.s3.AccountPublicAccessBlock(
            self._name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )
        aws.iam.AccountPasswordPolicy(
            self._name,
            minimum_password_length=14,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            password_reuse_prevention=24,
            max_password_age=90,
            allow_users_to_change_password=True,
            opts=self._child,
        )

    def _reachable(self, contact: Contact) -> None:
        aws.account.AlternativeContact(
            self._name,
            alternate_contact_type="SECURITY",
            name=contact.name,
            title=contact.title,
            email_address=contact.email,
            phone_number=contact.phone,
            opts=self._child,
        )

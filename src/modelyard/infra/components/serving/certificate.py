"""A certificate for one host name, validated through the zone it lies in, and renewed by AWS for ever after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """The host name, and the Route 53 zone that answers for it."""

    host: str
    zone_id: pulumi.Input[str]


class Certificate(pulumi.ComponentResource):
    """Makes an `acm.Certificate`, the record that proves who owns the name, and waits until it is issued."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:serving:Certificate", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            name, domain_name=args.host, validation_method="DNS", key_algorithm="EC_prime256v1", opts=mine
        )
        options = certificate.domain_validation_options
        proof = aws.route53.Record(
            f"{name}-proof",
            zone_id=args.zone_id,
            name=options.apply(lambda found: _first(found, "resource_record_name", f"_proof.{args.host}")),
            type=options.apply(lambda found: _first(found, "resource_record_type", "CNAME")),
            records=[options.apply(lambda found: _first(found, "resource_record_value", f"_proof.{args.host}"))],
            ttl=300,
            allow_overwrite=True,  # two certificates for one name are proved by the same record
            opts=mine,
        )
        issued = aws.acm.CertificateValidation(
            f"{name}-issued", certificate_arn=certificate.arn, validation_record_fqdns=[proof.fqdn], opts=mine
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})


def _first(options: Sequence[Any] | None, key: str, planned: str) -> str:
    """Return what ACM asks for; before there is a certificate (a plan), something of the same shape."""
    option = options[0] if options else None
    if option is None:
        return planned
    return (option.get(key) if isinstance(option, dict) else getattr(option, key, None)) or planned

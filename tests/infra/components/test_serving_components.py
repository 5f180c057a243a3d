"""The shared front of all services: private unless asked otherwise, encrypted, logged."""

import json

import pytest
from recorded import ACCOUNT, build

from modelyard.infra.components.serving.balancer import Balancer, BalancerArgs
from modelyard.infra.components.serving.certificate import Certificate, CertificateArgs
from modelyard.infra.components.serving.cluster import ServiceCluster, ServiceClusterArgs
from modelyard.infra.components.serving.firewall import Firewall, FirewallArgs
from modelyard.infra.components.serving.logs import Logs, LogsArgs
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

WHO = {"project": "acme", "env": "dev"}
RULE = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def balancer(**changed):
    place = {"vpc_id": "vpc-1", "subnets": ["subnet-1", "subnet-2"], "log_bucket": "acme-dev-logs"}
    return build(lambda: Balancer("front", BalancerArgs(**WHO, **place, **changed)))


def test_a_balancer_is_internal_and_reached_by_the_named_groups_only():
    world = balancer(clients={"runners": "sg-runners"}, client_cidrs=["10.9.0.0/16"])
    made = world.one("lb/loadBalancer:LoadBalancer").inputs
    assert made["internal"] is True
    assert made["dropInvalidHeaderFields"] is True
    assert made["desyncMitigationMode"] == "defensive"
    assert made["accessLogs"] == {"bucket": "acme-dev-logs", "prefix": "alb/serving", "enabled": True}
    sources = {(r.inputs.get("referencedSecurityGroupId"), r.inputs.get("cidrIpv4")) for r in world.all(RULE)}
    assert sources == {("sg-runners", None), (None, "10.9.0.0/16")}
    assert not any(group.inputs.get("ingress") for group in world.all("ec2/securityGroup:SecurityGroup"))


def test_nobody_reaches_a_balancer_for_which_nobody_is_named():
    assert balancer().all(RULE) == []


def test_a_public_balancer_speaks_tls_only():
    world = balancer(public=True, certificate_arn="arn:cert")
    (listener,) = world.all("lb/listener:Listener")
    assert (listener.inputs["protocol"], listener.inputs["port"]) == ("HTTPS", 443)
    assert listener.inputs["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res")
    (rule,) = world.all(RULE)
    assert (rule.inputs["cidrIpv4"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("0.0.0.0/0", 443, 443)
    assert world.one("lb/loadBalancer:LoadBalancer").inputs["internal"] is False


def test_a_public_balancer_without_a_certificate_is_refused():
    with pytest.raises(ValueError, match="certificate"):
        balancer(public=True)


def test_a_path_without_a_service_is_not_found():
    (action,) = balancer().one("lb/listener:Listener").inputs["defaultActions"]
    assert action["type"] == "fixed-response"
    assert action["fixedResponse"]["statusCode"] == "404"


@pytest.mark.parametrize("kept", [True, False])
def test_deletion_protection_is_what_was_asked(kept):
    assert (
        balancer(deletion_protection=kept).one("lb/loadBalancer:LoadBalancer").inputs["enableDeletionProtection"]
        is kept
    )


def test_the_firewall_limits_addresses_and_hides_tokens_in_its_log():
    args = FirewallArgs(**WHO, balancer_arn="arn:lb", key_arn="arn:key", requests_per_5_minutes=500, log_days=90)
    world = build(lambda: Firewall("firewall", args))
    acl = world.one("wafv2/webAcl:WebAcl").inputs
    rules = {rule["name"]: rule for rule in acl["rules"]}
    limit = rules["limit-per-address"]
    assert limit["action"] == {"block": {}}
    assert limit["statement"]["rateBasedStatement"]["limit"] == 500
    assert len({rule["priority"] for rule in acl["rules"]}) == len(acl["rules"]) == 4
    common = rules["AWSManagedRulesCommonRuleSet"]["statement"]["managedRuleGroupStatement"]
    assert [override["name"] for override in common["ruleActionOverrides"]] == ["SizeRestrictions_BODY"]
    assert world.one("wafv2/webAclAssociation:WebAclAssociation").inputs["resourceArn"] == "arn:lb"
    logging = world.one("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs
    assert logging["redactedFields"] == [{"singleHeader": {"name": "authorization"}}]
    group = world.one("cloudwatch/logGroup:LogGroup").inputs
    assert group["name"].startswith("aws-waf-logs-")
    assert (group["retentionInDays"], group["kmsKeyId"]) == (90, "arn:key")


def test_the_cluster_is_watched_and_has_no_spot():
    world = build(lambda: ServiceCluster("services", ServiceClusterArgs(**WHO)))
    assert world.one("ecs/cluster:Cluster").inputs["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    providers = world.one("ecs/clusterCapacityProviders:ClusterCapacityProviders").inputs
    assert providers["capacityProviders"] == ["FARGATE"]


def test_a_certificate_is_proved_in_its_zone():
    world = build(lambda: Certificate("tls", CertificateArgs(host="ml.example.com", zone_id="Z9")))
    assert world.one("acm/certificate:Certificate").inputs["validationMethod"] == "DNS"
    proof = world.one("route53/record:Record").inputs
    assert (proof["zoneId"], proof["type"]) == ("Z9", "CNAME")
    assert world.one("acm/certificateValidation:CertificateValidation").inputs["certificateArn"].endswith(":tls")


def test_logs_are_encrypted_and_forgotten():
    world = build(lambda: Logs("log", LogsArgs(group_name="/modelyard/x", key_arn="arn:key", days=30)))
    group = world.one("cloudwatch/logGroup:LogGroup").inputs
    assert (group["kmsKeyId"], group["retentionInDays"]) == ("arn:key", 30)


def test_a_role_trusts_one_service_on_behalf_of_one_account():
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/k"}
    args = ServiceRoleArgs(role_name="r", service="ecs-tasks.amazonaws.com", statements=[statement], account=ACCOUNT)
    world = build(lambda: ServiceRole("role", args))
    (trust,) = json.loads(world.one("iam/role:Role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert world.statements("role") == [statement]


def test_a_role_without_statements_has_no_policy():
    world = build(lambda: ServiceRole("role", ServiceRoleArgs(role_name="r", service="ecs.amazonaws.com")))
    assert world.all("iam/rolePolicy:RolePolicy") == []

import pytest
from platforms import only, planned, platform, resources

from modelyard.infra.plan import plan

pytestmark = pytest.mark.slow

VPC = {
    "id": "vpc-0123456789abcdef0",
    "cidr": "10.50.0.0/16",
    "private_subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
}


@pytest.mark.parametrize(("env", "zones", "gateways"), [("dev", 2, 1), ("staging", 2, 1), ("prod", 3, 3)])
def test_sizes_differ_by_environment(env, zones, gateways):
    made = planned(env, "network")
    assert len(resources(made, "ec2/subnet:Subnet")) == 3 * zones
    assert len(resources(made, "ec2/natGateway:NatGateway")) == gateways


def test_private_subnets_leave_by_the_gateway_of_their_zone():
    made = planned("prod", "network")
    routes = {one.name: one.inputs for one in resources(made, "ec2/route:Route")}
    gateways = {routes[f"main-private-{number}"]["natGatewayId"] for number in range(3)}
    assert len(gateways) == 3
    assert "gatewayId" in routes["main-public"]


def test_isolated_subnets_have_no_way_out():
    made = planned("dev", "network")
    assert {one.name for one in resources(made, "ec2/route:Route")} == {
        "main-public",
        "main-private-0",
        "main-private-1",
    }


def test_without_nat_the_endpoints_are_the_only_way_out():
    endpoints = ["ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "secretsmanager", "sts"]
    network = {"nat": "none", "endpoints": endpoints}
    made = planned(
        "dev", "network", kubernetes=False, environments={"dev": {"network": network, "ci": {"enabled": False}}}
    )
    assert not resources(made, "ec2/natGateway:NatGateway")
    assert [one.name for one in resources(made, "ec2/route:Route")] == ["main-public"]
    interfaces = [
        one for one in resources(made, "ec2/vpcEndpoint:VpcEndpoint") if one.inputs["vpcEndpointType"] == "Interface"
    ]
    assert len(interfaces) == len(endpoints)
    assert all(one.inputs["privateDnsEnabled"] for one in interfaces)
    rule = only(made, "vpc/securityGroupIngressRule:SecurityGroupIngressRule", "main")
    assert (rule["cidrIpv4"], rule["fromPort"]) == ("10.20.0.0/16", 443)


def test_the_free_endpoints_are_always_there():
    made = planned("dev", "network")
    assert {one.inputs["serviceName"].rpartition(".")[2] for one in resources(made, "ec2/vpcEndpoint:VpcEndpoint")} == {
        "s3",
        "dynamodb",
    }


def test_the_default_group_lets_nothing_through_and_no_subnet_gives_public_addresses():
    made = planned("dev", "network")
    group = only(made, "ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert (group["ingress"], group["egress"]) == ([], [])
    assert not any(one.inputs["mapPublicIpOnLaunch"] for one in resources(made, "ec2/subnet:Subnet"))


def test_connections_are_recorded_encrypted_and_kept():
    made = planned("prod", "network")
    assert only(made, "ec2/flowLog:FlowLog")["trafficType"] == "ALL"
    group = only(made, "cloudwatch/logGroup:LogGroup")
    assert group["retentionInDays"] == 365
    assert ":key/" in group["kmsKeyId"]


def test_flow_logs_can_be_switched_off():
    assert not resources(planned("dev", "network", environments__dev__network__flow_logs=False), "ec2/flowLog:FlowLog")


def test_an_existing_vpc_is_used_and_nothing_in_it_is_made():
    made = planned("dev", "network", environments={"dev": {"network": {"vpc": VPC}}})
    assert {one.type for one in made.layers[0].resources} == {"aws:kms/key:Key", "aws:kms/alias:Alias"}
    assert made.layers[0].outputs["vpc_id"] == VPC["id"]
    assert made.layers[0].outputs["isolated_subnet_ids"] == VPC["private_subnets"]


def test_the_other_layers_stand_in_an_existing_vpc_without_a_problem():
    made = plan(platform({"environments": {"dev": {"network": {"vpc": VPC}}}}), "dev")
    assert made.problems == ()
    assert {one.inputs["vpcId"] for one in resources(made, "ec2/securityGroup:SecurityGroup")} == {VPC["id"]}

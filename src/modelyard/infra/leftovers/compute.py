"""What runs, and what routes to it: clusters, nodes, tasks, load balancers, gateways, addresses, endpoints."""

from collections.abc import Iterator

from modelyard.infra import aws
from modelyard.infra.leftovers.clues import Clues, batches, pairs
from modelyard.infra.leftovers.found import Found

_GONE = {"terminated", "shutting-down", "deleted", "deleting"}


def clusters(clues: Clues) -> Iterator[Found]:
    """Search EKS: a control plane is paid by the hour."""
    eks = aws.client("eks", clues.region)
    for name in aws.pages(eks, "list_clusters", "clusters"):
        with aws.told(f"describing the cluster {name}"):
            found = eks.describe_cluster(name=name)["cluster"]
        if why := clues.why(found.get("tags") or {}, name=name):
            yield Found(kind="eks cluster", id=name, why=why, fix=f"aws eks delete-cluster --name {name}")


def instances(clues: Clues) -> Iterator[Found]:
    """Search EC2, nodes that Karpenter started included: they outlive a cluster that is deleted under them."""
    ec2 = aws.client("ec2", clues.region)
    for reservation in aws.pages(ec2, "describe_instances", "Reservations"):
        for found in reservation["Instances"]:
            tags = pairs(found.get("Tags"))
            why = clues.why(tags, name=tags.get("Name", ""))
            if why and found["State"]["Name"] not in _GONE:
                kind = "karpenter node" if "karpenter.sh/nodepool" in tags else "instance"
                fix = f"aws ec2 terminate-instances --instance-ids {found['InstanceId']}"
                yield Found(kind=kind, id=found["InstanceId"], why=why, fix=fix)


def services(clues: Clues) -> Iterator[Found]:
    """Search ECS for services that still keep tasks."""
    ecs = aws.client("ecs", clues.region)
    for cluster in aws.pages(ecs, "list_clusters", "clusterArns"):
        name = cluster.rsplit("/", 1)[-1]
        for arns in batches(aws.pages(ecs, "list_services", "serviceArns", cluster=cluster), 10):
            with aws.told(f"describing the services of {name}"):
                found = ecs.describe_services(cluster=cluster, services=list(arns), include=["TAGS"])["services"]
            for each in found:
                why = clues.why(pairs(each.get("tags")), name=name)
                tasks = each.get("desiredCount", 0) + each.get("runningCount", 0)
                if why and each.get("status") != "INACTIVE" and tasks:
                    fix = f"aws ecs delete-service --force --cluster {name} --service {each['serviceName']}"
                    yield Found(kind="ecs service", id=each["serviceArn"], why=why, fix=fix)


def balancers(clues: Clues) -> Iterator[Found]:
    """Search load balancers, those that a Kubernetes service made included."""
    elb = aws.client("elbv2", clues.region)
    found = {each["LoadBalancerArn"]: each for each in aws.pages(elb, "describe_load_balancers", "LoadBalancers")}
    for arns in batches(list(found), 20):
        with aws.told("reading the tags of load balancers"):
            described = elb.describe_tags(ResourceArns=list(arns))["TagDescriptions"]
        for each in described:
            arn = each["ResourceArn"]
            if why := clues.why(pairs(each["Tags"]), name=found[arn]["LoadBalancerName"]):
                fix = f"aws elbv2 delete-load-balancer --load-balancer-arn {arn}"
                yield Found(kind="load balancer", id=arn, why=why, fix=fix)


def gateways(clues: Clues) -> Iterator[Found]:
    """Search NAT gateways."""
    ec2 = aws.client("ec2", clues.region)
    for found in aws.pages(ec2, "describe_nat_gateways", "NatGateways"):
        tags, name = pairs(found.get("Tags")), found["NatGatewayId"]
        why = clues.why(tags, name=tags.get("Name", ""))
        if why and found["State"] not in _GONE:
            yield Found(kind="nat gateway", id=name, why=why, fix=f"aws ec2 delete-nat-gateway --nat-gateway-id {name}")


def addresses(clues: Clues) -> Iterator[Found]:
    """Search Elastic IPs: one that is not attached costs as much as one that is."""
    ec2 = aws.client("ec2", clues.region)
    with aws.told("listing addresses"):
        found = ec2.describe_addresses()["Addresses"]
    for each in found:
        tags, name = pairs(each.get("Tags")), each["AllocationId"]
        if why := clues.why(tags, name=tags.get("Name", "")):
            yield Found(kind="address", id=name, why=why, fix=f"aws ec2 release-address --allocation-id {name}")


def endpoints(clues: Clues) -> Iterator[Found]:
    """Search interface endpoints: paid by the hour and zone; gateway endpoints are free."""
    ec2 = aws.client("ec2", clues.region)
    for found in aws.pages(ec2, "describe_vpc_endpoints", "VpcEndpoints"):
        tags, name = pairs(found.get("Tags")), found["VpcEndpointId"]
        why = clues.why(tags, name=tags.get("Name", ""))
        if why and found.get("VpcEndpointType") != "Gateway" and found.get("State", "").lower() not in _GONE:
            fix = f"aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {name}"
            yield Found(kind="vpc endpoint", id=name, why=why, fix=fix)

"""The cluster: Auto Mode with switches that agree, a private API, closed namespaces, and nobody let in by accident."""

import json

import pulumi
import pytest
import yaml
from recorded import ACCOUNT, build

from modelyard.infra.components import cluster
from modelyard.infra.components.cluster.identity import PodIdentity, PodIdentityArgs
from modelyard.infra.components.serving import bound_every_role

WHO = {"project": "acme", "env": "dev"}
RULE = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def control(**changed):
    place = {"version": "1.36", "subnets": ["subnet-1", "subnet-2"], "role_arn": "arn:control"}
    keys = {"node_role_arn": "arn:node", "secrets_key_arn": "arn:secrets", "logs_key_arn": "arn:logs", "log_days": 90}
    return build(lambda: cluster.ControlPlane("cluster", cluster.ControlPlaneArgs(**WHO, **place, **keys, **changed)))


def test_the_three_switches_of_auto_mode_agree_and_addons_are_off():
    made = control().one("eks/cluster:Cluster")
    assert made.inputs["computeConfig"]["enabled"] is True
    assert made.inputs["storageConfig"] == {"blockStorage": {"enabled": True}}
    assert made.inputs["kubernetesNetworkConfig"]["elasticLoadBalancing"] == {"enabled": True}
    assert made.inputs["bootstrapSelfManagedAddons"] is False
    assert made.options["ignore"] == ["bootstrapSelfManagedAddons"]


def test_the_api_is_private_and_its_clients_are_named():
    made = control(clients={"runners": "sg-runners"})
    network = made.one("eks/cluster:Cluster").inputs["vpcConfig"]
    assert (network["endpointPublicAccess"], network["endpointPrivateAccess"]) == (False, True)
    assert "publicAccessCidrs" not in network
    rule = made.one(RULE).inputs
    assert rule["referencedSecurityGroupId"] == "sg-runners"
    assert (rule["fromPort"], rule["toPort"]) == (443, 443)


def test_a_laptop_is_let_in_by_its_range_only():
    network = control(public_access_cidrs=["198.51.100.7/32"]).one("eks/cluster:Cluster").inputs["vpcConfig"]
    assert network["endpointPublicAccess"] is True
    assert network["publicAccessCidrs"] == ["198.51.100.7/32"]


def test_the_whole_internet_is_refused():
    with pytest.raises(ValueError, match="whole internet"):
        control(public_access_cidrs=["0.0.0.0/0"])


def test_secrets_are_encrypted_and_everything_is_logged():
    made = control()
    inputs = made.one("eks/cluster:Cluster").inputs
    assert inputs["encryptionConfig"] == {"provider": {"keyArn": "arn:secrets"}, "resources": ["secrets"]}
    assert set(inputs["enabledClusterLogTypes"]) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    group = made.one("cloudwatch/logGroup:LogGroup").inputs
    assert group["name"] == f"/aws/eks/{inputs['name']}/cluster"
    assert (group["kmsKeyId"], group["retentionInDays"]) == ("arn:logs", 90)
    assert inputs["upgradePolicy"] == {"supportType": "STANDARD"}


def test_whoever_makes_the_cluster_is_no_administrator_by_that():
    access = control().one("eks/cluster:Cluster").inputs["accessConfig"]
    assert access == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}


@pytest.mark.parametrize("kept", [True, False])
def test_a_protected_cluster_is_protected_twice(kept):
    made = control(deletion_protection=kept).one("eks/cluster:Cluster")
    assert (made.inputs["deletionProtection"], made.options["protect"]) == (kept, kept)


def entries(given):
    args = cluster.EntriesArgs(cluster="acme", entries=given)
    return build(lambda: cluster.Entries("entries", args))


def test_workflows_enter_with_what_they_need():
    roles = {"churn": {"dev": {role: f"arn:{role}" for role in ("apply", "plan", "loop")}}}

    def program():
        given = cluster.of_workflows(["churn"], pulumi.Output.from_input(roles), "dev", ("training",))
        cluster.Entries("entries", cluster.EntriesArgs(cluster="acme", entries=given))

    made = build(program)
    found = {
        one.inputs["principalArn"]: (one.inputs["policyArn"].rpartition("/")[2], one.inputs["accessScope"])
        for one in made.all("eks/accessPolicyAssociation:AccessPolicyAssociation")
    }
    assert found == {
        "arn:apply": ("AmazonEKSClusterAdminPolicy", {"type": "cluster"}),
        "arn:plan": ("AmazonEKSViewPolicy", {"type": "cluster"}),  # this one shows no secrets
        "arn:loop": ("AmazonEKSViewPolicy", {"type": "namespace", "namespaces": ["training"]}),
    }
    groups = {
        one.inputs["principalArn"]: one.inputs.get("kubernetesGroups")
        for one in made.all("eks/accessEntry:AccessEntry")
    }
    assert groups == {"arn:apply": None, "arn:plan": None, "arn:loop": ["modelyard:churn:loop"]}


def test_a_cluster_without_an_administrator_is_refused():
    only = {"look": cluster.Entry(role_arn="arn:plan", policy="AmazonEKSViewPolicy")}
    with pytest.raises(ValueError, match="administrator"):
        entries(only)


def test_the_two_roles_have_what_auto_mode_asks_for():
    made = build(lambda: cluster.ClusterRoles("roles", cluster.ClusterRolesArgs(**WHO)))
    trusts = {one.name: one.json("assumeRolePolicy")["Statement"][0] for one in made.all("iam/role:Role")}
    assert trusts["roles-control"]["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trusts["roles-node"]["Principal"] == {"Service": "ec2.amazonaws.com"}
    policies = {
        one.inputs["policyArn"].rpartition("/")[2] for one in made.all("iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    assert {"AmazonEKSComputePolicy", "AmazonEKSBlockStoragePolicyV2", "AmazonEKSWorkerNodeMinimalPolicy"} <= policies
    assert "AmazonEC2ContainerRegistryPullOnly" in policies


def test_every_role_gets_the_boundary_of_the_account():
    def program():
        bound_every_role("arn:boundary")
        cluster.ClusterRoles("roles", cluster.ClusterRolesArgs(**WHO))

    assert {one.inputs["permissionsBoundary"] for one in build(program).all("iam/role:Role")} == {"arn:boundary"}


def test_a_pod_gets_its_rights_by_pod_identity():
    args = PodIdentityArgs(
        role_name="r", account=ACCOUNT, cluster="acme", namespace="n", service_account="s", managed={"store": "arn:p"}
    )
    made = build(lambda: PodIdentity("pod", args))
    trust = made.one("iam/role:Role").json("assumeRolePolicy")["Statement"][0]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {
        "aws:SourceAccount": ACCOUNT,
        "aws:RequestTag/eks-cluster-name": "acme",
        "aws:RequestTag/kubernetes-namespace": "n",
        "aws:RequestTag/kubernetes-service-account": "s",
    }
    joined = made.one("eks/podIdentityAssociation:PodIdentityAssociation").inputs
    assert (joined["namespace"], joined["serviceAccount"]) == ("n", "s")


@pytest.fixture(scope="module")
def spaces():
    return build(lambda: cluster.Spaces("spaces", cluster.SpacesArgs(labels={"modelyard.io/env": "dev"})))


def test_only_dcgm_is_privileged(spaces):
    enforced = {
        one.inputs["metadata"]["name"]: one.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for one in spaces.all("core/v1:Namespace")
    }
    assert {name for name, level in enforced.items() if level != "restricted"} == {"gpu-monitoring"}
    assert len(enforced) == 6


def test_namespaces_with_work_are_closed(spaces):
    closed = {one.inputs["metadata"]["name"] for one in spaces.all("networking.k8s.io/v1:NetworkPolicy")}
    assert closed == {"closed"}
    for policy in spaces.all("networking.k8s.io/v1:NetworkPolicy"):
        assert policy.inputs["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert len(spaces.all("networking.k8s.io/v1:NetworkPolicy")) == 4


def test_operators_are_pinned_atomic_and_stand_in_our_namespaces():
    names = {cluster.RAY_NAMESPACE: cluster.RAY_NAMESPACE, cluster.QUEUE_NAMESPACE: cluster.QUEUE_NAMESPACE}
    made = build(lambda: cluster.Operators("operators", cluster.OperatorsArgs(spaces=names)))
    releases = {one.inputs["name"]: one.inputs for one in made.all("helm.sh/v3:Release")}
    assert {name: one["version"] for name, one in releases.items()} == {"kuberay-operator": "1.6.0", "kueue": "0.19.2"}
    for one in releases.values():
        assert one["atomic"] is True
        assert one["createNamespace"] is False
    text = releases["kueue"]["values"]["managerConfig"]["controllerManagerConfigYaml"]
    config = yaml.safe_load(text)
    assert config["manageJobsWithoutQueueName"] is True
    assert config["webhook"] == {"port": 9443}  # where the chart's service sends what is to be admitted
    assert "ray.io/rayjob" in config["integrations"]["frameworks"]
    (chosen,) = config["managedJobsNamespaceSelector"]["matchExpressions"]
    assert chosen["values"] == ["training"]


def test_network_policies_are_turned_on():
    made = build(lambda: cluster.NetworkPolicies("policies", cluster.NetworkPoliciesArgs()))
    settings = made.one("core/v1:ConfigMap").inputs
    assert settings["metadata"] == {"name": "amazon-vpc-cni", "namespace": "kube-system"}
    assert settings["data"] == {"enable-network-policy-controller": "true"}


def test_a_kubeconfig_holds_no_credential():
    found = []

    def program():
        text = cluster.kubeconfig("acme", "https://api.example", "Y2E=", "eu-central-1")
        text.apply(found.append)

    build(program)
    (user,) = json.loads(found[0])["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["args"][:4] == ["eks", "get-token", "--cluster-name", "acme"]


def test_jobs_reach_the_registry_on_its_ports_only():
    args = cluster.ReachArgs(source="sg-pods", target="sg-registry", ports=(443,), description="Jobs")
    rule = build(lambda: cluster.Reach("reach", args)).one(RULE).inputs
    assert (rule["securityGroupId"], rule["referencedSecurityGroupId"]) == ("sg-registry", "sg-pods")
    assert (rule["fromPort"], rule["toPort"]) == (443, 443)

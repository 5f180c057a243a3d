"""What AWS itself would say no to, as data: names, their limits and scopes, and what cannot change in place.

Lengths and patterns are those of the services' API models.
"""

import re

# What makes two resources of one type the same one; the default is the name. An empty tuple: never the same.
IDENTITY = {
    "aws:s3/bucket:Bucket": ("bucket",),
    "aws:s3/bucketObjectv2:BucketObjectv2": ("bucket", "key"),
    "aws:iam/rolePolicy:RolePolicy": ("role", "name"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role", "policyArn"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("url",),
    "aws:ecs/service:Service": ("cluster", "name"),
    "aws:ecs/taskDefinition:TaskDefinition": (),
    "aws:eks/addon:Addon": ("clusterName", "addonName"),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ("clusterName", "principalArn", "policyArn"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("clusterName", "namespace", "serviceAccount"),
    "aws:ec2/route:Route": ("routeTableId", "destinationCidrBlock", "destinationPrefixListId"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("subnetId", "gatewayId"),
    "aws:lb/listener:Listener": ("loadBalancerArn", "port"),
    "aws:lb/listenerRule:ListenerRule": ("listenerArn", "priority"),
    "aws:appautoscaling/target:Target": ("serviceNamespace", "resourceId", "scalableDimension"),
    "aws:appautoscaling/policy:Policy": ("resourceId", "name"),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardName",),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": ("alarmName",),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": ("logGroupName", "name"),
    "aws:cloudwatch/eventTarget:EventTarget": ("rule", "targetId"),
    "aws:rds/instance:Instance": ("identifier",),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": ("repository",),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("repository",),
    "aws:codebuild/webhook:Webhook": ("projectName",),
    "aws:sns/topicSubscription:TopicSubscription": ("topic", "protocol", "endpoint"),
    "aws:sns/topicPolicy:TopicPolicy": ("arn",),
    "aws:sqs/queuePolicy:QueuePolicy": ("queueUrl",),
    "aws:secretsmanager/secretVersion:SecretVersion": (),
    "aws:lambda/function:Function": ("name",),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ("bucket",),
    "aws:s3/bucketNotification:BucketNotification": ("bucket",),
    "aws:s3/bucketPolicy:BucketPolicy": ("bucket",),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("bucket",),
    "aws:s3/bucketVersioning:BucketVersioning": ("bucket",),
    "aws:s3/bucketLogging:BucketLogging": ("bucket",),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ("bucket",),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ("bucket",),
}

# Services without regions: a name is taken once in the account, not once per region.
GLOBAL = ("aws:iam/", "aws:s3/bucket:", "aws:budgets/", "aws:cloudfront/", "aws:route53/", "aws:costexplorer/")

NAMES = {
    "aws:s3/bucket:Bucket": ("bucket", re.compile(r"(?!xn--|sthree-)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")),
    "aws:iam/role:Role": ("name", re.compile(r"[\w+=,.@-]{1,64}")),
    "aws:iam/policy:Policy": ("name", re.compile(r"[\w+=,.@-]{1,128}")),
    "aws:iam/rolePolicy:RolePolicy": ("name", re.compile(r"[\w+=,.@-]{1,128}")),
    "aws:iam/instanceProfile:InstanceProfile": ("name", re.compile(r"[\w+=,.@-]{1,128}")),
    "aws:lb/loadBalancer:LoadBalancer": ("name", re.compile(r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)")),
    "aws:lb/targetGroup:TargetGroup": ("name", re.compile(r"(?!-)[A-Za-z0-9-]{1,32}(?<!-)")),
    "aws:ecr/repository:Repository": ("name", re.compile(r"(?=.{2,256}$)[a-z0-9]+([._/-]+[a-z0-9]+)*")),
    "aws:rds/instance:Instance": ("identifier", re.compile(r"(?!.*--)[a-z][a-z0-9-]{0,62}(?<!-)")),
    "aws:eks/cluster:Cluster": ("name", re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")),
    "aws:ecs/cluster:Cluster": ("name", re.compile(r"[A-Za-z0-9_-]{1,255}")),
    "aws:ecs/service:Service": ("name", re.compile(r"[A-Za-z0-9_-]{1,255}")),
    "aws:ecs/taskDefinition:TaskDefinition": ("family", re.compile(r"[A-Za-z0-9_-]{1,255}")),
    "aws:kms/alias:Alias": ("name", re.compile(r"alias/(?!aws/)[a-zA-Z0-9:/_-]{1,250}")),
    "aws:cloudwatch/logGroup:LogGroup": ("name", re.compile(r"[\w./#-]{1,512}")),
    "aws:sns/topic:Topic": ("name", re.compile(r"[\w-]{1,256}")),
    "aws:sqs/queue:Queue": ("name", re.compile(r"[\w-]{1,80}(\.fifo)?")),
    "aws:glue/catalogDatabase:CatalogDatabase": ("name", re.compile(r"[a-z0-9_]{1,255}")),
    "aws:athena/workgroup:Workgroup": ("name", re.compile(r"[a-zA-Z0-9._-]{1,128}")),
    "aws:codebuild/project:Project": ("name", re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,149}")),
    "aws:secretsmanager/secret:Secret": ("name", re.compile(r"[\w/+=.@-]{1,512}")),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name", re.compile(r".{1,255}")),
    "aws:cloudwatch/eventRule:EventRule": ("name", re.compile(r"[\w.-]{1,64}")),
    "aws:cloudwatch/eventConnection:EventConnection": ("name", re.compile(r"[\w.-]{1,64}")),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": ("name", re.compile(r"[\w.-]{1,64}")),
    "aws:lambda/function:Function": ("name", re.compile(r"[\w-]{1,64}")),
    "aws:rds/subnetGroup:SubnetGroup": ("name", re.compile(r"(?!default$)[a-z0-9 ._-]{1,255}")),
    "aws:rds/parameterGroup:ParameterGroup": ("name", re.compile(r"(?!.*--)[a-z][a-z0-9-]{0,254}(?<!-)")),
}

# Changing one of these makes a new resource; the identity of a type always does.
REPLACED_BY = {
    "aws:ec2/vpc:Vpc": {"cidrBlock", "instanceTenancy"},
    "aws:ec2/subnet:Subnet": {"vpcId", "cidrBlock", "availabilityZone"},
    "aws:ec2/securityGroup:SecurityGroup": {"vpcId", "description", "name"},
    "aws:ec2/routeTable:RouteTable": {"vpcId"},
    "aws:ec2/natGateway:NatGateway": {"subnetId", "allocationId", "connectivityType"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"vpcId", "serviceName", "vpcEndpointType"},
    "aws:rds/instance:Instance": {"storageEncrypted", "kmsKeyId", "username", "dbName", "engine", "characterSetName"},
    "aws:rds/parameterGroup:ParameterGroup": {"family", "name"},
    "aws:eks/cluster:Cluster": {"roleArn", "encryptionConfig", "kubernetesNetworkConfig.ipFamily"},
    "aws:ecs/taskDefinition:TaskDefinition": {"*"},
    "aws:ecs/service:Service": {"cluster", "launchType", "schedulingStrategy"},
    "aws:lb/loadBalancer:LoadBalancer": {"internal", "loadBalancerType"},
    "aws:lb/targetGroup:TargetGroup": {"port", "protocol", "vpcId", "targetType"},
    "aws:kms/key:Key": {"customerMasterKeySpec", "keyUsage", "multiRegion"},
    "aws:secretsmanager/secretVersion:SecretVersion": {"secretId"},
    "aws:s3/bucket:Bucket": {"objectLockEnabled", "bucketPrefix"},
    "aws:ecr/repository:Repository": {"encryptionConfigurations"},
}

# While this property is true the service refuses to delete.
HELD_BY = {
    "aws:rds/instance:Instance": "deletionProtection",
    "aws:lb/loadBalancer:LoadBalancer": "enableDeletionProtection",
    "aws:eks/cluster:Cluster": "deletionProtection",
}


def identity(token: str) -> tuple[str, ...]:
    """Return the properties that together may exist once."""
    return IDENTITY.get(token, ("name",))


def badly_named(token: str, inputs: dict, unknown: object) -> tuple[str, str] | None:
    """Return the property and the reason when a name breaks the service's rule."""
    prop, pattern = NAMES.get(token, ("", None))
    value = inputs.get(prop)
    if pattern is None or value is None or value is unknown or pattern.fullmatch(value):
        return None
    return prop, f"the service refuses the name {value!r} ({len(value)} characters)"

"""The policy pack that Pulumi's engine runs: `pulumi preview --policy-pack THIS_FOLDER`."""

from modelyard.infra.policy.crossguard import start

start()

"""KMS: keys that rotate, are hard to lose, and open only for whom they should."""

from collections.abc import Iterator

from modelyard.infra.policy.checks.bucket_policies import open_to_all
from modelyard.infra.policy.control import Property
from modelyard.infra.policy.documents import IDENTITY, RESOURCE, Statement, statements
from modelyard.infra.policy.item import Breach, Item, must_be, must_reach

DECRYPTS = frozenset({"kms:*", "kms:decrypt", "kms:decrypt*", "kms:re*", "kms:reencrypt*", "kms:reencryptfrom"})


class DecryptNamesKeys(Property, row="KMS.1/KMS.2"):
    """No policy may decrypt with every key."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in statements(item, IDENTITY):
            granted = [action for action in one.actions if action.lower() in DECRYPTS]
            if one.allows and granted and _every_key(one):
                yield Breach(one.place, granted, "may be done with every key")


def _every_key(statement: Statement) -> bool:
    return any(resource == "*" or resource.endswith(":key/*") for resource in statement.resources)


class LongDeletionWindow(Property, row="KMS.3"):
    """Keys are not deleted by accident."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_reach(item, "deletionWindowInDays", 30, unset=30)


class Rotates(Property, row="KMS.4"):
    """Keys rotate: only symmetric keys that encrypt can rotate by themselves."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        symmetric = item.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        if symmetric and item.get("keyUsage", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT":
            yield from must_be(item, "enableKeyRotation", True, unset=False)


class KeyNotPublic(Property, row="KMS.5"):
    """Keys are not public."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in statements(item, RESOURCE):
            if open_to_all(one):
                yield Breach(one.place, list(one.actions), "lets everybody use the key")

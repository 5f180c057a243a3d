"""IAM: what roles may do, and that there are no users."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.documents import IDENTITY, statements
from modelyard.infra.policy.item import Breach, Item, must_be, must_reach


class NotEverything(Property, row="IAM.1"):
    """No policy allows everything."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in statements(item, IDENTITY):
            if one.allows and "*" in one.actions and "*" in one.resources:
                yield Breach(one.place, "*:*", "allows every action on everything")


class NoUsers(Property, row="IAM.2"):
    """No policies on users."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield Breach("user", item.get("user", item.name), "belongs to an IAM user")


class PasswordPolicy(Property, row="IAM.7"):
    """A strong password policy."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_reach(item, "minimumPasswordLength", 14, unset=6)
        yield from must_reach(item, "passwordReusePrevention", 24)
        for kind in ("Symbols", "Numbers", "LowercaseCharacters", "UppercaseCharacters"):
            yield from must_be(item, f"require{kind}", True, unset=False)


class NamedActions(Property, row="IAM.21"):
    """No policy allows every action of a service."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in statements(item, IDENTITY):
            whole = [action for action in one.actions if action.endswith(":*")]
            if one.allows and whole:
                yield Breach(one.place, whole, "allows every action of a service")

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.infra.components import names

WORDS = st.text(st.sampled_from("abcxyz019-_. "), min_size=1, max_size=80).filter(lambda w: re.search("[a-z0-9]", w))


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS, WORDS, st.integers(12, 64))
def test_a_name_fits_and_has_only_what_every_service_takes(project, env, what, limit):
    made = names.physical(project, env, what, limit)
    assert len(made) <= limit
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)


def test_shortening_keeps_different_names_apart():
    long = "a" * 60
    assert names.physical("acme", "dev", long + "1", 32) != names.physical("acme", "dev", long + "2", 32)


def test_a_name_that_fits_is_not_touched():
    assert names.physical("acme", "dev", "registry", 32) == "acme-dev-registry"


def test_an_empty_part_leaves_no_double_hyphen():
    assert names.physical("churn", "dev", "") == "churn-dev"


@pytest.mark.parametrize(("project", "limit"), [("", 63), ("...", 63), ("acme", 7)])
def test_a_name_that_cannot_be_made_is_refused(project, limit):
    with pytest.raises(ValueError, match="No name"):
        names.physical(project, "" if not project.strip(".") else "dev", "" if limit == 63 else "registry", limit)


def test_a_bucket_ends_in_its_account_and_fits_with_the_longest_platform():
    made = names.bucket("a" * 20, "staging", "lake-copy", "123456789012")
    assert made.endswith("-123456789012")
    assert len(made) <= 63


def test_a_path_is_one_that_log_groups_and_secrets_take():
    assert names.path("Acme Inc", "dev", "registry") == "/modelyard/acme-inc/dev/registry"

"""What has to stay true of the contract and of the sample that the other tests use."""

from modelyard.testing import Case


def test_the_sample_keeps_the_contract(case: Case):
    broken = [violation.rule for violation in case.check().violations if violation.severity == "error"]
    assert not broken


def test_the_contract_notices_a_missing_target(case: Case):
    assert not case.check(without=case.target).passed


def test_the_sample_is_small_and_holds_no_personal_data(case: Case):
    assert 0 < case.sample.height <= 500
    assert not set(case.sample.columns) & set(case.personal)


def test_every_column_of_the_configuration_is_in_the_contract(case: Case):
    assert case.named <= set(case.contract_columns)

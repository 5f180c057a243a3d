import pytest

from modelyard.errors import RequestError
from modelyard.infra.engine.programs import Program


@pytest.fixture
def program(tmp_path):
    def made(body):
        (tmp_path / "__main__.py").write_text(body)
        return Program("demo", tmp_path)

    return made


def test_what_a_program_raises_is_kept_with_its_line(program):
    failing = program("x = 1\nraise ValueError('no such zone')\n")
    with pytest.raises(RequestError, match=r"__main__.py:2: ValueError: no such zone"):
        failing()
    assert failing.error.code == "program_failed"


@pytest.mark.parametrize("said", ["grpc: the client connection is closing", "rpc error: code = Canceled desc = ..."])
def test_a_program_that_the_engine_cut_off_is_not_to_blame(program, said):
    cut_off = program(f"raise Exception('invocation of aws:kms/getAlias:getAlias returned an error: {said}')\n")
    with pytest.raises(Exception, match="invocation"):
        cut_off()
    assert cut_off.error is None

# Read by the Makefile: what concerns the platform. Pulumi and the AWS SDK are installed when they are first needed.
.PHONY: plan graph doctor
ENVIRONMENT := $(if $(ENV),--env $(ENV))

.venv/.infra: .venv/.ready
ifneq ($(UV),)
	uv sync --quiet --inexact --group infra
else
	$(BIN)/python -m pip install --quiet $(addprefix --find-links ,$(wildcard vendor)) --group infra
endif
	@touch $@

plan: .venv/.infra ## The platform, offline: resources, rules, price (ENV=dev for one)
	$(BIN)/modelyard infra plan $(ENVIRONMENT)

graph: .venv/.infra ## Draw that plan into infra/graph
	$(BIN)/modelyard infra graph $(ENVIRONMENT)

doctor: .venv/.infra ## Tools, credentials, quotas: make doctor ENV=dev
	$(BIN)/modelyard doctor $(ENVIRONMENT)

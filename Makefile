# Needs Python 3.11 or newer and make; everything else comes from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := run
.PHONY: run up doctor test test-clients check bench clean

run: $(STAMP) ## everything once: read, build, publish, say what was found
	@$(BIN)/python -m orchestration.run

up: $(STAMP) ## sandbox, Dagster on 3000, dashboard on 8501, live until Ctrl-C
	@$(BIN)/python -m orchestration.up

doctor: $(STAMP) ## what must be there before a run can work, one line each
	@$(BIN)/python -m orchestration.doctor

test: $(STAMP)
	$(BIN)/python -m pytest -n 2

test-clients: $(STAMP) ## third-party clients, unmodified, against the sandbox; their environments are cached outside the tree
	$(BIN)/python -m pytest tests/clients -m clients -n 2 --dist loadfile

check: $(STAMP) ## what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	env -i PATH="$$PATH" $(BIN)/dagster definitions validate -w workspace.yaml
	$(BIN)/sqlfluff lint dbt_project
	$(BIN)/python -m pytest -n 2

bench: $(STAMP)
	@$(BIN)/python -m benchmarks

clean: ## forget what was read and built; the environment stays
	rm -rf data dbt_project/target dbt_project/logs

# uv itself is in the lock, so pip checks its hash like that of every other package. pip stands in for uv where only pip
# is told which index and certificates this machine uses.
$(STAMP): requirements.lock
	@echo "Installing the environment from requirements.lock"
	@$(PYTHON) -m venv .venv
	@awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@$(BIN)/uv pip sync --quiet --system-certs --python $(BIN)/python --require-hashes requirements.lock \
	    || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@# Compiled once here: where Python may not write beside its modules, every command would compile them again.
	@$(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null || true
	@touch $@

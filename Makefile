# Needs Python 3.11 or newer and make; everything else comes from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed-from-lock

.DEFAULT_GOAL := run
.PHONY: run

# uv itself is in the lock, so pip checks its hash like every other one.
$(STAMP): requirements.lock
	$(PYTHON) -m venv .venv
	@echo "Installing the environment from requirements.lock"
	@sed -n '/^uv==/,/^[^ ]/p' requirements.lock | sed '$$d' > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@touch $@

run: $(STAMP)
	@$(BIN)/python -m orchestration.run

# make study   environment, notebooks, figures, report        make test   all tests
# make lab     JupyterLab on the notebooks                     make clean  remove what was made
# make test-browser   the notebooks in JupyterLab, in a browser
PYTHON ?= python3
CORPUS ?= call-2021
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: study test test-browser lint lab bench strip readme-figure clean

study: $(READY)
	$(BIN)/python -m analysis study $(CORPUS)

test: $(READY) lint
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# every notebook in JupyterLab in headless Chromium (apt install chromium); leaves pictures in screenshots/
test-browser: $(READY)
	$(BIN)/python -m pytest -n auto tests/browser

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(READY)
	$(BIN)/jupyter lab notebooks

# speed beside peers: docs/benchmarks.md and .svg
bench: $(READY)
	$(BIN)/python benchmarks/bench.py --articles $(or $(ARTICLES),10000)

# take outputs out of the notebooks before they are committed
strip: $(READY)
	$(BIN)/nbstripout notebooks/*.ipynb

# the figure on top of the README
readme-figure: $(READY)
	$(BIN)/python -m analysis study call-2021 --notebook 03
	cp figures/call-2021/03-frames.svg docs/frames.svg

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not. Install it, or name it: make study PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python has no venv module. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

clean:
	rm -rf $(VENV) figures report screenshots *.egg-info build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find analysis tests notebooks -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

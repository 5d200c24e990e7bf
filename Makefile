# Works with git, make and Python 3.11 or newer; everything else is fetched into .venv by `make setup`.
SHELL := /bin/sh
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export DVC_NO_ANALYTICS := 1
export MLFLOW_DISABLE_TELEMETRY := true
export OMP_WAIT_POLICY := PASSIVE
# Byte code halves the start of every stage; DVC does not see it (.dvcignore).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup repro weekly demo-loop suggest export serve spark test test-slow test-services test-apps test-spark lint format ui promote rollback leak-check replay forget access bench bench-quality bench-value recalibrate bench-loop help

help: ## Show the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

setup: .venv/.made ## Make .venv from requirements.lock (uv where pip can fetch it, plain pip otherwise)

.venv/.made: requirements.lock .ci/make_venv
	@PYTHON="$(PYTHON)" sh .ci/make_venv
	@touch $@

spark: setup .venv/.spark ## Add PySpark to .venv, for engine.name: spark (docs/spark.md)

.venv/.spark: requirements-spark.lock .venv/.made
	@python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-spark.lock
	@touch $@

repro: setup ## From raw events to this week's list
	@python -m pipeline.check
	@dvc repro
	@python -m pipeline.where

weekly: setup ## The weekly run, for a scheduler: pull, repro, is the list fresh, push (docs/schedule.md)
	@python -m pipeline.weekly $(if $(TODAY),--today "$(TODAY)") $(if $(COMMIT),--commit) $(if $(QUIET),--quiet) $(if $(JSON),--json)

suggest: setup ## Look at a source and propose params.suggested.yaml: make suggest SOURCE=data/raw/orders.csv
	@python -m pipeline.suggest "$(SOURCE)" $(COLUMNS)

test: setup ## Run the tests
	@python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not postgres and not browser and not office and not spark"

test-slow: setup ## Simulated worlds, traps and odd shops
	@python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "slow and not postgres and not browser and not office and not spark"

test-services: setup ## The database as source, against a PostgreSQL server that the tests start (package postgresql)
	@python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m postgres

test-apps: setup ## The page in Chromium, the workbook and CSV in LibreOffice (packages chromium, libreoffice-calc)
	@python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "browser or office"

test-spark: setup spark ## The engine Spark against the engine DuckDB, byte for byte (Java 17)
	@python -m pytest -n 0 -m spark

lint: setup ## Format check, lint, types, import contract
	@ruff format --check .
	@ruff check .
	@mypy
	@lint-imports

format: setup ## Format the code
	@ruff format .
	@ruff check --fix .

ui: setup ## Look at runs, plots and the champion in MLflow (http://127.0.0.1:5000)
	@MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false mlflow ui --backend-store-uri "$${MLFLOW_TRACKING_URI:-sqlite:///mlflow.db}" --host 127.0.0.1 --port $${PORT:-5000} --workers 1

promote: setup ## Say yes to a challenger that waits, then score with it
	@python -m pipeline.confirm
	@$(MAKE) --no-print-directory repro

rollback: setup ## Bring an earlier champion back: make rollback TO=<version>
	@python -m pipeline.rollback "$(TO)"
	@$(MAKE) --no-print-directory repro

recalibrate: setup ## A new level for the forecast, the order as it is, where past dates support it (FORCE=1: all the same)
	@python -m pipeline.recalibrate $(if $(FORCE),--force)
	@$(MAKE) --no-print-directory repro

export: setup ## This week's contact lists with names and addresses, for those who send: exports/ (docs/privacy.md)
	@python -m pipeline.export $(if $(TODAY),--today "$(TODAY)")

serve: setup ## The lists over HTTP, read-only, for programs that pull: token in EBB_SERVE_TOKEN (docs/serve.md)
	@python -m pipeline.serve

forget: setup ## Erase people: ids on standard input, key in EBB_PSEUDONYM_KEY (docs/privacy.md)
	@python -m pipeline.forget

access: setup ## All that is held on one person, as JSON: the id on standard input
	@python -m pipeline.access

leak-check: setup ## Proof that no feature looks past its snapshot, on the events of the last run
	@python -m pipeline.leak_check

replay: setup ## Make a past list again and compare the bytes: make replay AS_OF=2011-11-28
	@python -m pipeline.replay "$(AS_OF)"

demo-loop: setup ## Play the whole loop on a simulated shop whose truth is known (minutes): EFFECT=0 for contacts that do nothing
	@python -m pipeline.demo_loop $(if $(EFFECT),--effect $(EFFECT)) $(if $(WEEKS),--weeks $(WEEKS))

bench: setup ## Measure speed and memory against the targets: docs/bench/scale.md. FULL=1 up to 100M events, DEMO=1 for dvc repro too
	@python -m tests.bench.scale --size $(if $(FULL),full,default) $(if $(DEMO),--demo) $(if $(ONLY),--only $(ONLY))

bench-quality: setup ## Hold the probabilities against real data sets (EBB_DATASETS) and known worlds: docs/bench
	@python -m tests.bench.bench_quality

bench-value: setup ## Hold the spend forecast against its rivals on real data sets (EBB_DATASETS): docs/bench
	@python -m tests.bench.bench_value

bench-loop: setup ## Hold the effect of contacts against worlds whose truth is known, and uplift against a real test (EBB_DATASETS): docs/bench
	@python -m tests.bench.bench_effect
	@python -m tests.bench.bench_loop
	@python -m tests.bench.bench_uplift

# Short names for the usual errands. Everything here works by hand too; see the README.
PYTHON = .venv/bin/python

.PHONY: run test lint format messages lock

run: ## the demo cinema on http://127.0.0.1:8000
	python3 run.py

test: ## every check and every test
	python3 run.py test

lint: ## what can be said without running anything
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	.venv/bin/lint-imports

format: ## put the code into its usual shape
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

messages: ## gather new texts into the catalogues, and compile what is translated
	SECRET_KEY=gathering-texts-needs-no-secret $(PYTHON) manage.py makemessages -l zh_Hans --no-location --no-wrap \
		--ignore=.venv --ignore=var
	for po in cinema/locale/*/LC_MESSAGES/*.po; do msgfmt --check-format -o $${po%.po}.mo $$po; done

lock: ## pin what requirements*.in ask for, with hashes
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 requirements-stripe.in -c requirements.txt \
		-o requirements-stripe.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 requirements-dev.in -c requirements.txt \
		-o requirements-dev.txt

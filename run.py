#!/usr/bin/env python3
"""Start the cinema, or test it. Needs nothing but Python and its venv module:

    python3 run.py                 make .venv, install, set up, load the demo cinema, serve on http://127.0.0.1:8000
    python3 run.py serve           production on one machine: nginx, WSGI and ASGI workers, PostgreSQL, Redis
    python3 run.py test [ARGS]     every check and every test; ARGS go to pytest, then only tests are run
    python3 run.py prove [NAME]    the long proofs, all or by name

HOST, PORT, DATABASE_URL, REDIS_URL and the other variables of the README change what they say.
"""

import sys

# Everything up to here must be readable by any Python 3, so that an old one gets a sentence and not a syntax error.
if sys.version_info < (3, 11):
    import shutil

    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if shutil.which(name)]
    sys.exit(
        "The cinema needs Python 3.11 or newer; this is %d.%d. " % sys.version_info[:2]
        + ("Start it with: %s run.py" % newer[0] if newer else "Install one, for example: sudo apt install python3")
    )

from runner.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A clock of the tests' own: started before anything else in every Python process whose path begins with this folder.

``CINEMA_TEST_CLOCK`` is how many seconds the process is ahead of the machine (or, below zero, behind it). A whole run
has it from ``run.py prove clock``, and with the run every server, worker and command that a test starts; a server of
one test from ``serve(clock=...)``. The product knows nothing of it. Only ``time`` and ``datetime`` are moved: not the
times of files, nor the clocks of databases and browsers.
"""

import os
import time

if seconds := float(os.environ.get("CINEMA_TEST_CLOCK", "") or 0):
    import time_machine

    time_machine.travel(time.time() + seconds, tick=True).start()
    time.time()  # its clock stands still until it is first asked

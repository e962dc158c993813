"""A clock of the tests' own: started before anything else in every Python process whose path begins with this folder.

``CINEMA_TEST_CLOCK=21:40`` lets the process begin at that time of the house's day (``TIME_ZONE``) and go on from there;
``runner.proofs.clock`` sets both for the tests, and with them for every server, worker and command they start. The
product knows nothing of it: only ``time`` and ``datetime`` of these processes are ahead or behind, not files' times,
databases or browsers.
"""

import os
import time

if seconds := float(os.environ.get("CINEMA_TEST_CLOCK", "") or 0):
    import time_machine

    time_machine.travel(time.time() + seconds, tick=True).start()

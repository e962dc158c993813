"""The long proofs: what takes too long to be shown at every change, by name, each with a seed and a kept result.

    python3 run.py prove                     all of them, at full length
    python3 run.py prove races clock         these two
    python3 run.py prove races --share 0.1   a tenth of its length
    python3 run.py prove --sample            a moment of each that the tests don't sample already; nothing is kept
    python3 run.py prove --list              their names, and what each shows

To add one, put a file here. Its name is the proof's, the first paragraph of its docstring what it shows, and it has one
function, which returns what came of it in a sentence (it stands in ``docs/proofs.md``) and raises what went wrong::

    '''A ticket is admitted once, however many doors scan it at one moment.'''

    from proofs.trial import Trial

    SAMPLE = ["tests/door/test_scanning.py"]      # tests that do a little of it at every run; without any, leave it out

    def prove(trial: Trial) -> str:
        return trial.tests("tests/door/test_scanning.py", postgres=True, SCANS=trial.size(10_000))

``trial.seed`` feeds whatever chance has a part in it, ``trial.size(full)`` is how many of ``full`` fit the share asked
for, ``trial.tests(...)`` runs tests with such variables and returns pytest's last line, ``trial.run(...)`` any module
(``bench`` has several) and returns what it printed. ``trial.fail_if(list)`` fails with what is in the list.
"""

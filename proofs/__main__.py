"""``python -m proofs``, inside the virtual environment: find the proofs, run those asked for, keep the results."""

import argparse
import importlib
import pkgutil
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from types import ModuleType

import proofs
from proofs.record import Result, keep
from proofs.trial import CouldNotLook, NotProved, Trial

SAMPLE_SHARE = 0.005


def known() -> dict[str, ModuleType]:
    """Every proof by its name."""
    names = [module.name for module in pkgutil.iter_modules(proofs.__path__) if not module.name.startswith("_")]
    loaded = {name: importlib.import_module(f"proofs.{name}") for name in names}
    return {name: module for name, module in loaded.items() if hasattr(module, "prove")}


def shows(module: ModuleType) -> str:
    """What a proof shows: the first paragraph of its docstring."""
    return " ".join((module.__doc__ or "").split("\n\n")[0].split())


def arguments(words: list[str], names: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="run.py prove", description=proofs.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all, unless named: {', '.join(names)}")
    parser.add_argument("--share", type=float, default=1.0, help="how much of the full length, such as 0.1")
    parser.add_argument("--seed", type=int, default=0, help="of a run to repeat; another one each time unless said")
    parser.add_argument("--sample", action="store_true", help="a moment of each; nothing is kept")
    parser.add_argument("--list", action="store_true", help="name them")
    options = parser.parse_args(words)
    if unknown := set(options.names) - set(names):
        parser.error(f"there is no proof {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return options


def run(name: str, module: ModuleType, trial: Trial) -> bool:
    """Run one proof, say what came of it and, unless it is but a sample, keep it; returns whether it held."""
    print(f"\n=== {name} (seed {trial.seed}, share {trial.share:g}): {shows(module)}", flush=True)
    begun, held = time.monotonic(), True
    try:
        sentence = module.prove(trial)
    except CouldNotLook as trouble:
        held, sentence = trial.sample, f"COULD NOT LOOK: {trouble}"
    except (NotProved, AssertionError, OSError, subprocess.SubprocessError) as error:
        held, sentence = False, f"FAILED: {str(error) or type(error).__name__}"
    seconds = time.monotonic() - begun
    print(f"=== {name}: {sentence}  ({seconds:.0f} s)", flush=True)
    if not trial.sample:
        first = sentence.splitlines()[0] if sentence else ""
        keep(Result(name, first, trial.share, trial.seed, seconds, f"{datetime.now(UTC):%Y-%m-%d}"))
    return held


def main(words: list[str]) -> int:
    """Run what was asked for; answer 1 if anything did not hold."""
    modules = known()
    options = arguments(words, list(modules))
    if options.list:
        for name, module in modules.items():
            print(f"{name:12} {shows(module)}")
        return 0
    chosen = options.names or [n for n, m in modules.items() if not (options.sample and getattr(m, "SAMPLE", None))]
    seed = options.seed or random.randrange(1, 10**6)
    trial = Trial(seed=seed, share=SAMPLE_SHARE if options.sample else options.share, sample=options.sample)
    failed = [name for name in chosen if not run(name, modules[name], trial)]
    print(f"\n{len(chosen) - len(failed)} proved, {len(failed)} not{': ' + ', '.join(failed) if failed else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

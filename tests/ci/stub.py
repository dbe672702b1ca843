"""Stands in for a program that a step names: checks the options with the real program, and fakes the rest.

Called by the name of the program. `REAL` is the real runtime-bench, `REAL_SCRIPTS` are the real scripts, `LOG` a file
that gets each command.
"""

import os
import subprocess
import sys
from pathlib import Path

name, arguments = Path(sys.argv[0]).name, sys.argv[1:]
with open(os.environ["LOG"], "a") as log:
    print(name, *arguments, file=log)


def ask(program, *more):
    """The real program must know every option."""
    asked = subprocess.run([program, *arguments, *more], capture_output=True, text=True)
    if asked.returncode != 0:
        sys.exit(f"{name} {' '.join(arguments)}: {asked.stderr or asked.stdout}")


def pretend(option, content=""):
    """Writes the file, or fills the folder, that an option names."""
    if option in arguments:
        path = Path(arguments[arguments.index(option) + 1])
        if name == "runtime-bench" and arguments[0] == "report":
            path /= "summary.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


if name == "runtime-bench":
    # clap reaches the `--help` at the end only if it accepts everything before it.
    ask(os.environ["REAL"], "--dry-run" if arguments[0] == "bench" else "--help")
    pretend("--out", "# made up\n")
    if arguments[0] == "bench":
        out = arguments[arguments.index("--out") + 1]
        summary = Path(out.removesuffix(".gz").removesuffix(".json") + "-report/summary.md")
        summary.parent.mkdir(parents=True, exist_ok=True)
        summary.write_text("# made up\n")
elif name in ("ci-compare", "publish"):
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    script = Path(os.environ["REAL_SCRIPTS"], name)
    known = subprocess.run([script, "--help"], capture_output=True, text=True, check=True).stdout
    for option in (word for word in own if word.startswith("-")):
        if option not in known.split():
            sys.exit(f"{name} has no option {option}")
    if name == "ci-compare":
        behind = ["ab", "--base", "a", "--head", "b", *arguments[len(own) + 1 :]]
        sys.exit(subprocess.run(["runtime-bench", *behind]).returncode)

"""Checks that the workflows, the action and the fleet jobs are valid, and that every command in them exists.

    check.py RUNTIME_BENCH

The schemas come with packages, so no network is needed. Each step runs with stubs for commands that take
long or use the network: see stub.py. `scripts/test` runs this.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
JOB = ROOT / "scripts/fleet/job.yaml"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
STUBS = ["runtime-bench", "cargo", "rustup", "git", "sudo"]


def schemas():
    """Validates each file against its schema."""
    tool = Path(sys.executable).parent
    validate = [tool / "check-jsonschema", "--builtin-schema"]
    subprocess.run([*validate, "vendor.github-workflows", *WORKFLOWS], check=True)
    subprocess.run([*validate, "vendor.github-actions", ACTION], check=True)
    subprocess.run([tool / "kubernetes-validate", "--strict", JOB], check=True)


def read(path):
    return yaml.safe_load(path.read_text())


def rules(path, steps):
    """Checks rules that no schema covers."""
    for step in steps:
        run, uses = step.get("run", ""), step.get("uses", "./")
        assert "${{" not in run, f"{path.name}: an expression in `{run}` can be code; put it into env"
        assert uses == "./" or re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", uses), \
            f"{path.name}: pin {uses} by the hash of its commit"


class Scratch:
    """A folder in which steps are run, with stubs in place of programs."""

    def __init__(self, folder, real):
        self.folder = Path(folder)
        self.log = self.folder / "log"
        self.summary = self.folder / "job-summary"
        programs = [self.folder / "bin" / name for name in STUBS]
        programs += [self.folder / "runtime-bench", self.folder / "target/release/runtime-bench"]
        programs += [self.folder / "scripts" / name for name in ("ci-compare", "fuzz", "msrv", "publish", "test")]
        for path in programs:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"#!{sys.executable}\n" + (ROOT / "tests/ci/stub.py").read_text())
            path.chmod(0o755)
        (self.folder / "runtime-bench-counting").touch()
        (self.folder / "bin/runtime-bench-shard").symlink_to(ROOT / "scripts/fleet/shard")
        (self.folder / "scripts/fleet").symlink_to(ROOT / "scripts/fleet")
        (self.folder / "scripts/ci-gate").symlink_to(ROOT / "scripts/ci-gate")
        self.env = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "REAL": str(real),
            "REAL_SCRIPTS": str(ROOT / "scripts"),
            "LOG": str(self.log),
            "GITHUB_STEP_SUMMARY": str(self.summary),
        }

    def run(self, command, env, shell="bash"):
        """Runs a command, which must succeed."""
        env = {**self.env, **{name: str(value) for name, value in env.items()}}
        flags = ["-eo", "pipefail", "-c"] if shell == "bash" else ["-c"]
        ended = subprocess.run([shell, *flags, command], cwd=self.folder, env=env)
        assert ended.returncode == 0, f"`{command}` ended with {ended.returncode}"

    def commands(self, start):
        """The calls so far, of the commands with this beginning."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(start)]


def resolved(env, values):
    """Replaces expressions by values; an unknown one is an error."""
    replace = lambda found: str(values[found[1]])
    return {name: EXPRESSION.sub(replace, str(value)) for name, value in env.items()}


def inputs_of(document):
    # YAML 1.1 reads the word `on` as a Boolean.
    on = document.get(True) or {}
    dispatch = on.get("workflow_dispatch") if isinstance(on, dict) else None
    return (dispatch or {}).get("inputs", {})


def workflow(path, scratch):
    """Runs every step of a workflow, once per matrix entry."""
    document = read(path)
    assert document.get("permissions"), f"{path.name} does not limit its permissions"
    values = {"github.run_number": 7, "github.event.pull_request.base.sha": "main"}
    for name, about in inputs_of(document).items():
        values[f"inputs.{name}"] = about["default"]
        values[f"inputs.{name} || '{about['default']}'"] = about["default"]
    for name, job in document["jobs"].items():
        assert "timeout-minutes" in job, f"{path.name}: {name} may run for ever"
        rules(path, job["steps"])
        matrix = job.get("strategy", {}).get("matrix", {"": [None]})
        ((axis, members),) = matrix.items()
        for member in members:
            own = {**values, f"matrix.{axis}": member, "strategy.job-total": len(members)}
            for step in job["steps"]:
                env = resolved({**job.get("env", {}), **step.get("env", {})}, own)
                if "run" in step:
                    scratch.run(step["run"], env)
                elif step["uses"] == "./":
                    action(scratch, {**own, **resolved(step["with"], own)})


def action(scratch, given):
    """The steps of our action, with inputs."""
    document = read(ACTION)
    values = {"github.action_path": scratch.folder, "runner.temp": scratch.folder / "temp"}
    for name, about in document["inputs"].items():
        values[f"inputs.{name}"] = given.get(name, about.get("default"))
    rules(ACTION, document["runs"]["steps"])
    for step in document["runs"]["steps"]:
        scratch.run(step["run"], resolved(step["env"], values))


def fleet_of_pods(scratch):
    """The container's command, once for each index."""
    spec = read(JOB)["spec"]
    container = spec["template"]["spec"]["containers"][0]
    env = {one["name"]: one["value"] for one in container["env"]}
    assert int(env["SHARDS"]) == spec["completions"] == spec["parallelism"]
    assert container["command"] == ["sh", "-c"]
    for index in range(spec["completions"]):
        command = container["args"][0].replace("/results/", f"{scratch.folder}/results/")
        scratch.run(command, {**env, "JOB_COMPLETION_INDEX": index}, shell="sh")


def array_of_slurm(scratch):
    """The batch script, once for each index of its array."""
    text = (ROOT / "scripts/fleet/array.sbatch").read_text()
    first, last = map(int, re.search(r"^#SBATCH --array=(\d+)-(\d+)$", text, re.MULTILINE).groups())
    for index in range(first, last + 1):
        scratch.run("scripts/fleet/array.sbatch", {"SLURM_ARRAY_TASK_ID": index, "SLURM_ARRAY_TASK_COUNT": 1})


def image(scratch):
    """The commands of the container file, and the files that it copies."""
    text = (ROOT / "scripts/fleet/Containerfile").read_text().replace("\\\n", "")
    # Libraries that the real program links.
    (scratch.folder / "target/release/layouts").mkdir()
    for line in text.splitlines():
        if line.startswith("RUN "):
            scratch.run(line.removeprefix("RUN ").replace("/programs", f"{scratch.folder}/programs"), {})
        if line.startswith("COPY ") and "--from" not in line:
            assert (ROOT / line.split()[1]).exists(), line
    assert (scratch.folder / "programs/runtime-bench").exists(), "the image has no programs"
    image = read(JOB)["spec"]["template"]["spec"]["containers"][0]["image"]
    assert f"--tag {image.split(':')[0]} " in text, f"the container file does not build {image}"


def shards(commands):
    return [word for line in commands for word in line.split() if re.fullmatch(r"\d+/\d+", word)]


def main(real):
    schemas()
    eight = [f"{index}/8" for index in range(1, 9)]
    for path in WORKFLOWS:
        with tempfile.TemporaryDirectory() as folder:
            scratch = Scratch(folder, real)
            workflow(path, scratch)
            if path.stem == "ci":
                for command in ("test", "fuzz 60", "msrv", "cargo deny check", "cargo check --locked"):
                    assert scratch.commands(command), f"ci.yml does not run {command}"
                continue
            assert "# made up" in scratch.summary.read_text(), f"{path.name} shows no summary"
            if path.stem == "fleet":
                assert shards(scratch.commands("runtime-bench bench")) == eight
                files = " ".join(f"shard-{index}.json" for index in range(1, 9))
                assert scratch.commands(f"runtime-bench merge {files} --out results.json")
            if path.stem == "pull-request":
                assert scratch.commands("ci-compare main HEAD -- --threshold 5% --format markdown")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(folder, real)
        image(scratch)
        fleet_of_pods(scratch)
        assert shards(scratch.commands("runtime-bench bench")) == eight
        assert len(scratch.commands("runtime-bench doctor")) == 8, "a pod has no preflight"
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(folder, real)
        array_of_slurm(scratch)
        assert shards(scratch.commands("runtime-bench bench")) == eight
    print(f"{len(WORKFLOWS)} workflows, the action, the image and the jobs are valid, and their commands known")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

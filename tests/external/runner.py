"""An external runner for the tests of the harness: it runs `null`, `spawn-join` and `echo-latency`, or
misbehaves in the way that its argument names."""

import json
import os
import socket
import subprocess
import sys
import threading
import time

PROTOCOL = 2


def say(status, **rest):
    print(json.dumps({"protocol": PROTOCOL, "status": status, **rest}), flush=True)


def describe(request):
    def reason(cell):
        if cell["workload"] in ("null", "spawn-join", "echo-latency") and "variant" not in cell:
            return None
        return "the test's runner does not do it"

    cells = [reason(cell) for cell in request["cells"]]
    say("described", configuration="one thread", versions={"python": "3"}, notes=["for tests"], cells=cells)


def param(request, name):
    return next(param["value"] for param in request["cell"]["params"] if param["name"] == name)


def iterate(request):
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    tasks = param(request, "tasks") if request["cell"]["workload"] == "spawn-join" else None
    answer = None if tasks is None else sum(range(tasks))
    wall, cpu = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
    return {"wall_ns": wall, "cpu_ns": cpu, "output": answer}


def measured(request):
    warm_up = [] if "iterations" in request["block"] else [iterate(request) for _ in range(20)]
    samples = [iterate(request) for _ in range(request["block"].get("iterations", 50))]
    warm_up_ns = sum(sample["wall_ns"] for sample in warm_up)
    metrics = [{"name": "threads", "unit": "", "better": "neither", "value": threading.active_count()}]
    return {"samples": samples, "warm_up_iterations": len(warm_up), "warm_up_ns": warm_up_ns, "metrics": metrics}


def serve():
    listener = socket.create_server(("127.0.0.1", 0))

    def echo(stream):
        while message := stream.recv(4096):
            stream.sendall(message)

    def accept():
        while True:
            stream, _ = listener.accept()
            threading.Thread(target=echo, args=(stream,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    say("ready", address="127.0.0.1:%d" % listener.getsockname()[1])
    sys.stdin.readline()
    say("ok")


def trial(request, how):
    reply = measured(request)
    first = reply["samples"][0]
    if how == "wrong":
        first["output"] = 7
    elif how == "form":
        first["output"] = "many"
    elif how in ("negative", "zero", "future"):
        first["wall_ns"] = {"negative": -5, "zero": 0, "future": 1e15}[how]
    say("ok", **reply)


def misbehave(how, request):
    """Whether there is nothing more to send."""
    if how == "noise":
        print("<b>Loading</b> the model")
    elif how == "hang":
        time.sleep(600)
    elif how == "crash":
        print("out of luck", file=sys.stderr)
        sys.exit(3)
    elif how == "exits":
        # Its child keeps the output open.
        subprocess.Popen(["sleep", "600"])
        sys.exit(1)
    elif how == "unfinished":
        os.write(1, b'{"protocol": 2')
        time.sleep(600)
    elif how == "escapes":
        print("\x1b]0;TITLE\x07\x1b[31mred", file=sys.stderr)
        sys.exit(1)
    elif how == "flood":
        while True:
            os.write(1, b"x" * 65536)
    elif how == "eats":
        hoard = []
        while True:
            hoard.append(b"x" * (16 << 20))
    elif how == "orphan":
        child = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL)
        with open(os.environ["ORPHANS"], "a") as file:
            file.write("%d\n" % child.pid)
    elif how == "daemon":
        # It leaves the process group, and its parent ends at once.
        script = "setsid sleep 600 >/dev/null 2>&1 & echo $! >> \"$ORPHANS\""
        subprocess.run(["sh", "-c", script])
    elif how in ("older", "newer"):
        print(json.dumps({"protocol": PROTOCOL - 1 if how == "older" else PROTOCOL + 1, "status": "ok"}))
        return True
    elif how == "short":
        say("described", cells=[])
        return True
    return False


def main():
    how = sys.argv[1] if len(sys.argv) > 1 else "well"
    request = json.loads(sys.stdin.readline())
    if request["protocol"] != PROTOCOL:
        message = "this runner speaks protocol %d" % PROTOCOL
        say("error", kind="protocol", message=message)
    elif request["request"] == "describe" and how != "short":
        describe(request)
    elif misbehave(how, request):
        pass
    elif request["cell"]["workload"] == "echo-latency" and how != "measures":
        serve()
    else:
        trial(request, how)


main()

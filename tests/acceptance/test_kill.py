"""A recording that is killed loses nothing that was acknowledged, and the next start says what it saved."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

ROUNDS = int(os.environ.get("LIMB_DAQ_KILL_ROUNDS", "4"))


@pytest.mark.timeout(30 + 15 * ROUNDS)
def test_nothing_acknowledged_is_lost_by_kill_9(command, tmp_path):
    chance = random.Random(7)
    for k in range(ROUNDS):
        folder = tmp_path / str(k)
        words = [sys.executable, "-m", "daq", "record", "--simulate", "--folder", str(folder), "--seconds", "30", "--json"]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert child.stdout is not None
        seen = [json.loads(child.stdout.readline()) for _ in range(3)]
        time.sleep(chance.uniform(0.0, 0.8))
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        seen += [json.loads(line) for line in rest.splitlines() if line.endswith("}")]
        acknowledged = [e for e in seen if e["event"] == "acknowledged"]
        assert acknowledged

        again = command("record", "--simulate", "--folder", folder, "--seconds", "0.5", "--json")
        saved = min(folder.glob("*.mcap"))
        replayed = command("replay", saved, "--json")

        assert "salvaged" in again.err.lower()
        assert json.loads(replayed.out)["inputs"] >= acknowledged[-1]["inputs"]
        assert not list(folder.glob("*.part"))

import numpy as np
import pytest

from calibration import Status
from daq.assessments.model import Assessment, Detection, Kind, Prompts, Sides
from daq.block import SIDES, Chunk, Limb, LinkEvent, Sent, Wake
from daq.driver import Described, Samples, Send, load_driver
from daq.errors import UsageError
from daq.simulate.simulated import simulated
from daq.simulate.virtual import run_virtual


def assessment(*, kind=Kind.JUMP, sides=Sides.TOGETHER):
    return Assessment(
        id="test",
        name="Test",
        kind=kind,
        sides=sides,
        instrument="cell" if kind is Kind.PULL else "plate",
        hand_held=kind is Kind.PULL,
        detection=Detection(start_n=50),
        prompts=Prompts(instruction="", ready="", go=""),
        primary="peak_force",
        metrics=("peak_force",),
    )


class Reads:
    """The least that a session does: one codec per device, everything it says kept."""

    next_wake_ns = None

    def __init__(self, world):
        driver = load_driver("node")
        self.codecs = {m.name: driver.codec(driver.options_from(m.options)) for m in world.rig.mount}
        self.events = {m.name: [] for m in world.rig.mount}

    def step(self, item):
        match item:
            case LinkEvent(state="opened"):
                return self._sent(item.device, item.t_ns, self.codecs[item.device].start())
            case Chunk():
                return self._sent(item.device, item.t_ns, self.codecs[item.device].feed(item))
            case Wake():
                return [s for name, c in self.codecs.items() for s in self._sent(name, item.t_ns, c.wake(item.t_ns / 1e9))]
        return []

    def _sent(self, name, t_ns, events):
        self.events[name] += events
        return [Sent(t_ns, name, e.port, e.data) for e in events if isinstance(e, Send)]

    def newtons(self, name, certificate):
        return certificate.apply(np.concatenate([e.values for e in self.events[name] if isinstance(e, Samples)]))[:, 0]


def played(world, until_s):
    reads = Reads(world)
    run_virtual(reads, world.far_ends, until_s=until_s)
    return reads


@pytest.mark.parametrize(
    ("kind", "sides", "name"),
    [(Kind.JUMP, Sides.TOGETHER, "plates"), (Kind.JUMP, Sides.ALTERNATE, "one_leg"), (Kind.PULL, Sides.ALTERNATE, "grip")],
)
def test_the_scenario_fits_the_test_unless_it_is_named(kind, sides, name):
    assert simulated(None, assessment(kind=kind, sides=sides)).scenario.name == name
    assert simulated("quiet", assessment(kind=kind, sides=sides)).scenario.name == "quiet"


def test_rig_certificates_and_far_ends_belong_together():
    world = simulated(None, assessment())

    assert [m.address for m in world.rig.mount] == ["sim:left", "sim:right"]
    assert world.rig.sides == SIDES
    assert set(world.far_ends) == set(world.certificates) == {"left", "right"}
    left, right = world.certificates["left"], world.certificates["right"]
    assert left.status is Status.DECLARED
    assert (left.u_gain, left.u_reference, left.u_zero_n, left.range_n) == ((0.0025,), 0.0015, (0.3,), (8388.0,))
    assert left.reference == right.reference == "simulated reference"
    assert left.serial != right.serial


def test_what_a_codec_reads_is_what_the_person_does():
    world = simulated(None, assessment(), seed=5)
    reads = played(world, 12.0)

    effort = world.scenario.effort(0)
    both = {limb: reads.newtons(limb.value, world.certificates[limb.value]) for limb in SIDES}
    n = min(map(len, both.values()))
    total = both[Limb.LEFT][:n] + both[Limb.RIGHT][:n]
    before_landing = total[: round((effort.start_s + 0.85) * 1000)]
    assert before_landing.max() == pytest.approx(effort.peak_n, abs=4)
    ratio = both[Limb.RIGHT][: len(before_landing)].max() / both[Limb.LEFT][: len(before_landing)].max()
    assert ratio == pytest.approx(effort.right_over_left, abs=0.005)


def test_a_device_says_the_serial_of_its_certificate():
    world = simulated(None, assessment())
    reads = played(world, 1.0)

    for name, events in reads.events.items():
        (described,) = [e for e in events if isinstance(e, Described)]
        assert described.serial == world.certificates[name].serial
        assert described.channels == world.certificates[name].channels


def test_dynamometers_run_at_80_hz():
    reads = played(simulated(None, assessment(kind=Kind.PULL, sides=Sides.ALTERNATE)), 5.0)

    n = sum(len(e.tick) for e in reads.events["left"] if isinstance(e, Samples))
    assert n == pytest.approx(400, abs=10)


def test_a_fault_reaches_its_device_alone():
    world = simulated(None, assessment(), faults=["2/drop=20%@1:3"])
    reads = played(world, 5.0)

    lost = {name: sum(e.n_lost for e in events if isinstance(e, Samples)) for name, events in reads.events.items()}
    assert lost["left"] == 0
    assert lost["right"] > 100


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not():
    def chunks(seed):
        world = simulated(None, assessment(), seed=seed)
        return [c for c in run_virtual(Reads(world), world.far_ends, until_s=9.0) if isinstance(c, Chunk)]

    assert chunks(1) == chunks(1)
    assert chunks(1) != chunks(2)


def test_an_impossible_fault_is_refused():
    with pytest.raises(UsageError, match="same_advert"):
        simulated(None, assessment(), faults=["same_advert"])

import errno
import os
import sys
import time

import numpy as np
import pytest

from daq.errors import FileError, LinkError
from daq.simulate.far_end import far_end
from daq.simulate.faults import parse_fault

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals.")
serial = pytest.importorskip("serial")


HANG_UP = "Input/output error|device disconnected|device reports readiness|[Rr]ead failed|Bad file"


def ramp(t_s):
    return 100.0 * t_s


@pytest.fixture
def serve(tiny, tmp_path):
    """Serve tiny devices; closes everything at the end."""
    from daq.simulate.pty import PtyPort, PtyServer

    servers = []

    def start(*faults, names=("port",), epoch_s=None):
        epoch_s = time.time() if epoch_s is None else epoch_s
        ports = []
        for name in names:
            end = far_end(tiny, tiny.options(), ramp, faults=[parse_fault(f) for f in faults], now_s=time.time() - epoch_s)
            ports.append(PtyPort(tmp_path / name, end))
        server = PtyServer(ports, epoch_s=epoch_s)
        servers.append(server)
        server.open()
        server.start()
        return server

    yield start
    for server in servers:
        server.close()


def opened(port, *, baud=115_200):
    return serial.Serial(str(port.path), baud, timeout=0.2, exclusive=True)


def read_for(host, seconds):
    end, got = time.monotonic() + seconds, b""
    while time.monotonic() < end:
        got += host.read(max(1, host.in_waiting))
    return got


def whole_rows(data):
    lines = data.split(b"\n")[1:-1]
    return np.array([[float(x) for x in line.split(b",")] for line in lines if b"!" not in line])


def test_two_ports_lose_nothing_and_share_one_clock(serve):
    server = serve(names=("left", "right"))
    hosts = [opened(port) for port in server.ports]

    rows = [whole_rows(read_for(host, 0.5)) for host in hosts]
    for host in hosts:
        host.close()

    for row in rows:
        assert len(row) > 300
        assert np.all(np.diff(row[:, 0]) == 1)
        assert np.allclose(row[:, 1] * 10, np.rint(row[:, 1] * 10), atol=1e-2)
    assert server.ports[0].n_dropped == 0


def test_bytes_of_the_host_are_answered(serve):
    (port,) = serve().ports
    with opened(port) as host:
        host.write(b"hello")

        assert b"!hello" in read_for(host, 0.2)


def test_the_name_is_a_link_to_a_terminal_and_goes_with_the_server(serve):
    server = serve()
    path = server.ports[0].path

    assert path.is_symlink()
    assert os.isatty(server.ports[0].master)
    assert str(path.readlink()).startswith("/dev/")
    server.close()
    assert not os.path.lexists(path)


def test_a_host_may_close_and_open_again(serve):
    (port,) = serve().ports
    for _ in range(3):
        with opened(port) as host:
            assert len(whole_rows(read_for(host, 0.15))) > 50


def test_a_second_host_is_refused_when_the_first_wants_the_port_alone(serve):
    (port,) = serve().ports
    with opened(port), pytest.raises(serial.SerialException) as caught:
        opened(port)
    assert caught.value.errno == errno.EAGAIN


def test_an_unplugged_port_hangs_up_and_comes_back_under_the_same_name(serve):
    server = serve()
    (port,) = server.ports
    host = opened(port)
    server.unplug(port)
    with pytest.raises(OSError, match=HANG_UP):
        read_for(host, 0.5)
    host.close()
    with pytest.raises(serial.SerialException):
        opened(port)

    server.plug(port)

    with opened(port) as again:
        assert len(whole_rows(read_for(again, 0.2))) > 50


def test_the_fault_unplug_pulls_the_cable_by_itself(serve):
    (port,) = serve("unplug=0.4@0.3").ports
    host = opened(port)
    with pytest.raises(OSError, match=HANG_UP):
        read_for(host, 1.0)
    host.close()
    time.sleep(0.5)

    with opened(port) as again:
        assert len(whole_rows(read_for(again, 0.2))) > 50


def test_a_refusing_port_cannot_be_opened_but_stays_open_for_who_has_it(serve):
    (port,) = serve("refuse=0.5@0.3").ports
    host = opened(port)
    time.sleep(0.4)
    with pytest.raises(serial.SerialException) as caught:
        opened(port)
    assert caught.value.errno == errno.ENOENT
    assert len(whole_rows(read_for(host, 0.6))) > 300
    host.close()
    opened(port).close()


def test_another_speed_is_noise_and_the_right_one_is_not(serve):
    (port,) = serve().ports
    with opened(port, baud=57_600) as host:
        wrong = read_for(host, 0.3)
        host.baudrate = 115_200
        time.sleep(0.05)
        host.reset_input_buffer()
        right = whole_rows(read_for(host, 0.2))

    assert len(wrong) > 100
    assert (
        sum(line.count(b",") == 1 and line.replace(b",", b"").replace(b".", b"").isdigit() for line in wrong.split(b"\n")) < 3
    )
    assert len(right) > 50


def test_a_host_that_does_not_read_loses_bytes_and_stops_nobody(serve):
    server = serve(names=("deaf", "good"))
    deaf, good = server.ports
    os.set_blocking(deaf.master, False)
    filled = 0
    while filled < 10_000_000:
        try:
            filled += os.write(deaf.master, b"x" * 65_536)
        except BlockingIOError:
            break
    with opened(good) as host:
        rows = whole_rows(read_for(host, 1.0))

    assert len(rows) > 500
    assert np.all(np.diff(rows[:, 0]) == 1)
    assert deaf.n_dropped > 0
    assert good.n_dropped == 0


def test_a_name_that_is_something_else_is_not_touched(serve, tmp_path):
    (tmp_path / "port").write_text("precious")
    with pytest.raises(FileError, match="is not a link"):
        serve()
    assert (tmp_path / "port").read_text() == "precious"


def test_a_link_to_a_file_is_not_touched(serve, tmp_path):
    (tmp_path / "file").write_text("precious")
    (tmp_path / "port").symlink_to(tmp_path / "file")
    with pytest.raises(FileError, match="no pseudo-terminal"):
        serve()
    assert (tmp_path / "port").is_symlink()


def test_a_link_that_an_earlier_run_left_is_replaced(serve, tmp_path):
    (tmp_path / "port").symlink_to("/dev/pts/99999")
    (port,) = serve().ports

    assert port.path.exists()


def test_a_name_that_is_served_already_is_refused(serve):
    serve()
    with pytest.raises(LinkError, match="another simulation"):
        serve()


def test_a_folder_that_is_missing_is_named(serve):
    with pytest.raises(FileError, match="does not exist"):
        serve(names=("no/such/port",))


def test_no_name_is_left_when_one_cannot_be_made(serve, tmp_path):
    (tmp_path / "b").write_text("precious")
    with pytest.raises(FileError):
        serve(names=("a", "b"))
    assert not os.path.lexists(tmp_path / "a")


def test_servers_with_one_epoch_sample_the_same_instants(serve):
    epoch_s = time.time() - 100.25
    first, second = serve(names=("a",), epoch_s=epoch_s), serve(names=("b",), epoch_s=epoch_s)
    rows = []
    for server in (first, second):
        with opened(server.ports[0]) as host:
            rows.append(whole_rows(read_for(host, 0.2)))
    true_s = time.time() - epoch_s

    for row in rows:
        t_s = row[:, 1] / 100
        assert np.allclose(t_s * 1000, np.rint(t_s * 1000), atol=0.02)
        assert true_s - 1.5 < t_s[-1] < true_s + 0.1

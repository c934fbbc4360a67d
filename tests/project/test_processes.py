"""`make run` with its real processes: it starts, it survives kills, and it ends without a trace."""

import json
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.conftest import QUIET, Visit
from tests.browser_needed import HINT, find
from tests.project.system import System, at_rest
from tests.servers.smtp import Mailbox, smtp_server
from tests.waiting import answers, wait_until

pytestmark = pytest.mark.processes
START_LIMIT = 300.0  # seconds, without the installation, on a busy machine
SECOND_START_LIMIT = 15.0
STOP_LIMIT = 10.0
ARRIVAL_LIMIT = 20.0
RECOVERY_LIMIT = 20.0  # of which the dead worker's hold on the playing lasts ten
FAST_REPLAY = {"REPLAY_SECONDS_PER_HOUR": "4"}
KILLS, WORKERS = 2, 2
ALERT_EACH_HOUR = """
from datetime import timedelta
from alerts.models import Rule
Rule.objects.update(condition="limit", limits=[1], repeat_every=timedelta(hours=1))
"""


@pytest.fixture(scope="module")
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[System]:
    with smtp_server(mailbox) as server:
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        system = System(tmp_path_factory.mktemp("system"), **FAST_REPLAY, **mail)
        yield system
        system.end()


@pytest.fixture
def system(installation: System) -> System:
    """The running system: the first test starts it from an empty folder, one that follows a stop starts it again."""
    if not installation.processes():
        installation.start(START_LIMIT)
    return installation


def newest(system: System) -> object:
    return max(system.readings())


def test_it_starts_from_an_empty_folder_and_says_where_to_look(system):
    said = system.said()
    assert f"The air is at   {system.address}/\n" in said
    assert said.count("password:") == 1
    assert system.json("/health/ready")["status"] == "ok"
    status, page = system.get("/")
    assert status == 200
    assert "Lahore" in page


def test_a_reading_arrives_while_one_watches(system):
    before = newest(system)
    wait_until(lambda: newest(system) > before, at_rest(ARRIVAL_LIMIT))


@pytest.mark.browser
def test_a_browser_sees_a_reading_arrive_and_the_chart_move(system):
    if not find():
        pytest.skip(f"Chromium was not found. {HINT}")
    with sync_playwright() as playwright:
        visit = Visit(playwright.chromium.launch(executable_path=find(), args=QUIET), system.address)
        page = visit.open()
        page.wait_for_selector("[data-live=socket]")
        newest, line = page.get_attribute(".chart", "data-newest"), page.get_attribute(".plot .line", "d")
        page.wait_for_function("before => document.querySelector('.chart').dataset.newest > before", arg=newest)
        page.wait_for_function("before => document.querySelector('.plot .line').getAttribute('d') !== before", arg=line)
        assert visit.complaints == []


def test_the_example_of_the_front_page_answers_as_it_says(system):
    readme = (system.folder / "README.md").read_text()
    [command] = re.findall(r"```sh\n(curl .*?)```", readme, re.DOTALL)
    [promised] = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    command = command.replace("http://localhost:8000", system.address)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30)
    answer = json.loads(done.stdout)
    assert list(answer) == list(json.loads(promised))
    assert answer["is_anomaly"] is True
    assert answer["lower"] < answer["predicted_value"] < answer["upper"] < answer["value"]


def test_only_this_machine_reaches_the_database(system):
    [mongod] = system.processes("--replSet")
    assert {found.laddr.ip for found in mongod.net_connections("tcp") if found.status == "LISTEN"} == {"127.0.0.1"}


def test_a_killed_worker_comes_back_and_nothing_is_lost_or_doubled(system):
    system.run("manage.py", "shell", "-c", ALERT_EACH_HOUR)
    for _ in range(KILLS):
        kill(worker_processes(system))
        before = newest(system)  # of the dead: what comes after it is the work of those that came back
        wait_until(lambda: newest(system) > before, at_rest(RECOVERY_LIMIT))  # noqa: B023
    times = system.readings()
    assert len(times) == len(set(times))
    assert set(times) == system.recorded(until=max(times))


def worker_processes(system: System) -> list[psutil.Process]:
    """The cluster and all its forks, without the process that guards them."""
    return [found for found in system.processes("qcluster") if "aqi_project.processes" not in found.cmdline()]


def kill(processes: list[psutil.Process]) -> None:
    assert processes
    for process in processes:
        process.send_signal(signal.SIGKILL)


def test_no_mail_goes_out_twice(system, mailbox):
    """Counted by the mail server. Who was killed after its answer sends again, under the same identity."""
    wait_until(lambda: len(mailbox.ids()) > KILLS, at_rest(ARRIVAL_LIMIT))
    with system.database() as database:
        sent = database["alerts_delivery"].distinct("reference", {"channel": "email", "state": "sent"})
    accepted = Counter(identity.strip("<>").partition("@")[0] for identity in mailbox.ids())
    assert set(sent) <= set(accepted)
    assert accepted.total() - len(accepted) <= KILLS * WORKERS
    with system.database() as database:
        rows = list(database["alerts_delivery"].find({"reference": {"$in": list(accepted)}}))
    told = {(row["message"], row["contact"], row["channel"]) for row in rows}
    assert len(told) == len(accepted)
    assert len({(row["address"], row["subject"], row["text"]) for row in rows}) == len(accepted)


def test_links_in_mails_lead_to_the_page(system):
    with system.database() as database:
        texts = [row["text"] for row in database["alerts_delivery"].find({"channel": "email"}, {"text": 1})]
    assert {port for text in texts for port in re.findall(r"http://localhost:(\d+)/", text)} <= {str(system.port)}


def test_a_killed_web_process_comes_back(system):
    kill(system.processes("aqi_project.asgi:application"))
    wait_until(lambda: answers(f"{system.address}/health/live"), ARRIVAL_LIMIT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_a_stop_signal_to_the_whole_group_ends_everything_in_time(system, number):
    started = time.monotonic()
    system.signal_group(number)
    wait_until(lambda: not system.processes(), STOP_LIMIT)
    assert time.monotonic() - started < STOP_LIMIT
    assert "Traceback" not in system.said()


def test_it_starts_at_once_after_a_kill_and_goes_on_where_it_was(system):
    before = newest(system)
    kill(system.processes("aqi_project.up"))
    assert system.start(START_LIMIT) < at_rest(SECOND_START_LIMIT)
    assert newest(system) >= before


def test_a_killed_starter_leaves_nothing_behind(system):
    kill(system.processes("aqi_project.up"))
    wait_until(lambda: not system.processes(), STOP_LIMIT)

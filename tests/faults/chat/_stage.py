"""Where the faults happen: an installation, its people, its table, and a hand that kills its processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import psycopg
import redis

from config import env
from config.services.folder import Folder
from tests.chat.client import Chat
from tests.installation import installation, wait_for

SETTINGS = "tests.faults.chat._settings"

# Written down by the database itself, in the transaction of the change, whatever the code says about it.
WITNESSES = """
    CREATE TABLE faults_holder (
        id bigserial PRIMARY KEY, conversation_id bigint, was text, holder text, person_id bigint, last_seq bigint
    );
    CREATE FUNCTION faults_note_holder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO faults_holder (conversation_id, was, holder, person_id, last_seq)
        VALUES (NEW.id, OLD.holder, NEW.holder, NEW.person_id, OLD.last_seq);
        RETURN NULL;
    END $$;
    CREATE TRIGGER faults_note_holder AFTER UPDATE ON chat_conversation FOR EACH ROW
        WHEN (OLD.holder IS DISTINCT FROM NEW.holder OR OLD.person_id IS DISTINCT FROM NEW.person_id)
        EXECUTE FUNCTION faults_note_holder();
    CREATE TABLE faults_effect (id bigserial PRIMARY KEY, key uuid);
"""


class Stage:
    """Whatever runs: it has an address, a database, a Redis, and processes by name."""

    def __init__(self, address, database, redis_urls, environment):
        self.address, self.database, self.redis_urls, self.environment = address, database, redis_urls, environment

    def invite(self, **numbers):
        """New shoppers and agents, signed in."""
        arguments = [part for name, number in numbers.items() for part in (f"--{name}", str(number))]
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.chat._people", *arguments],
            cwd=env.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def ask(self, question, *values):
        """Rows of the table, however busy it is."""
        with psycopg.connect(self.database, autocommit=True) as link:
            return link.execute(question, values).fetchall()

    def tell(self, statement):
        with psycopg.connect(self.database, autocommit=True) as link:
            link.execute(statement)

    def flush_redis(self):
        redis.Redis.from_url(self.redis_urls[0]).flushall()

    def kill(self, part, *, dice):
        """kill -9."""
        raise NotImplementedError

    async def healed(self, within=60):
        """Whether all is well again in time."""
        raise NotImplementedError

    def socket(self, path, *, port=0):
        address = self.address if not port else self.address.rsplit(":", 1)[0] + f":{port}"
        return address.replace("http", "ws") + path

    def shopper(self, person, *, port=0, **how):
        """One socket of a shopper in her conversation, as a browser opens it."""
        return Chat(self.socket(f"/ws/chat/{person['conversation']}/", port=port), headers=self.browser(person), **how)

    def agent(self, person, conversation, *, port=0, **how):
        return Chat(self.socket(f"/ws/inbox/{conversation}/", port=port), headers=self.browser(person), **how)

    def browser(self, person):
        return {"Cookie": f"session={person['session']}; csrf={'c' * 32}", "Origin": self.address}


class Whole(Stage):
    """A real installation: `manage.py up` on a scratch folder."""

    def __init__(self, one):
        sockets = Folder(one.data).sockets
        urls = [f"unix://{sockets}/redis.sock?db=0"]
        super().__init__(
            f"http://127.0.0.1:{one.port}",
            f"postgresql:///aftersale?user=aftersale&host={sockets}",
            urls,
            one.environment,
        )
        self.one = one

    def kill(self, part, *, dice):
        """kill -9; of a worker sometimes the whole group, sometimes one of its hands, sometimes its head alone."""
        pid = self.pid(part)
        with suppress(ProcessLookupError):
            if part == "worker" and (fate := dice.choice(["all", "hand", "head"])) != "head":
                if fate == "all":
                    os.killpg(pid, signal.SIGKILL)
                    return
                pid = dice.choice(children(pid) or [pid])
            os.kill(pid, signal.SIGKILL)

    def pid(self, part):
        """Its process; the list of them may be in the middle of being written."""
        wait_for(lambda: part in self.one.pids(), 60)
        return self.one.pids()[part]

    async def healed(self, within=60):
        """Whether all is well again in time."""
        return await asyncio.to_thread(wait_for, self.one.is_well, within)

    def memory(self, part):
        """What this process alone keeps in memory, in KiB."""
        told = Path(f"/proc/{self.pid(part)}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in told if line.startswith("Private_"))


def children(pid):
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@contextmanager
def stage(**environment):
    """An installation with nobody in it, whose assistant is the obedient one."""
    with installation("aftersale-chat-", DJANGO_SETTINGS_MODULE=SETTINGS, **environment) as one:
        one.up("--no-demo")
        whole = Whole(one)
        whole.tell(WITNESSES)
        yield whole


@asynccontextmanager
async def running(*chats):
    """These clients are connected while this lasts."""
    tasks = [asyncio.create_task(chat.run()) for chat in chats]
    try:
        yield tasks
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def eventually(fact, within=60.0, every=0.25):
    """Whether it becomes true of the table in time."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within
    while True:
        with suppress(psycopg.OperationalError):
            if await asyncio.to_thread(fact):
                return True
        if loop.time() > until:
            return False
        await asyncio.sleep(every)

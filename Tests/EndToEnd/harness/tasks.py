"""The tasks of one project through stock stubs, and what must be true of them whatever happened."""

from cairn.v1 import coordination_event_pb2, task_resource_pb2

from .feed import Feed
from .project import new_project
from .services import ProjectMethods

STATE, EVENT, DEPENDENCY, POLICY, CLASS = (
    task_resource_pb2.TaskState, coordination_event_pb2.CoordinationEvent, task_resource_pb2.TaskDependency,
    task_resource_pb2.TaskUniquePolicy, task_resource_pb2.TaskClass)
BLOCKED, DELAYED, QUEUED, ASSIGNED, RUNNING, COMPLETED, FAILED, CANCELLED = (
    STATE.Value(f"TASK_STATE_{name}")
    for name in ("BLOCKED", "DELAYED", "QUEUED", "ASSIGNED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"))
CRITICAL, STANDARD, BACKGROUND = (
    CLASS.Value(f"TASK_CLASS_{name}") for name in ("CRITICAL", "STANDARD", "BACKGROUND"))
FINAL = {COMPLETED, FAILED, CANCELLED}
REJECT, RETURN_EXISTING, REPLACE = (
    POLICY.Value(f"TASK_UNIQUE_POLICY_{name}") for name in ("REJECT", "RETURN_EXISTING", "REPLACE"))
PROCEED = DEPENDENCY.ON_FAILURE_PROCEED


def event_name(event):
    return EVENT.Type.Name(event.type).removeprefix("TYPE_TASK_")


def after(*tasks, **fields):
    """Dependencies on tasks."""
    return [{"task": task, **fields} for task in tasks]


class Tasks(ProjectMethods):
    """The tasks of one project. `metadata` is of each call: `agent="ann"` is `cairn-agent: ann`."""

    def __init__(self, channel, project, database, **metadata):
        super().__init__(
            channel,
            [("cairn-project", project)]
            + [(f"cairn-{key.replace('_', '-')}", str(value)) for key, value in metadata.items()])
        self.project = project
        self.database = database

    def submit(self, id="", type="work", request_id="", validate_only=False, **task):
        return self.SubmitTask(
            task={"id": id, "type": type, **task}, request_id=request_id, validate_only=validate_only)

    def submit_all(self, tasks, **fields):
        """Submits several; each is a dictionary of a task's fields."""
        return self.SubmitTasks(requests=[{"task": {"type": "work", **task}} for task in tasks], **fields)

    def get(self, id):
        return self.GetTask(id=id)

    def state(self, id):
        return self.get(id).state

    def hold(self, id, agent="ann"):
        """Gives a queued task to an agent that nobody else gives one to: its epoch."""
        return hold(self.database, self.project, id, agent)

    def held(self, id="", agent="ann", **task):
        """Submits a task and has an agent hold it: its id and what whoever holds it says."""
        id = self.submit(id, **task).id
        return {"task": id, "lease_epoch": self.hold(id, agent)}

    def pages(self, page_size=0, **filter):
        token = ""
        while True:
            page = self.ListTasks(filter=filter, page_size=page_size, page_token=token)
            yield page.tasks
            token = page.next_page_token
            if not token:
                return

    def ids(self, page_size=0, **filter):
        """Those that a filter lets pass, whatever the pages."""
        return [task.id for page in self.pages(page_size, **filter) for task in page]

    def follow(self, id):
        """Watches a task."""
        return TaskFeed(self.WatchTask(id=id, timeout=None))

    def watch(self, **fields):
        """Watches the tasks."""
        return TaskFeed(self.WatchTasks(timeout=None, **fields))

    def events(self, id=""):
        """The names of all that happened, of one task or of all."""
        with self.watch(after_position=0) as feed:
            feed.caught_up()
            return [event_name(event) for event in feed.changes if id in ("", event.task)]

    def elsewhere(self, channel, **metadata):
        """The same project through another channel, with the same metadata and more."""
        other = Tasks(channel, self.project, self.database, **metadata)
        other.metadata = [*self.metadata, *other.metadata[1:]]
        return other

    def acting(self, **metadata):
        return self.elsewhere(self.channel, **metadata)


class TaskFeed(Feed):
    """What WatchTask and WatchTasks send."""

    news = "happened"

    @property
    def names(self):
        return [event_name(event) for event in self.changes]


def new_tasks(channel, database, **metadata):
    return Tasks(channel, new_project(channel).project, database, **metadata)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def hold(database, project, id, agent):
    """What giving out a task writes, without its event. The agent is in MAINTENANCE (4): the server gives it none."""
    project, id, agent = quoted(project), quoted(id), quoted(agent)
    rows = database.query(f"""
        INSERT INTO agent (project_id, agent_id, version, position, create_time, update_time, type, capabilities, terms, priority,
          max_load, state, incarnation)
        VALUES ({project}, {agent}, 1, 1, now(), now(), '', '{{}}', '{{}}', 0, 1000, 4, 1) ON CONFLICT DO NOTHING;
        UPDATE agent SET load = load WHERE project_id = {project} AND agent_id = {agent};
        WITH drawn AS (SELECT nextval('journal_position') AS position, clock_timestamp() AS at), assigned AS (
          UPDATE task SET state = 4, agent = {agent}, attempt = attempt + 1, epoch = drawn.position, position = drawn.position,
            update_time = drawn.at, assign_time = drawn.at, start_time = NULL, progress = NULL
          FROM drawn WHERE project_id = {project} AND task_id = {id} AND state = 3
          RETURNING task.*, drawn.at
        ), unready AS (
          DELETE FROM task_ready USING assigned
          WHERE task_ready.project_id = {project} AND task_ready.task_id = assigned.task_id
        ), held AS (
          INSERT INTO task_held (project_id, task_id, agent, epoch, queue, concurrency_key, session, expire_time)
          SELECT project_id, task_id, agent, epoch, queue, concurrency_key, session, at + timeout * interval '1 microsecond'
          FROM assigned
        ), leased AS (
          INSERT INTO lease (project_id, lease_id, epoch, holder, until)
          SELECT project_id, task_id, epoch, agent, 'infinity' FROM assigned
        ), loaded AS (
          UPDATE agent SET load = load + 1 FROM assigned
          WHERE agent.project_id = {project} AND agent.agent_id = assigned.agent
        )
        SELECT epoch FROM assigned""")
    assert len(rows) == 1, f"task {id} is not queued"
    return int(rows[-1][0])


# Each finds what must not be.
INVARIANTS = {
    "a task whose row among those that wait or are held is missing, too much or another one": """
        SELECT task_id, state FROM task
        WHERE (state = 3) <> EXISTS (SELECT FROM task_ready r WHERE (r.project_id, r.task_id) = (task.project_id, task.task_id))
          OR (state = 2) <> EXISTS (SELECT FROM task_later r WHERE (r.project_id, r.task_id) = (task.project_id, task.task_id))
          OR (state IN (4, 5)) <> EXISTS (
            SELECT FROM task_held r WHERE (r.project_id, r.task_id, r.epoch) = (task.project_id, task.task_id, task.epoch))""",
    "a row of no task": """
        SELECT task_id FROM (
          SELECT project_id, task_id FROM task_ready UNION ALL SELECT project_id, task_id FROM task_later
          UNION ALL SELECT project_id, task_id FROM task_held UNION ALL SELECT project_id, task_id FROM task_deadline
          UNION ALL SELECT project_id, task_id FROM task_dependency) AS row
        WHERE NOT EXISTS (SELECT FROM task WHERE (task.project_id, task.task_id) = (row.project_id, row.task_id))""",
    "an agent whose load is not what it holds": """
        SELECT agent_id, load FROM agent
        WHERE load <> (SELECT count(*) FROM task_held WHERE (task_held.project_id, agent) = (agent.project_id, agent_id))""",
    "a held task without its lease": """
        SELECT task_id FROM task_held WHERE NOT EXISTS (
          SELECT FROM lease WHERE (lease.project_id, lease_id, lease.epoch, holder)
            = (task_held.project_id, task_id, task_held.epoch, agent) AND until = 'infinity')""",
    "a lease of a task that nobody holds": """
        SELECT lease_id FROM lease JOIN task ON (task.project_id, task_id) = (lease.project_id, lease_id)
        WHERE NOT EXISTS (SELECT FROM task_held WHERE (task_held.project_id, task_held.task_id) = (lease.project_id, lease_id))""",
    "more attempts than there may be": "SELECT task_id FROM task WHERE attempt > max_attempts",
    "a task that has ended and does not say when, or the other way round": """
        SELECT task_id FROM task WHERE (state >= 6) <> (end_time IS NOT NULL) OR (state >= 6) <> (purge_time IS NOT NULL)""",
    "a number of tasks that are waited for which is wrong": """
        SELECT task_id FROM task WHERE blocked_by <> (
          SELECT count(*) FROM task_dependency WHERE (task_dependency.project_id, task_dependency.task_id)
            = (task.project_id, task.task_id)) OR (blocked_by > 0) <> (state = 1)""",
    "a completion that is not recorded once": """
        SELECT task_id FROM task WHERE state = 6 AND 1 <> (
          SELECT count(*) FROM coordination_event AS event
          WHERE event.project_id = task.project_id AND subject = 'task/' || task_id AND event.type = 26)""",
}


def check(database):
    """What must be true of all tasks at any moment."""
    for what, sql in INVARIANTS.items():
        assert database.query(sql) == [], what

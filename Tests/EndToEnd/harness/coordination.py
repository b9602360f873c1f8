"""Agents and tasks of one project through stock stubs, and what must be true of their tables at every moment."""

from cairn.v1 import agent_resource_pb2, coordination_event_pb2, task_resource_pb2

from .project import new_project
from .services import ProjectMethods
from .waiting import eventually

STATE = agent_resource_pb2.AgentState
ACTIVE, IDLE, BUSY, MAINTENANCE, DEAD = (
    STATE.Value(f"AGENT_STATE_{name}") for name in ("ACTIVE", "IDLE", "BUSY", "MAINTENANCE", "DEAD"))
TASK_STATE = task_resource_pb2.TaskState
BLOCKED, DELAYED, QUEUED, ASSIGNED, RUNNING, COMPLETED, FAILED, CANCELLED = (
    TASK_STATE.Value(f"TASK_STATE_{name}") for name in (
        "BLOCKED", "DELAYED", "QUEUED", "ASSIGNED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"))
EVENT = coordination_event_pb2.CoordinationEvent


def event(name):
    return EVENT.Type.Value(f"TYPE_{name}")


def span(seconds):
    """A google.protobuf.Duration's fields."""
    return {"seconds": int(seconds), "nanos": round(seconds % 1 * 1e9)}


class Coordination(ProjectMethods):
    """The agents and tasks of one project. `metadata` is of each call: `agent="ann"` is `cairn-agent: ann`."""

    def __init__(self, channel, project, **metadata):
        super().__init__(
            channel,
            [("cairn-project", project)]
            + [(f"cairn-{key.replace('_', '-')}", value) for key, value in metadata.items()])
        self.project = project

    def elsewhere(self, channel, **metadata):
        """The same project through another channel."""
        return Coordination(channel, self.project, **metadata)

    def register(self, id, request_id="", validate_only=False, **agent):
        return self.RegisterAgent(agent={"id": id, **agent}, request_id=request_id, validate_only=validate_only)

    def agent(self, id):
        return self.GetAgent(id=id)

    def agents(self, page_size=0, **filter):
        """The ids of all agents that a filter lets pass, whatever the pages."""
        found, token = [], ""
        while True:
            page = self.ListAgents(filter=filter, page_size=page_size, page_token=token)
            found += [agent.id for agent in page.agents]
            token = page.next_page_token
            if not token:
                return found

    def die_after(self, seconds, recovery=False, delay=60.0):
        """Agents beat ten times as often as they must, and are dead after a silence of so many seconds."""
        return self.UpdateDeadAgentPolicy(
            policy={
                "heartbeat_interval": span(seconds / 10), "heartbeat_timeout": span(seconds), "recovery": recovery,
                "recovery_delay": span(delay)},
            update_mask={"paths": ["*"]})

    def until(self, id, state, what=""):
        """Waits until an agent is in a state."""
        def there():
            agent = self.agent(id)
            return agent if agent.state == state else None
        return eventually(there, what or f"agent {id} is {STATE.Name(state)}", timeout=30)


def new_coordination(channel, **metadata):
    """Makes a project and returns its agents and tasks."""
    return Coordination(channel, new_project(channel).project, **metadata)


# What must be true of every project: a name, and a query whose rows are what is wrong.
INVARIANTS = {
    "a task has the one small row of its state": """
        SELECT task.project_id, task.task_id, task.state, ready.task_id, later.task_id, held.task_id
        FROM task
        LEFT JOIN task_ready AS ready USING (project_id, task_id)
        LEFT JOIN task_later AS later USING (project_id, task_id)
        LEFT JOIN task_held AS held USING (project_id, task_id)
        WHERE (task.state = 3) <> (ready.task_id IS NOT NULL)
          OR (task.state = 2) <> (later.task_id IS NOT NULL)
          OR (task.state IN (4, 5)) <> (held.task_id IS NOT NULL)""",
    "no small row is without its task": """
        SELECT project_id, task_id FROM (
          SELECT project_id, task_id FROM task_ready UNION ALL SELECT project_id, task_id FROM task_later
          UNION ALL SELECT project_id, task_id FROM task_held) AS small
        WHERE NOT EXISTS (SELECT FROM task WHERE (task.project_id, task.task_id) = (small.project_id, small.task_id))""",
    "an agent's load is the number of tasks that it holds": """
        SELECT agent.project_id, agent.agent_id, agent.load, count(held.task_id)
        FROM agent LEFT JOIN task_held AS held ON held.project_id = agent.project_id AND held.agent = agent.agent_id
        GROUP BY agent.project_id, agent.agent_id HAVING agent.load <> count(held.task_id)""",
    "who holds a task is an agent that is not dead": """
        SELECT held.project_id, held.task_id, held.agent
        FROM task_held AS held LEFT JOIN agent ON agent.project_id = held.project_id AND agent.agent_id = held.agent
        WHERE agent.agent_id IS NULL OR agent.state = 5""",
    "a held task has a live lease with its epoch": """
        SELECT held.project_id, held.task_id, held.epoch, lease.epoch, task.epoch
        FROM task_held AS held JOIN task USING (project_id, task_id)
        LEFT JOIN lease ON lease.project_id = held.project_id AND lease.lease_id = held.task_id
        WHERE lease.epoch IS DISTINCT FROM held.epoch OR task.epoch <> held.epoch OR task.agent <> held.agent
          OR lease.until <= clock_timestamp()""",
    "no lease of a task is without its held row": """
        SELECT lease.project_id, lease.lease_id, task.state
        FROM lease JOIN task ON task.project_id = lease.project_id AND task.task_id = lease.lease_id
        WHERE task.state NOT IN (4, 5)""",
    "no task was assigned more often than it may be": """
        SELECT project_id, task_id, attempt, max_attempts FROM task WHERE attempt > max_attempts""",
    "each completion is recorded once, and nothing else is": """
        SELECT task.project_id, task.task_id, task.state, count(happened.subject)
        FROM task LEFT JOIN coordination_event AS happened
          ON happened.project_id = task.project_id AND happened.subject = 'task/' || task.task_id AND happened.type = 26
        GROUP BY task.project_id, task.task_id, task.state
        HAVING count(happened.subject) <> CASE WHEN task.state = 6 THEN 1 ELSE 0 END""",
    "a task waits for as many as it says": """
        SELECT task.project_id, task.task_id, task.blocked_by, count(dependency.on_task)
        FROM task LEFT JOIN task_dependency AS dependency USING (project_id, task_id)
        WHERE task.state = 1
        GROUP BY task.project_id, task.task_id, task.blocked_by HAVING task.blocked_by <> count(dependency.on_task)""",
}


def broken(database):
    """The invariants that are broken now, with what breaks them, all seen at one moment."""
    wrong = {}
    for name, query in INVARIANTS.items():
        if rows := database.query(query):
            wrong[name] = rows[:5]
    return wrong


def check_invariants(database):
    """Every fault test ends with this. What a sweep is still to do counts as wrong only when it is not done in time."""
    eventually(lambda: not broken(database), f"all is as it must be, and not {broken(database)}", timeout=30)

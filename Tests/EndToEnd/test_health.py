"""The standard health service, seen by stock grpcio-health-checking."""

import grpc
import pytest
from cairn.v1 import operations_pb2, operations_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from harness.refusals import refused

SERVING = health_pb2.HealthCheckResponse.SERVING


@pytest.fixture(scope="module")
def health(channel):
    return health_pb2_grpc.HealthStub(channel)


@pytest.mark.parametrize("service", [
    "", *(f"cairn.v1.{name}Service" for name in (
        "Agent", "Assignment", "Change", "Commit", "Context", "Memory", "Operation", "Project", "Queue", "Relationship",
        "Replay", "Session", "SessionAnalytics", "SessionInsight", "Task", "Template", "Transfer"))])
def test_a_running_server_is_serving(health, service):
    assert health.Check(health_pb2.HealthCheckRequest(service=service)).status == SERVING


def test_an_unknown_service_is_not_found(health):
    refused(health.Check, health_pb2.HealthCheckRequest(service="nobody"), code=grpc.StatusCode.NOT_FOUND)


def test_a_watch_says_the_state_at_once_and_stays_open(health):
    watch = health.Watch(health_pb2.HealthCheckRequest(service=""), timeout=30)
    assert next(watch).status == SERVING
    assert watch.is_active()
    watch.cancel()


def test_a_watch_of_an_unknown_service_says_so_and_stays_open(health):
    watch = health.Watch(health_pb2.HealthCheckRequest(service="nobody"), timeout=30)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    assert watch.is_active()
    watch.cancel()


def test_ob1_the_details_name_each_dependency_with_its_latency(channel):
    stub = operations_pb2_grpc.OperationsServiceStub(channel)
    health = stub.GetHealth(operations_pb2.GetHealthRequest(), timeout=10)
    assert health.state == operations_pb2.SERVER_STATE_READY and health.reason == ""
    assert [dependency.name for dependency in health.dependencies] == ["database", "storage", "journal"]
    assert all(dependency.healthy and not dependency.problem for dependency in health.dependencies)
    assert health.dependencies[0].latency.ToTimedelta().total_seconds() > 0


@pytest.mark.parametrize("name", ["liveness", "readiness", "startup"])
def test_ob1_an_orchestrator_can_ask_for_each_probe(health, name):
    assert health.Check(health_pb2.HealthCheckRequest(service=name)).status == SERVING

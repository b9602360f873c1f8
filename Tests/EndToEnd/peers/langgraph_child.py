"""A graph that a test kills: what its nodes do, they write to a file. `python langgraph_child.py ADDRESS LOG [HALT]`.

first, then left and right beside each other, then last. With HALT the node `right` says so and never ends.
"""

import operator
import pathlib
import sys
import threading
from typing import Annotated, TypedDict

import grpc
from cairn_saver import CairnSaver
from langgraph.graph import END, START, StateGraph

THREAD = {"configurable": {"thread_id": "a thread"}}


class State(TypedDict):
    steps: Annotated[list, operator.add]


def build(log, halts=False):
    def node(name):
        def run(state):
            if halts and name == "right":
                log(f"{name} halts")
                threading.Event().wait()
            log(name)
            return {"steps": [name]}

        return run

    graph = StateGraph(State)
    for name in ("first", "left", "right", "last"):
        graph.add_node(name, node(name))
    graph.add_edge(START, "first")
    graph.add_edge("first", "left")
    graph.add_edge("first", "right")
    graph.add_edge(["left", "right"], "last")
    graph.add_edge("last", END)
    return graph


if __name__ == "__main__":
    address, path, *halt = sys.argv[1:]

    def log(line):
        with pathlib.Path(path).open("a") as file:
            file.write(f"{line}\n")

    saver = CairnSaver(grpc.insecure_channel(address))
    graph = build(log, halts=bool(halt)).compile(checkpointer=saver)
    # Without an input a graph goes on where its thread stopped.
    begun = saver.get_tuple(THREAD) is not None
    print(graph.invoke(None if begun else {"steps": []}, THREAD)["steps"])

"""The main job on real input, bounded: the same story as `make demo`."""

from demo import story


def test_the_documentation_of_this_machine_survives_kill_9_byte_for_byte(folder):
    story.tell(folder, limit=2500)

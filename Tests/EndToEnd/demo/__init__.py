"""The main job on real input: this machine's documentation, stored and watched while things are killed."""

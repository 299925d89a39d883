"""Stand-ins for what tries damaged models, lost at place 1; they import next to nothing."""

import os
import time


def crash_at_one(tell, path, kind, places):
    """Refuse each place, but end the process at place 1."""
    tell("ready")
    for place in places:
        if place == 1:
            os._exit(3)
        tell("refused")


def hang_at_one(tell, path, kind, places):
    """Refuse each place, but come back from place 1 after a minute only."""
    tell("ready")
    for place in places:
        if place == 1:
            time.sleep(60)
        tell("refused")

"""What a process loads before it is forked for trainings (see forked.py): Django, and what takes seconds."""

import os
import signal

import django

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while it loads ends it without a traceback on the terminal
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
django.setup()

import prophet  # noqa: E402, F401
import sklearn.ensemble  # noqa: E402, F401

from detection.lifecycle.gate import held_out  # noqa: E402, F401
from detection.lifecycle.training import outcomes  # noqa: E402, F401

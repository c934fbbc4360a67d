"""What a process loads before it is forked for trainings (see forked_training.py): Django, and what takes seconds."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
django.setup()

import prophet  # noqa: E402, F401
import sklearn.ensemble  # noqa: E402, F401

from detection.lifecycle import held_out, outcomes  # noqa: E402, F401

"""The audit trail: every verdict that was served, with what was asked, by whom, and which version answered.

A request becomes one document per sensor and few hundred values, so that thousands of values take only a few writes.
"""

from aqi_project.mongo import collection
from aqi_project.mongodb.background import BackgroundWriter
from detection.models import Prediction

trail = BackgroundWriter(lambda: collection(Prediction), weigh=lambda document: int(document["count"]))

from django.db import migrations
from django_q.brokers import get_broker


def index_queue(apps, schema_editor):
    """Calls are found by when they are due. What an earlier version queued comes again by the schedules."""
    queue = get_broker().collection
    queue.delete_many({"due_at": {"$exists": False}})
    queue.create_index("due_at")


class Migration(migrations.Migration):
    dependencies = [("aqi_project", "0001_api")]
    operations = [migrations.RunPython(index_queue, migrations.RunPython.noop)]

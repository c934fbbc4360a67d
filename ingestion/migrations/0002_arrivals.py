from django.db import migrations, models


def set_habits(apps, schema_editor):
    """The backend's own AddField cannot write an empty object (MongoDB's error 40180)."""
    stations = schema_editor.get_collection("ingestion_station")
    stations.update_many({"habits": {"$exists": False}}, {"$set": {"habits": {}}})


HABITS = migrations.AddField(
    model_name='station',
    name='habits',
    field=models.JSONField(default=dict, editable=False, help_text='How long each variable usually repeats one value.'),
)


class Migration(migrations.Migration):

    dependencies = [
        ('ingestion', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='reading',
            name='remarks',
            field=models.JSONField(default=list, help_text='What is worth knowing of its arrival; no doubt.'),
        ),
        migrations.AddField(
            model_name='station',
            name='batches',
            field=models.IntegerField(default=0, editable=False, help_text='Stored so far; a change tells two writers of each other.'),
        ),
        migrations.AddField(
            model_name='station',
            name='gaps_checked_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='station',
            name='replay_speed',
            field=models.FloatField(default=3600, editable=False, help_text='1: as fast as it was recorded.'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(set_habits, migrations.RunPython.noop)],
            state_operations=[HABITS],
        ),
    ]

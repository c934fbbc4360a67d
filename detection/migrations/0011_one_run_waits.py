from django.db import migrations, models


def end_repeated(apps, schema_editor):
    """Two callers at once could ask for the same training twice: the first one stays, and is trained."""
    runs = apps.get_model("detection", "TrainingRun").objects.filter(state="queued").order_by("series", "requested_at")
    waiting = set()
    for run in runs:
        if run.series in waiting:
            runs.filter(pk=run.pk).update(state="unchanged", outcome="It was asked for twice.")
        waiting.add(run.series)


class Migration(migrations.Migration):

    dependencies = [
        ('detection', '0010_anomaly_news'),
    ]

    operations = [
        migrations.RunPython(end_repeated, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='trainingrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'queued')), fields=('series',), name='one_run_waits'),
        ),
    ]

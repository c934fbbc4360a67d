from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("detection", "0007_held_rate"),
    ]

    operations = [
        migrations.AddField(
            model_name="modelversion",
            name="held_out",
            field=models.JSONField(help_text="Errors on the weeks that judged it, origin by origin.", null=True),
        ),
        migrations.AddField(
            model_name="series",
            name="mlflow_champion",
            field=models.IntegerField(editable=False, help_text="The champion that MLflow knows.", null=True),
        ),
        migrations.AddField(
            model_name="trainingrun",
            name="mlflow_run",
            field=models.CharField(blank=True, default="", help_text="Its id in MLflow.", max_length=64),
        ),
    ]

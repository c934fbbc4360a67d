from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("detection", "0006_forecast_categories"),
    ]

    operations = [
        migrations.AlterField(
            model_name="series",
            name="strictness",
            field=models.FloatField(
                default=0.0,
                editable=False,
                help_text="Powers of ten by which an alarm must be rarer, so that as many come as were asked for.",
            ),
        ),
    ]

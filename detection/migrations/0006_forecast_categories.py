from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("detection", "0005_rivals"),
    ]

    operations = [
        migrations.AddField(
            model_name="forecast",
            name="categories",
            field=models.JSONField(
                help_text="By hour: the index of the median, and the probability of each category of the index.",
                null=True,
            ),
        ),
    ]

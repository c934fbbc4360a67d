from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('detection', '0012_window_starts_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='anomaly',
            name='record_days',
            field=models.FloatField(help_text='Days that it was compared with; rarer is not known.', null=True),
        ),
    ]

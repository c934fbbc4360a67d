from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('detection', '0011_one_run_waits'),
    ]

    operations = [
        migrations.AlterField(
            model_name='series',
            name='window_starts_at',
            field=models.DateTimeField(blank=True, help_text='The source has changed then: from what is older only the forecast learns.', null=True),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='window_starts_at',
            field=models.DateTimeField(help_text='From readings before, only the forecast learns.', null=True),
        ),
    ]

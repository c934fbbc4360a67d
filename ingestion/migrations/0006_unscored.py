from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ingestion', '0005_poll_failures'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(condition=models.Q(('scored_revision__lte', 0)), fields=['station', 'scored_revision', 'at'], name='reading_never_scored'),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(condition=models.Q(('revision__gt', 1)), fields=['station', 'revision', 'at'], name='reading_corrected'),
        ),
    ]

import django_mongodb_backend.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ingestion', '0006_unscored'),
    ]

    operations = [
        migrations.CreateModel(
            name='City',
            fields=[
                ('id', django_mongodb_backend.fields.ObjectIdAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='As stations name it.', max_length=80, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('name_ur', models.CharField(blank=True, max_length=120, verbose_name='name in Urdu')),
            ],
            options={
                'ordering': ['slug'],
            },
        ),
    ]

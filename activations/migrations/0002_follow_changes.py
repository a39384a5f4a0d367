"""Activations that follow the changes of members."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activations", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="activation",
            name="schedule",
            field=models.CharField(
                choices=[
                    ("manual", "only by hand"),
                    ("interval", "every so often"),
                    ("daily", "every day at a time"),
                    ("change", "at once when members come or go"),
                ],
                default="manual",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="trigger",
            field=models.CharField(
                choices=[("schedule", "Schedule"), ("manual", "by hand"), ("change", "members came or went")],
                max_length=8,
            ),
        ),
    ]

from django.db import migrations, models

CHOICES = [
    ("schedule", "Schedule"),
    ("manual", "Manual"),
    ("published", "a version was published"),
    ("signals", "data changed"),
    ("many", "much data changed"),
    ("check", "the daily check of what signals have done"),
    ("replay", "replay of a past day"),
]


class Migration(migrations.Migration):
    dependencies = [("segments", "0003_increments")]

    operations = [
        migrations.AlterField(model_name="run", name="trigger", field=models.CharField(choices=CHOICES, max_length=10)),
        migrations.AlterField(
            model_name="run",
            name="again",
            field=models.CharField(
                blank=True, choices=CHOICES, help_text="Why it was asked for once more while it ran.", max_length=10
            ),
        ),
    ]

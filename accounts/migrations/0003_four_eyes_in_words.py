"""What four eyes mean, in words: an approval before the publication."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_permanent_audit")]

    operations = [
        migrations.AlterField(
            "team",
            "four_eyes",
            models.BooleanField(
                default=False,
                help_text="Versions are published once an approver who has not written them has agreed.",
            ),
        ),
    ]

"""What else a contract says, and what checks find."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_four_eyes_in_words"),
        ("segments", "0006_reviews"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_key", models.CharField(max_length=40)),
                ("title", models.CharField(help_text="What the check is called.", max_length=80)),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="What it is about, where there can be several.", max_length=255
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("bad", "must be mended"), ("warn", "worth a look"), ("hint", "could be better")],
                        max_length=4,
                    ),
                ),
                ("evidence", models.TextField(help_text="What was found, with its numbers.")),
                ("next_step", models.TextField(help_text="What to do.")),
                ("numbers", models.JSONField(default=dict)),
                ("is_open", models.BooleanField(default=True)),
                (
                    "found_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), help_text="When it was found first."
                    ),
                ),
                ("snoozed_until", models.DateTimeField(null=True)),
                ("snooze_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("segment", "severity", "check_key", "subject"),
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(db_index=True)),
                ("milliseconds", models.PositiveIntegerField()),
                ("segments", models.PositiveIntegerField()),
                ("findings", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="segment",
            name="expected_least",
            field=models.PositiveBigIntegerField(blank=True, help_text="Fewer members are worth a look.", null=True),
        ),
        migrations.AddField(
            model_name="segment",
            name="expected_most",
            field=models.PositiveBigIntegerField(blank=True, help_text="So are more.", null=True),
        ),
        migrations.AddField(
            model_name="segment",
            name="notes",
            field=models.TextField(blank=True, help_text="What else one should know."),
        ),
        migrations.AddField(
            model_name="segment",
            name="review_months",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="How many months there are from one review to the next.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(24)],
            ),
        ),
        migrations.AddField(
            model_name="segment",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                default=list,
                help_text="Words to find it by.",
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expected_least__isnull", True),
                    ("expected_most__isnull", True),
                    ("expected_least__lte", models.F("expected_most")),
                    _connector="OR",
                ),
                name="expected_size_is_a_range",
                violation_error_message="The least expected size is above the largest.",
            ),
        ),
        migrations.AddField(
            model_name="checkfinding",
            name="segment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="segments.segment"
            ),
        ),
        migrations.AddField(
            model_name="checkfinding",
            name="snoozed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="checkfinding",
            constraint=models.UniqueConstraint(fields=("segment", "check_key", "subject"), name="finding_unique"),
        ),
    ]

"""Signals keep members up to date: micro-batches, their runs, and what a check finds."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("segments", "0002_immutable_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="MicroBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateTimeField(help_text="The instant at which everything was decided.")),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(db_index=True)),
                ("signals", models.PositiveIntegerField()),
                (
                    "waited_ms",
                    models.PositiveIntegerField(help_text="How long the oldest of the signals had waited at the end."),
                ),
                (
                    "profiles",
                    models.PositiveIntegerField(
                        help_text="Looked at, with those that a change reaches through companies."
                    ),
                ),
                ("companies", models.PositiveIntegerField()),
                ("segments", models.PositiveIntegerField(help_text="Evaluated.")),
                ("changed", models.PositiveIntegerField(help_text="Segments whose members changed.")),
                (
                    "recounted",
                    models.PositiveIntegerField(help_text="Segments for which everybody is counted anew instead."),
                ),
                ("evaluate_ms", models.PositiveIntegerField()),
                ("store_ms", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name_plural": "micro-batches",
            },
        ),
        migrations.CreateModel(
            name="SignalReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fence", models.BigIntegerField(default=0, editable=False)),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveIndex(
            model_name="run",
            name="good_run_of_segment",
        ),
        migrations.AddField(
            model_name="run",
            name="drift",
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="touched",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="segment",
            name="upkeep",
            field=models.CharField(
                choices=[
                    ("signals", "within a second of a change"),
                    ("time", "within a second of a change, and at its promise what time alone moves"),
                    ("promise", "at its promise, everybody anew"),
                ],
                default="promise",
                editable=False,
                max_length=7,
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="again",
            field=models.CharField(
                blank=True,
                choices=[
                    ("schedule", "Schedule"),
                    ("manual", "Manual"),
                    ("published", "a version was published"),
                    ("signals", "data changed"),
                    ("many", "much data changed"),
                    ("check", "the daily check of what signals have done"),
                ],
                help_text="Why it was asked for once more while it ran.",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("schedule", "Schedule"),
                    ("manual", "Manual"),
                    ("published", "a version was published"),
                    ("signals", "data changed"),
                    ("many", "much data changed"),
                    ("check", "the daily check of what signals have done"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="batch",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="runs", to="segments.microbatch"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("state", "succeeded")),
                fields=["segment", "-finished_at"],
                name="good_run_of_segment",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("trigger", "signals"), _negated=True),
                fields=["segment", "-id"],
                name="full_run_of_segment",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(condition=models.Q(("drift__gt", 0)), fields=["-id"], name="run_with_drift"),
        ),
    ]

"""Versions are proposed, approved or rejected, and published at a time."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def person() -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("segments", "0005_drafts"),
    ]

    operations = [
        migrations.AddField("segmentversion", "proposed_by", person()),
        migrations.AddField("segmentversion", "proposed_at", models.DateTimeField(null=True)),
        migrations.AddField("segmentversion", "decided_by", person()),
        migrations.AddField(
            "segmentversion",
            "decided_at",
            models.DateTimeField(null=True, help_text="When it was approved or rejected."),
        ),
        migrations.AddField(
            "segmentversion",
            "reason",
            models.TextField(
                blank=True, help_text="Why it was rejected, or published without an approval.", default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "segmentversion", "publish_at", models.DateTimeField(null=True, help_text="When it is to be published.")
        ),
        migrations.AddField("segmentversion", "publish_by", person()),
        migrations.AddField(
            "segmentversion",
            "publish_failure",
            models.TextField(
                blank=True, help_text="Why it could not be published at the time that was set.", default=""
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "segmentversion",
            models.UniqueConstraint(
                fields=("segment",),
                condition=models.Q(state__in=("proposed", "approved")),
                name="one_version_in_review",
            ),
        ),
        migrations.AddConstraint(
            "segmentversion",
            models.UniqueConstraint(
                fields=("segment",), condition=models.Q(publish_at__isnull=False), name="one_scheduled_version"
            ),
        ),
    ]

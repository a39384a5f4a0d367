"""Signals of changes, and the two that the database notes by itself: events in the tail, and moves between companies."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models

NOTE = """
ALTER TABLE profiles_signal ALTER COLUMN traits SET DEFAULT '{}', ALTER COLUMN events SET DEFAULT '{}',
    ALTER COLUMN whole SET DEFAULT false,
    SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 100000);

CREATE FUNCTION profiles_signal_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO profiles_signal (unit, member, events, due_at)
    SELECT unit, member, array_agg(DISTINCT name), due_at
      FROM (
        SELECT fresh.profile_id, fresh.company_id, type.name,
               CASE WHEN fresh."timestamp" >= clock_timestamp() THEN fresh."timestamp" END AS due_at
          FROM fresh JOIN profiles_eventtype type ON type.id = fresh.event_type_id
      ) AS named
      CROSS JOIN LATERAL (VALUES ('profile', profile_id), ('company', company_id)) AS whose(unit, member)
     WHERE member IS NOT NULL
     GROUP BY unit, member, due_at;
    RETURN NULL;
END
$$;
CREATE TRIGGER signal_events AFTER INSERT ON profiles_tailevent REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION profiles_signal_events();

CREATE FUNCTION profiles_signal_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO profiles_signal (unit, member, whole)
    SELECT 'company', company, true FROM unnest(ARRAY[OLD.company_id, NEW.company_id]) AS company
     WHERE company IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER signal_move AFTER UPDATE OF company_id ON profiles_profile FOR EACH ROW
WHEN (OLD.company_id IS DISTINCT FROM NEW.company_id) EXECUTE FUNCTION profiles_signal_move();
CREATE TRIGGER signal_leave AFTER DELETE ON profiles_profile FOR EACH ROW
WHEN (OLD.company_id IS NOT NULL) EXECUTE FUNCTION profiles_signal_move();
"""
FORGET = """
DROP TRIGGER signal_leave ON profiles_profile;
DROP TRIGGER signal_move ON profiles_profile;
DROP FUNCTION profiles_signal_move();
DROP TRIGGER signal_events ON profiles_tailevent;
DROP FUNCTION profiles_signal_events();
"""


class Migration(migrations.Migration):
    dependencies = [("profiles", "0002_tracking")]

    operations = [
        migrations.CreateModel(
            name="Signal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(choices=[("profile", "Profile"), ("company", "Company")], max_length=7)),
                ("member", models.BigIntegerField(null=True)),
                (
                    "traits",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("whole", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField(null=True)),
                ("noted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="signal_to_come"
                    ),
                    models.Index(condition=models.Q(("due_at__isnull", True)), fields=["id"], name="signal_of_now"),
                ],
            },
        ),
        migrations.RunSQL(NOTE, FORGET),
    ]

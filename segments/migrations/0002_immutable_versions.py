"""The database itself refuses to change what a version says (DESIGN section 6); its state and its dates may move."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION segments_version_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A segment version never changes: save a new version instead.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER version_is_immutable BEFORE UPDATE ON segments_segmentversion FOR EACH ROW
WHEN ((OLD.segment_id, OLD.number, OLD.definition::text, OLD.sha256, OLD.words, OLD.refers_to, OLD.created_at)
      IS DISTINCT FROM
      (NEW.segment_id, NEW.number, NEW.definition::text, NEW.sha256, NEW.words, NEW.refers_to, NEW.created_at))
EXECUTE FUNCTION segments_version_is_immutable();
"""
ALLOW = """
DROP TRIGGER version_is_immutable ON segments_segmentversion;
DROP FUNCTION segments_version_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("segments", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]

"""The database itself refuses to change or delete an entry of the audit log."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION accounts_audit_is_permanent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An audit entry is never changed or deleted.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_is_permanent BEFORE UPDATE OR DELETE ON accounts_auditentry
FOR EACH ROW EXECUTE FUNCTION accounts_audit_is_permanent();
"""
ALLOW = """
DROP TRIGGER audit_is_permanent ON accounts_auditentry;
DROP FUNCTION accounts_audit_is_permanent();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]

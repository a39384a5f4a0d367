"""What Postgres knows about the lake: which version of each table counts, what is on its way, and who reads what."""

from django.db import models

from lib.leases import Leased


class LakeWriter(Leased):
    """The one row whose lease makes a process the only writer of the lake (I5)."""

    def __str__(self) -> str:
        return f"writer of the lake, fence {self.fence}"


class LakeTable(models.Model):
    """The pointer of one Delta table: readers see exactly this version, whatever has been committed since (I1)."""

    name = models.CharField(max_length=63, primary_key=True)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} at version {self.version}"


class Batch(models.Model):
    """One numbered flush (I2). The number is the application transaction that it leaves in every table it writes.

    Only the writer makes batches, so numbers grow in the order of commits; one is open at a time.
    """

    number = models.BigAutoField(primary_key=True)
    opened_at = models.DateTimeField(db_default=models.functions.Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"batch {self.number}"


class Stage(models.Model):
    """Event files that are written and wait to be named by the lake. `batch` is the flush that took them, or null."""

    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="stages")
    staged_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return f"stage {self.pk}"


class StagedFile(models.Model):
    """One staged Parquet file, in its table's folder already. `stats` is what the Delta log will say about it."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="files")
    table = models.CharField(max_length=63)
    path = models.TextField(help_text="Below the table's folder.")
    month = models.CharField(max_length=7)
    size = models.BigIntegerField()
    stats = models.JSONField()

    def __str__(self) -> str:
        return f"{self.table}/{self.path}"


class RetiredFile(models.Model):
    """A file that the pointed version names no more. `version` is the first that did not name it."""

    table = models.CharField(max_length=63)
    path = models.TextField()
    version = models.BigIntegerField()
    retired_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=("table", "path"), name="retired_file_unique"),)

    def __str__(self) -> str:
        return f"{self.table}/{self.path}"


class ReaderLease(models.Model):
    """One open snapshot: no file of the versions it names is deleted before it ends or expires."""

    versions = models.JSONField(help_text="Table → version.")
    taken_at = models.DateTimeField(db_default=models.functions.Now())
    renewed_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"reader {self.pk}"


class Changed(models.Model):
    """A row that the columnar copy does not hold as it is now.

    `generation` names the transaction that changed it last; whoever has copied the row deletes this one only if the
    generation is still the one that was claimed (I3).
    """

    generation = models.BigIntegerField()
    since = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        abstract = True


class ChangedProfile(Changed):
    """A profile that `users` has to take over. No foreign key: a deleted profile has to be taken over too."""

    profile_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"changed profile {self.profile_id}"


class ChangedCompany(Changed):
    """A company that `accounts` has to take over."""

    company_id = models.BigIntegerField(primary_key=True)

    class Meta(Changed.Meta):
        verbose_name_plural = "changed companies"

    def __str__(self) -> str:
        return f"changed company {self.company_id}"

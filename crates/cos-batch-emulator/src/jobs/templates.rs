use cos_batch::{JobStatus, OperationName};

/// What a job is about; the rest of it follows from its number.
pub(super) struct Template {
    pub(super) status: JobStatus,
    pub(super) operation: OperationName,
    pub(super) priority: u32,
    /// All its tasks; none where the manifest is not read yet, or could not be.
    pub(super) tasks: u64,
    /// Of a thousand tasks that were tried, how many failed. A failed job has its own measure.
    pub(super) failed_of_1000: u64,
    pub(super) description: Option<&'static str>,
}

const COPY: OperationName = OperationName::CosPutObjectCopy;
const RESTORE: OperationName = OperationName::CosInitiateRestoreObject;
const DELETE: OperationName = OperationName::CosDeleteObject;
const TAG: OperationName = OperationName::CosPutObjectTagging;

const fn template(
    status: JobStatus,
    operation: OperationName,
    priority: u32,
    tasks: u64,
    failed_of_1000: u64,
    description: &'static str,
) -> Template {
    let description = if description.is_empty() { None } else { Some(description) };
    Template { status, operation, priority, tasks, failed_of_1000, description }
}

/// One of each status, then what there is most of.
#[rustfmt::skip]
pub(super) static TEMPLATES: [Template; 48] = {
    use JobStatus::*;
    [
        template(Complete, COPY, 10, 10, 0, "copy 2019 logs"),
        template(Active, COPY, 10, 1_204_312, 0, "Move media-archive to ap-nanjing, part 3 of 8"),
        template(Suspended, DELETE, 20, 48_210, 0, "删除 2021 年以前的临时文件（等待确认）"),
        template(Failed, RESTORE, 10, 2_480, 0, "Restore invoices for the audit, Q3 & Q4"),
        template(Cancelled, TAG, 5, 31_877, 0, "Tag everything under raw/ with team=\"ingest\""),
        template(New, COPY, 10, 0, 0, "nightly mirror to backup-1250000000"),
        template(Preparing, RESTORE, 50, 0, 0, "恢复归档：客户 #4821 的合同扫描件"),
        template(Ready, DELETE, 1, 9_120, 0, "Expired session recordings, lifecycle <30 days"),
        template(Paused, COPY, 3, 640_000, 1, "Change storage class to STANDARD_IA, thumbnails"),
        template(Pausing, COPY, 3, 212_400, 0, "Change storage class to STANDARD_IA, previews"),
        template(Completing, TAG, 10, 5_033, 0, "补打标签：cost-center=研发"),
        template(Cancelling, DELETE, 10, 77_000, 0, "WRONG PREFIX - cancel! (was: tmp/, meant: temp/)"),
        template(Failing, COPY, 10, 88_140, 0, "Copy to partner bucket 'acme-exchange'"),

        template(Complete, COPY, 10, 365, 0, "nightly mirror to backup-1250000000"),
        template(Complete, RESTORE, 100, 42, 0, "URGENT: restore for legal hold <case 2210>"),
        template(Complete, DELETE, 5, 18_204, 12, "Clean up multipart leftovers; 403s are known"),
        template(Complete, COPY, 10, 366, 0, "nightly mirror to backup-1250000000"),
        template(Active, RESTORE, 30, 15_900, 0, "还原 2020 年监控录像（华东区）"),
        template(Complete, TAG, 10, 2_048, 0, "retention=7y on /finance & /tax"),
        template(Complete, COPY, 10, 1, 0, ""),
        template(Suspended, COPY, 10, 3_000_114, 0, "Migration dry run: confirm only after Ops sign-off"),
        template(Failed, COPY, 10, 0, 0, "Copy by inventory of May (manifest.json)"),
        template(Complete, RESTORE, 10, 9_876, 0, "Bulk restore, expedition photos 2016–2018"),
        template(Active, DELETE, 10, 450_730, 4, "GDPR erasure batch 2024-17"),
        template(Complete, COPY, 10, 367, 3, "nightly mirror to backup-1250000000"),
        template(Cancelled, COPY, 10, 5_000_000, 0, "test - ignore"),
        template(Complete, COPY, 2_147_483_647, 7, 0, "hotfix: put back the logo & favicon"),
        template(Complete, DELETE, 1, 250_000, 0, "清理灰度环境旧版本静态资源"),
        template(Paused, TAG, 1, 91_000, 0, "low prio: backfill owner tags"),
        template(Complete, COPY, 10, 12_055, 0, "バックアップ：売上データ（月次）"),
        template(Suspended, DELETE, 10, 733, 0, "Remove duplicates found by dedup-report \"2024-05\""),
        template(New, RESTORE, 10, 0, 0, ""),
        template(Complete, TAG, 10, 64_512, 0, "classification=internal for a<b comparisons data set"),
        template(Active, COPY, 10, 98_304, 22, "跨地域复制：成都 → 广州 & 北京"),
        template(Complete, RESTORE, 20, 310, 0, "Restore drill, runbook step 4"),
        template(Failed, DELETE, 10, 6_400, 0, "Delete by list from the vendor: keys are not URL-encoded?"),
        template(Complete, COPY, 10, 1_000, 500, "Copy with tags; half the sources were gone"),
        template(Preparing, COPY, 10, 0, 0, "Inventory copy, 41 manifests' worth"),
        template(Ready, COPY, 10, 27_500, 0, "Re-encrypt with AES256, batch 12/40"),
        template(Complete, COPY, 10, 26_981, 0, "Re-encrypt with AES256, batch 11/40"),
        template(Complete, COPY, 10, 27_113, 2, "Re-encrypt with AES256, batch 10/40"),
        template(Active, TAG, 10, 120_000, 0, ""),
        template(Complete, DELETE, 10, 0, 0, "empty manifest, expected"),
        template(Cancelling, RESTORE, 10, 40_000, 0, "Restore the whole vault?! see ticket OPS-3391"),
        template(Suspended, RESTORE, 10, 1_250, 0, "데이터 복원 요청 — 승인 대기"),
        template(Failing, TAG, 10, 19_400, 0, "标签迁移 \"旧→新\"，失败率过高"),
        template(Cancelled, DELETE, 0, 2_000, 0, ""),
        template(Failed, TAG, 10, 1_201, 0, "Tag set too large? retry with <= 10 tags"),
    ]
};

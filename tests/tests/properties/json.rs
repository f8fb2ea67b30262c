//! What the feature `serde` writes, it reads back as it was

use cos_batch::{
    CreateJob, CreateJobResult, DescribeJobResult, ListJobsResult, UpdateJobPriorityResult,
    UpdateJobStatusResult,
};
use cos_batch_testkit::strategies;
use proptest::prelude::*;

use super::cases;

macro_rules! round {
    ($($name:ident: $Type:ty;)+) => {
        proptest! {
            #![proptest_config(cases(1))]
            $(
                #[test]
                fn $name(value in strategies::$name()) {
                    let json = serde_json::to_string(&value).unwrap();
                    match serde_json::from_str::<$Type>(&json) {
                        Ok(read) => prop_assert_eq!(read, value, "{}", json),
                        Err(error) => prop_assert!(false, "{error} in {json}"),
                    }
                }
            )+
        }
    };
}

round! {
    create_job: CreateJob;
    create_job_result: CreateJobResult<'_>;
    describe_job_result: DescribeJobResult<'_>;
    list_jobs_result: ListJobsResult<'_>;
    update_job_priority_result: UpdateJobPriorityResult<'_>;
    update_job_status_result: UpdateJobStatusResult<'_>;
}

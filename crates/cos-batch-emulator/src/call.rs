//! Which call a request is for, by its method and path alone

use cos_batch::http::Method;
use cos_batch::{
    CreateJob, DeleteJob, DescribeJob, ListJobs, Operation, UpdateJobPriority, UpdateJobStatus,
};

/// The names of all calls.
pub(crate) const CALLS: [&str; 6] = [
    CreateJob::NAME,
    DeleteJob::NAME,
    DescribeJob::NAME,
    ListJobs::NAME,
    UpdateJobPriority::NAME,
    UpdateJobStatus::NAME,
];

/// The name of the call; whether its parameters are legal is not asked.
pub(crate) fn call_of(method: &Method, path: &str) -> Option<&'static str> {
    let mut segments = path.strip_prefix('/')?.split('/');
    let segments = [segments.next(), segments.next(), segments.next(), segments.next()];
    match (method.as_str(), segments) {
        ("GET", [Some("jobs"), None, ..]) => Some(ListJobs::NAME),
        ("POST", [Some("jobs"), None, ..]) => Some(CreateJob::NAME),
        ("GET", [Some("jobs"), Some(_), None, _]) => Some(DescribeJob::NAME),
        ("DELETE", [Some("jobs"), Some(_), None, _]) => Some(DeleteJob::NAME),
        ("POST", [Some("jobs"), Some(_), Some("priority"), None]) => Some(UpdateJobPriority::NAME),
        ("POST", [Some("jobs"), Some(_), Some("status"), None]) => Some(UpdateJobStatus::NAME),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use cos_batch::{Endpoint, RequestedJobStatus};

    use super::*;

    /// A call is known by the request that a client sends.
    #[test]
    fn each_call_is_known() {
        let endpoint = Endpoint::custom("http", "h", "1".parse().expect("an id"));
        let endpoint = endpoint.expect("an endpoint");
        let id = || "53dc6228".parse().expect("an id");
        fn name<O: Operation>(call: &O, endpoint: &Endpoint) -> Option<&'static str> {
            let request = call.encode_request(endpoint).expect("a request");
            call_of(request.method(), request.uri().path())
        }
        assert_eq!(name(&ListJobs::new(), &endpoint), Some("ListJobs"));
        assert_eq!(name(&DescribeJob::new(id()), &endpoint), Some("DescribeJob"));
        assert_eq!(name(&DeleteJob::new(id()), &endpoint), Some("DeleteJob"));
        let priority = UpdateJobPriority::new(id(), 1.try_into().expect("a priority"));
        assert_eq!(name(&priority, &endpoint), Some("UpdateJobPriority"));
        let status = UpdateJobStatus::new(id(), RequestedJobStatus::Ready);
        assert_eq!(name(&status, &endpoint), Some("UpdateJobStatus"));
        assert_eq!(call_of(&Method::POST, "/jobs"), Some("CreateJob"));
    }

    #[test]
    fn what_is_no_call_is_none() {
        for (method, path) in [
            (Method::PUT, "/jobs"),
            (Method::GET, "/"),
            (Method::GET, "*"),
            (Method::GET, "/jobs/a/priority"),
            (Method::POST, "/jobs/a/status/b"),
            (Method::POST, "/jobs/a"),
        ] {
            assert_eq!(call_of(&method, path), None, "{method} {path}");
        }
    }
}

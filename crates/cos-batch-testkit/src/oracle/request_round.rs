use cos_batch::http::{HeaderMap, HeaderName, HeaderValue, Request};
use cos_batch::serve::AnyRequest;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    APPID_HEADER, Credentials, DeleteJob, DescribeJob, Endpoint, JobStatus, Limits, ListJobs,
    Region, RequestedJobStatus, Signer, StatusForm, UpdateJobPriority, UpdateJobStatus,
    VerifyPolicy, verify,
};

use super::check::must;
use super::server::NOW;
use super::texts::{Texts, check_forbidden, create_job};
use crate::calls;

/// A request whose texts are made of the bytes, of any call, to any endpoint, signed by any
/// credentials
///
/// `|` stands between two texts, as in [`reply_round`](super::reply_round()): the call, the APPID, the
/// authority or the region, the secret id, the secret key, the token, and then those of the call. A
/// text that is illegal where it should stand is replaced.
///
/// - It is read back as the call it was made of. Only a character that XML forbids is refused.
/// - Signing changes nothing of it but adds headers, and what was signed is accepted by the strict
///   policy.
/// - Another digit in the signature, another account, another path: none is accepted.
///
/// # Panics
///
/// Where that does not hold.
pub fn request_round(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut texts = Texts::of(&text);
    let call = texts.some().unwrap_or_default();
    let (endpoint, credentials) = (endpoint(&mut texts), credentials(&mut texts));
    let any = any_request(&call, &mut texts);
    let request = match calls::encode(&any, &endpoint) {
        Ok(request) => request,
        Err(error) => return check_forbidden(&error, &text),
    };
    let read = must(AnyRequest::decode(&calls::borrowed(&request), &Limits::default()));
    assert_eq!(read, any, "read back from {request:?}");

    let now = must(OffsetDateTime::from_unix_timestamp(NOW));
    let mut signed = request.clone();
    must(Signer::new(credentials.clone()).sign(&mut signed, now));
    assert_eq!(signed.uri(), request.uri(), "signing changes no target");
    assert_eq!(signed.body(), request.body());
    for (name, value) in request.headers() {
        assert_eq!(signed.headers().get(name), Some(value), "signing changes no header");
    }
    let accepts = |request: &Request<Vec<u8>>| {
        let key_of = |id: &str, _: Option<&str>| {
            (id == credentials.secret_id()).then(|| credentials.secret_key().clone())
        };
        let mut policy = VerifyPolicy::default();
        policy.strict = true;
        verify(request, key_of, &policy, now).is_ok()
    };
    assert!(accepts(&signed), "{signed:?}");

    let changed = |change: &dyn Fn(&mut Request<Vec<u8>>)| {
        let mut request = signed.clone();
        change(&mut request);
        request
    };
    let target = signed.uri().to_string();
    let to = |target: String| {
        move |request: &mut Request<Vec<u8>>| *request.uri_mut() = must(target.parse())
    };
    let longer = match target.split_once('?') {
        Some((path, query)) => format!("{path}x?{query}"),
        None => format!("{target}x"),
    };
    let others = [
        changed(&|request| other_account(request.headers_mut())),
        changed(&|request| other_digit(request.headers_mut())),
        changed(&to(longer)),
    ];
    for other in others {
        assert!(!accepts(&other), "{other:?}");
    }
}

/// The documented endpoint where the next text is a region, else a place of one's own.
fn endpoint(texts: &mut Texts<'_>) -> Endpoint {
    let app_id = texts.parsed("1250000000");
    let place = texts.some().unwrap_or_default();
    match place.parse::<Region>() {
        Ok(region) => Endpoint::new(&must("100000000001".parse()), &region, app_id),
        Err(_) => Endpoint::custom("http", &place, app_id.clone())
            .unwrap_or_else(|_| must(Endpoint::custom("http", "127.0.0.1:9000", app_id))),
    }
}

fn credentials(texts: &mut Texts<'_>) -> Credentials {
    let mut next = || texts.some().unwrap_or_default();
    let (id, key, token) = (next(), next(), next());
    let credentials =
        Credentials::new(id, key).unwrap_or_else(|_| must(Credentials::new("AKID", "KEY")));
    credentials.clone().with_token(token).unwrap_or(credentials)
}

/// A request for the call of a name, by default for a page.
fn any_request(call: &str, texts: &mut Texts<'_>) -> AnyRequest {
    match call {
        "CreateJob" => AnyRequest::CreateJob(Box::new(create_job(texts))),
        "DeleteJob" => AnyRequest::DeleteJob(DeleteJob::new(texts.parsed("a"))),
        "DescribeJob" => AnyRequest::DescribeJob(DescribeJob::new(texts.parsed("a"))),
        "UpdateJobPriority" => AnyRequest::UpdateJobPriority(UpdateJobPriority::new(
            texts.parsed("a"),
            texts.parsed("1"),
        )),
        "UpdateJobStatus" => {
            let (id, status) = (texts.parsed("a"), texts.listed(RequestedJobStatus::LISTED));
            let mut update = UpdateJobStatus::new(id, status);
            update.status_update_reason = texts.short(256);
            AnyRequest::UpdateJobStatus(update)
        }
        _ => AnyRequest::ListJobs(list_jobs(texts)),
    }
}

/// The first text is the statuses, joined where a comma stands between them, or repeated.
fn list_jobs(texts: &mut Texts<'_>) -> ListJobs {
    let statuses = texts.some().unwrap_or_default();
    let mut list = ListJobs::new();
    list.job_statuses = statuses
        .split([',', ';'])
        .filter_map(|name| JobStatus::LISTED.iter().find(|status| status.as_str() == name))
        .cloned()
        .collect();
    // One looks the same in both forms.
    if statuses.contains(',') && list.job_statuses.len() > 1 {
        list.status_form = StatusForm::Joined;
    }
    list.max_results = texts.some().and_then(|text| text.parse().ok());
    list.next_token = texts.some().and_then(|text| text.try_into().ok());
    list
}

fn other_account(headers: &mut HeaderMap) {
    headers.insert(APPID_HEADER, HeaderValue::from_static("another"));
}

/// Another last digit of the signature.
fn other_digit(headers: &mut HeaderMap) {
    let name = HeaderName::from_static("authorization");
    let Some(value) = headers.get(&name).and_then(|value| value.to_str().ok()) else { return };
    let (start, digit) = value.split_at(value.len().saturating_sub(1));
    let digit = if digit == "0" { "1" } else { "0" };
    headers.insert(name, must(HeaderValue::try_from(format!("{start}{digit}"))));
}

//! Signatures that others made: the examples of the page, the Go SDK's own test, and requests that
//! the Go, Python and Node.js SDKs signed alike. Every stage is compared; the SignKeys have a test
//! beside the signer, for no trace shows them.

use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, SecretKey, Signer, VerifyError, VerifyPolicy, verify};
use http::{HeaderName, HeaderValue, Method, Request};

const ID: &str = "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q";
const KEY: &str = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz";
const HOST: &str = "100000000001.cos-control.ap-chengdu.myqcloud.com";

struct Vector {
    id: &'static str,
    credentials: [&'static str; 2],
    window: [i64; 2],
    method: Method,
    target: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    /// The headers to sign; `None` for those that are signed by default.
    signed: Option<&'static [&'static str]>,
    header_list: &'static str,
    url_param_list: &'static str,
    http_string: String,
    sha1: &'static str,
    signature: &'static str,
}

impl Vector {
    /// A batch request, with what the batch vectors have in common.
    fn batch(id: &'static str, target: &'static str) -> Self {
        Self {
            id,
            credentials: [ID, KEY],
            window: [1_557_902_800, 1_557_910_000],
            method: Method::GET,
            target,
            headers: vec![("host", HOST), ("x-cos-appid", "1250000000")],
            signed: None,
            header_list: "host;x-cos-appid",
            url_param_list: "",
            http_string: format!("get\n/jobs\n\nhost={HOST}&x-cos-appid=1250000000\n"),
            sha1: "",
            signature: "",
        }
    }

    fn request(&self) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.parse().expect("a target");
        for (name, value) in &self.headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        request
    }

    fn signer(&self) -> Signer {
        let [id, key] = self.credentials;
        let [start, end] = self.window;
        let length = Duration::from_secs(u64::try_from(end - start).expect("a window"));
        let credentials = Credentials::new(id, key).expect("credentials");
        let signer = Signer::new(credentials).window(Duration::ZERO, length);
        match self.signed {
            None => signer,
            Some(names) => {
                let names: Vec<_> =
                    names.iter().map(|name| HeaderName::from_static(name)).collect();
                signer.headers(&names)
            }
        }
    }

    fn start(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.window[0]).expect("a time")
    }

    fn authorization(&self) -> String {
        let [start, end] = self.window;
        format!(
            "q-sign-algorithm=sha1&q-ak={}&q-sign-time={start};{end}&q-key-time={start};{end}\
             &q-header-list={}&q-url-param-list={}&q-signature={}",
            self.credentials[0], self.header_list, self.url_param_list, self.signature,
        )
    }

    fn verify(&self, request: &Request<()>) -> Result<(), VerifyError> {
        let [id, key] = self.credentials;
        let key_of = |found: &str, _: Option<&str>| {
            (found == id).then(|| SecretKey::new(key).expect("a key"))
        };
        verify(request, key_of, &VerifyPolicy::default(), self.start()).map(drop)
    }
}

fn vectors() -> Vec<Vector> {
    let docs_host = "examplebucket-1250000000.cos.ap-beijing.myqcloud.com";
    let docs_path = "exampleobject(腾讯云)";
    let hostile = "a%2Fb%2Bc%3Dd%20e~f%2Ag%27h%28i%29j%21k%3Bl%26m%25n%7Co%22p%E4%B8%AD";
    let common = format!("host={HOST}&x-cos-appid=1250000000");
    vec![
        Vector {
            window: [1_557_989_151, 1_557_996_351],
            method: Method::PUT,
            headers: vec![
                ("date", "Thu, 16 May 2019 06:45:51 GMT"),
                ("host", docs_host),
                ("content-type", "text/plain"),
                ("content-length", "13"),
                ("content-md5", "mQ/fVh815F3k6TAUm8m0eg=="),
                ("x-cos-acl", "private"),
                ("x-cos-grant-read", "uin=\"100000000011\""),
            ],
            signed: Some(&[
                "date",
                "host",
                "content-type",
                "content-length",
                "content-md5",
                "x-cos-acl",
                "x-cos-grant-read",
            ]),
            header_list: "content-length;content-md5;content-type;date;host;x-cos-acl;x-cos-grant-read",
            http_string: format!(
                "put\n/{docs_path}\n\ncontent-length=13&content-md5=mQ%2FfVh815F3k6TAUm8m0eg%3D%3D\
                 &content-type=text%2Fplain&date=Thu%2C%2016%20May%202019%2006%3A45%3A51%20GMT\
                 &host={docs_host}&x-cos-acl=private&x-cos-grant-read=uin%3D%22100000000011%22\n"
            ),
            sha1: "8b2751e77f43a0995d6e9eb9477f4b685cca4172",
            signature: "3b8851a11a569213c17ba8fa7dcf2abec6935172",
            ..Vector::batch("upload", "/exampleobject(%E8%85%BE%E8%AE%AF%E4%BA%91)")
        },
        Vector {
            window: [1_557_989_753, 1_557_996_953],
            headers: vec![("date", "Thu, 16 May 2019 06:55:53 GMT"), ("host", docs_host)],
            signed: Some(&["date", "host"]),
            header_list: "date;host",
            url_param_list: "response-cache-control;response-content-type",
            http_string: format!(
                "get\n/{docs_path}\nresponse-cache-control=max-age%3D600\
                 &response-content-type=application%2Foctet-stream\n\
                 date=Thu%2C%2016%20May%202019%2006%3A55%3A53%20GMT&host={docs_host}\n"
            ),
            sha1: "54ecfe22f59d3514fdc764b87a32d8133ea611e6",
            signature: "01681b8c9d798a678e43b685a9f1bba0f6c0e012",
            ..Vector::batch(
                "download",
                "/exampleobject(%E8%85%BE%E8%AE%AF%E4%BA%91)\
                 ?response-content-type=application%2Foctet-stream&response-cache-control=max-age%3D600",
            )
        },
        Vector {
            credentials: ["QmFzZTY0IGlzIGEgZ2VuZXJp", "AKIDZfbOA78asKUYBcXFrJD0a1ICvR98JM"],
            window: [1_480_932_292, 1_481_012_292],
            method: Method::PUT,
            headers: vec![
                ("host", "testbucket-125000000.cos.ap-guangzhou.myqcloud.com"),
                ("x-cos-content-sha1", "db8ac1c259eb89d4a131b253bacfca5f319d54f2"),
                ("x-cos-stroage-class", "nearline"),
            ],
            header_list: "host;x-cos-content-sha1;x-cos-stroage-class",
            http_string:
                "put\n/testfile2\n\nhost=testbucket-125000000.cos.ap-guangzhou.myqcloud.com\
                &x-cos-content-sha1=db8ac1c259eb89d4a131b253bacfca5f319d54f2\
                &x-cos-stroage-class=nearline\n"
                    .into(),
            sha1: "113b22e92b74237531fafbfc8bb9e67be55645c7",
            signature: "ce4ac0ecbcdb30538b3fee0a97cc6389694ce53a",
            ..Vector::batch("Go SDK", "/testfile2")
        },
        Vector {
            sha1: "74d37a33bdc14783207b03ff2421c0fc2ee22e4b",
            signature: "89effff0debb70a86af3595b206e8093bda6efc1",
            ..Vector::batch("V1", "/jobs")
        },
        Vector {
            url_param_list: "jobstatuses;maxresults;nexttoken",
            http_string: format!(
                "get\n/jobs\njobstatuses=Active%2CComplete&maxresults=100&nexttoken={hostile}\n{common}\n"
            ),
            sha1: "73e0c5238ff16223af180910f06dd7f0d69a9484",
            signature: "7f3e4f1d5643d3288368fd94601dea967ffbb824",
            ..Vector::batch(
                "V2",
                "/jobs?jobStatuses=Active%2CComplete&maxResults=100&nextToken=a%2Fb%2Bc%3Dd%20e~f%2A\
                 g%27h%28i%29j%21k%3Bl%26m%25n%7Co%22p%E4%B8%AD",
            )
        },
        Vector {
            url_param_list: "jobstatuses;maxresults;nexttoken",
            http_string: format!(
                "get\n/jobs\njobstatuses=Active%2CComplete&maxresults=100&nexttoken={hostile}\n{common}\n"
            ),
            sha1: "73e0c5238ff16223af180910f06dd7f0d69a9484",
            signature: "7f3e4f1d5643d3288368fd94601dea967ffbb824",
            ..Vector::batch(
                "V2 with its space as the Go SDK sends it",
                "/jobs?jobStatuses=Active%2CComplete&maxResults=100&nextToken=a%2Fb%2Bc%3Dd+e~f%2A\
                 g%27h%28i%29j%21k%3Bl%26m%25n%7Co%22p%E4%B8%AD",
            )
        },
        Vector {
            url_param_list: "jobstatuses;maxresults;nexttoken",
            http_string: format!(
                "get\n/jobs\njobstatuses=Suspended&maxresults=2\
                 &nexttoken=066d919e-49b9-429e-b844-e17ea7b16421\n{common}\n"
            ),
            sha1: "cf92d0a5c5273f129690568a4d4993441e7f611f",
            signature: "8dfef0cf9424ec0f7b86d84209c3decff26b534d",
            ..Vector::batch(
                "V2c",
                "/jobs?jobStatuses=Suspended&maxResults=2\
                 &nextToken=066d919e-49b9-429e-b844-e17ea7b16421",
            )
        },
        Vector {
            url_param_list: "jobstatuses;jobstatuses;maxresults",
            http_string: format!(
                "get\n/jobs\njobstatuses=Active&jobstatuses=Ready&maxresults=10\n{common}\n"
            ),
            sha1: "651b0226e72c95af24e2ebfcce088ef5e52d683b",
            signature: "cb72aa8c3b3686f41d5b6e0451eb3128761e01f6",
            ..Vector::batch("V9", "/jobs?jobStatuses=Ready&jobStatuses=Active&maxResults=10")
        },
        Vector {
            headers: vec![("host", "127.0.0.1:9000"), ("x-cos-appid", "1250000000")],
            http_string: "get\n/jobs\n\nhost=127.0.0.1%3A9000&x-cos-appid=1250000000\n".into(),
            sha1: "ff873a7f2b9707fe94952286770b29695f7d8705",
            signature: "7d967c6764ac6636f37b1ce6b0882767a74e9b4a",
            ..Vector::batch("V10", "/jobs")
        },
        Vector {
            headers: vec![
                ("host", HOST),
                ("x-cos-appid", "1250000000"),
                ("date", "Wed, 15 May 2019 06:46:40 GMT"),
            ],
            signed: Some(&["date", "host", "x-cos-appid"]),
            header_list: "date;host;x-cos-appid",
            url_param_list: "maxresults",
            http_string: format!(
                "get\n/jobs\nmaxresults=1000\n\
                 date=Wed%2C%2015%20May%202019%2006%3A46%3A40%20GMT&{common}\n"
            ),
            sha1: "e65ad906d9c9144bdca4286d55e27fd2a7351224",
            signature: "896b7057c2dfb6f1ad743ad3386d00cf10153623",
            ..Vector::batch("V11", "/jobs?maxResults=1000")
        },
        Vector {
            signed: Some(&[]),
            header_list: "",
            http_string: "get\n/jobs\n\n\n".into(),
            sha1: "7cd2b6e7a5c9e186c81ba294c44d75e0cff31c61",
            signature: "643f3e2fde8959933142b4b9aa43809210da329c",
            ..Vector::batch("V12", "/jobs")
        },
        Vector {
            signed: Some(&["x-cos-appid"]),
            header_list: "x-cos-appid",
            http_string: "get\n/jobs\n\nx-cos-appid=1250000000\n".into(),
            sha1: "ba09dabc8f7cccfd3616779265cf4ce8158b4983",
            signature: "2abae856483ba2308a130d6d9c967cea2f2a9f82",
            ..Vector::batch("V13", "/jobs")
        },
        Vector {
            headers: vec![("host", "h.example")],
            header_list: "host",
            url_param_list: "acl;foo;foo%2fbar;z;z",
            http_string: "get\n/a/b c+d\nacl=&foo=%20&foo%2fbar=1&z=a&z=b\nhost=h.example\n".into(),
            sha1: "441a159df4aec22c4742944d99d029a8847fc654",
            signature: "2e90d1985a1e241d82092934b9971e5b4ae193da",
            ..Vector::batch("W1", "/a%2Fb%20c+d?Foo%2FBar=1&foo=%20&acl&Z=b&z=a")
        },
    ]
}

#[test]
fn every_stage_is_that_of_the_others() {
    for vector in vectors() {
        let trace = vector.signer().trace(&vector.request(), vector.start());
        let [start, end] = vector.window;
        let id = vector.id;
        assert_eq!(trace.key_time, format!("{start};{end}"), "{id}");
        assert_eq!(trace.header_list, vector.header_list, "{id}");
        assert_eq!(trace.url_param_list, vector.url_param_list, "{id}");
        assert_eq!(trace.http_string.as_str(), vector.http_string, "{id}");
        let string_to_sign = format!("sha1\n{start};{end}\n{}\n", vector.sha1);
        assert_eq!(trace.string_to_sign, string_to_sign, "{id}");
        assert_eq!(trace.signature, vector.signature, "{id}");

        let mut request = vector.request();
        vector.signer().sign(&mut request, vector.start()).expect("signed");
        assert_eq!(request.headers()["authorization"], vector.authorization(), "{id}");
    }
}

#[test]
fn every_vector_verifies_and_no_changed_digit_does() {
    for vector in vectors() {
        let mut request = vector.request();
        let authorization = vector.authorization();
        request.headers_mut().insert("authorization", authorization.parse().expect("a value"));
        assert_eq!(vector.verify(&request), Ok(()), "{}", vector.id);

        for digit in authorization.len() - 40..authorization.len() {
            let mut changed = authorization.clone().into_bytes();
            changed[digit] = if changed[digit] == b'0' { b'1' } else { b'0' };
            let changed = HeaderValue::from_bytes(&changed).expect("a value");
            request.headers_mut().insert("authorization", changed);
            let refused = vector.verify(&request);
            assert!(matches!(refused, Err(VerifyError::Mismatch { .. })), "{}", vector.id);
        }
    }
}

#[test]
fn a_host_signed_without_its_port_verifies() {
    // V10p: the request of V10 as the Python SDK signs it.
    let vector = vectors().into_iter().find(|vector| vector.id == "V10").expect("V10");
    let vector = Vector { signature: "b4003ca391252c785520f97d977d49ade09aedd8", ..vector };
    let mut request = vector.request();
    request.headers_mut().insert("authorization", vector.authorization().parse().expect("a value"));
    assert_eq!(vector.verify(&request), Ok(()));
}

#[test]
fn another_app_id_is_refused_where_it_is_signed() {
    let vector = vectors().into_iter().find(|vector| vector.id == "V1").expect("V1");
    let mut request = vector.request();
    request.headers_mut().insert("authorization", vector.authorization().parse().expect("a value"));
    request.headers_mut().insert("x-cos-appid", HeaderValue::from_static("1250000001"));
    let Err(VerifyError::Mismatch { format_string, .. }) = vector.verify(&request) else {
        panic!("another APPID is let in");
    };
    assert_eq!(
        format_string.as_str(),
        format!("get\n/jobs\n\nhost={HOST}&x-cos-appid=1250000001\n")
    );
}

mod policy {
    use super::*;

    fn signed() -> (Vector, Request<()>) {
        let vector = vectors().into_iter().find(|vector| vector.id == "V2c").expect("V2c");
        let mut request = vector.request();
        let authorization = vector.authorization().parse().expect("a value");
        request.headers_mut().insert("authorization", authorization);
        (vector, request)
    }

    fn at(request: &Request<()>, seconds: i64, policy: &VerifyPolicy) -> Result<(), VerifyError> {
        let key_of = |_: &str, _: Option<&str>| SecretKey::new(KEY).ok();
        let now = OffsetDateTime::from_unix_timestamp(seconds).expect("a time");
        verify(request, key_of, policy, now).map(drop)
    }

    #[test]
    fn a_signature_holds_for_its_window_and_a_tolerance_before() {
        let (vector, request) = signed();
        let [start, end] = vector.window;
        let policy = VerifyPolicy::default();
        assert_eq!(at(&request, start - 901, &policy), Err(VerifyError::NotYetValid));
        assert_eq!(at(&request, start - 900, &policy), Ok(()));
        assert_eq!(at(&request, end, &policy), Ok(()));
        assert_eq!(at(&request, end + 1, &policy), Err(VerifyError::Expired));
        let mut exact = VerifyPolicy::default();
        exact.skew = Duration::ZERO;
        assert_eq!(at(&request, start - 1, &exact), Err(VerifyError::NotYetValid));
    }

    #[test]
    fn a_strict_server_demands_that_host_and_app_id_are_signed() {
        let (vector, request) = signed();
        assert_eq!(at(&request, vector.window[0], &VerifyPolicy::strict()), Ok(()));
        for (id, missing) in [("V12", "host"), ("V13", "host")] {
            let vector = vectors().into_iter().find(|vector| vector.id == id).expect("a vector");
            let mut request = vector.request();
            let authorization = vector.authorization().parse().expect("a value");
            request.headers_mut().insert("authorization", authorization);
            assert_eq!(at(&request, vector.window[0], &VerifyPolicy::default()), Ok(()));
            let refused = at(&request, vector.window[0], &VerifyPolicy::strict());
            assert_eq!(refused, Err(VerifyError::HeaderNotSigned(missing)));
        }
    }

    #[test]
    fn a_strict_server_demands_that_all_parameters_are_signed() {
        let (vector, mut request) = signed();
        let target = format!("{}&other=1", vector.target);
        *request.uri_mut() = target.parse().expect("a target");
        assert_eq!(at(&request, vector.window[0], &VerifyPolicy::default()), Ok(()));
        let refused = at(&request, vector.window[0], &VerifyPolicy::strict());
        assert_eq!(refused, Err(VerifyError::ParameterNotSigned));
    }

    #[test]
    fn malformed_signatures_are_told_apart() {
        let (vector, mut request) = signed();
        let whole = vector.authorization();
        let mut refused = |authorization: &str| {
            let value = HeaderValue::from_str(authorization).expect("a value");
            request.headers_mut().insert("authorization", value);
            at(&request, vector.window[0], &VerifyPolicy::default()).expect_err("refused")
        };
        for (index, part) in whole.split('&').enumerate() {
            let without: Vec<_> = whole.split('&').filter(|other| *other != part).collect();
            let error = refused(&without.join("&"));
            assert!(matches!(error, VerifyError::Malformed(_)), "part {index}: {error}");
        }
        for authorization in ["", "Bearer x", "q-sign-algorithm", &whole.replace("sha1", "md5")] {
            assert!(matches!(refused(authorization), VerifyError::Malformed(_)), "{authorization}");
        }
        for times in ["1557902800", "a;b", ";", "1557902800;-1", "99999999999999999999;1"] {
            let changed = whole.replace("1557902800;1557910000", times);
            assert!(matches!(refused(&changed), VerifyError::Malformed(_)), "{times}");
        }
        assert!(matches!(refused(&format!("{whole}&q-ak=other")), VerifyError::Malformed(_)));
        assert!(matches!(refused(&whole.to_uppercase()), VerifyError::Malformed(_)));
        request.headers_mut().remove("authorization");
        let error = at(&request, vector.window[0], &VerifyPolicy::default());
        assert_eq!(error, Err(VerifyError::Unsigned));
    }

    #[test]
    fn a_repeated_parameter_may_be_listed_once() {
        // As clients sign that keep one value for each name.
        let target = "/jobs?jobStatuses=Ready&jobStatuses=Active";
        for signed_as in ["/jobs?jobStatuses=Ready", "/jobs?jobStatuses=Active"] {
            let vector = Vector::batch("once", signed_as);
            let mut request = vector.request();
            vector.signer().sign(&mut request, vector.start()).expect("signed");
            *request.uri_mut() = target.parse().expect("a target");
            assert_eq!(vector.verify(&request), Ok(()), "{signed_as}");
        }
        let vector = Vector::batch("neither", "/jobs?jobStatuses=Failed");
        let mut request = vector.request();
        vector.signer().sign(&mut request, vector.start()).expect("signed");
        *request.uri_mut() = target.parse().expect("a target");
        assert!(matches!(vector.verify(&request), Err(VerifyError::Mismatch { .. })));
    }
}

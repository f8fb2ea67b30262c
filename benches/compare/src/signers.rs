//! The same request, or one like it, built and signed by what a user would pick instead

use std::time::{Duration, SystemTime};

use cos_batch_benches::Call;
use http::Request;
use url::Url;

const TARGET: &str = "https://100000000001.cos-control.ap-chengdu.myqcloud.com/jobs\
    ?jobStatuses=Suspended&maxResults=2&nextToken=066d919e-49b9-429e-b844-e17ea7b16421";

fn build() -> Request<()> {
    let request = Request::get(TARGET).header("x-cos-appid", "1250000000");
    request.header("host", "100000000001.cos-control.ap-chengdu.myqcloud.com").body(()).unwrap()
}

/// reqsign: the same signature, of every header; it reads the clock.
pub struct Reqsign {
    signer: reqsign_tencent_cos::RequestSigner,
    context: reqsign_core::Context,
    credential: reqsign_tencent_cos::Credential,
}

impl Reqsign {
    pub fn new() -> Self {
        Self {
            signer: reqsign_tencent_cos::RequestSigner::new(),
            context: reqsign_core::Context::new(),
            credential: reqsign_tencent_cos::Credential {
                secret_id: Call::SECRET_ID.to_owned(),
                secret_key: Call::SECRET_KEY.to_owned(),
                ..Default::default()
            },
        }
    }

    pub fn build_and_sign(&self) -> Request<()> {
        use reqsign_core::SignRequest;

        let (mut parts, body) = build().into_parts();
        let signing =
            self.signer.sign_request(&self.context, &mut parts, Some(&self.credential), None);
        pollster::block_on(signing).unwrap();
        Request::from_parts(parts, body)
    }
}

/// aws-sigv4: SHA-256, another scheme.
pub struct AwsSigV4 {
    identity: aws_smithy_runtime_api::client::identity::Identity,
}

impl AwsSigV4 {
    pub fn new() -> Self {
        let (id, key) = (Call::SECRET_ID, Call::SECRET_KEY);
        let credentials = aws_credential_types::Credentials::new(id, key, None, None, "static");
        Self { identity: credentials.into() }
    }

    pub fn build_and_sign(&self) -> Request<()> {
        use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};

        let params = aws_sigv4::sign::v4::SigningParams::builder()
            .identity(&self.identity)
            .region("ap-chengdu")
            .name("s3")
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_557_902_860))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let mut request = build();
        let headers =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let signable =
            SignableRequest::new("GET", TARGET, headers, SignableBody::Bytes(&[])).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        instructions.apply_to_request_http1x(&mut request);
        request
    }
}

/// rusty-s3: SHA-256, a listing of its own, signed in the query.
pub struct RustyS3 {
    bucket: rusty_s3::Bucket,
    credentials: rusty_s3::Credentials,
}

impl RustyS3 {
    pub fn new() -> Self {
        let endpoint = "https://s3.ap-chengdu.example".parse().unwrap();
        let style = rusty_s3::UrlStyle::VirtualHost;
        Self {
            bucket: rusty_s3::Bucket::new(endpoint, style, "bucket", "ap-chengdu").unwrap(),
            credentials: rusty_s3::Credentials::new(Call::SECRET_ID, Call::SECRET_KEY),
        }
    }

    pub fn build_and_sign(&self) -> Url {
        use rusty_s3::S3Action;

        let mut list = rusty_s3::actions::ListObjectsV2::new(&self.bucket, Some(&self.credentials));
        list.with_max_keys(2);
        list.with_continuation_token("066d919e-49b9-429e-b844-e17ea7b16421");
        list.sign(Duration::from_secs(3600))
    }
}

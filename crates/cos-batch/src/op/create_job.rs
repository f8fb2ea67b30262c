use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, Request, Response, header};
use md5::{Digest, Md5};

use super::elements::{AtMost, boolean, value};
use super::route::{Call, JOBS, route};
use super::{Operation, Repeat, decode_reply, xml_response};
use crate::endpoint::Endpoint;
use crate::error::{BuildError, ReplyError, RequestError, XmlError, XmlErrorKind};
use crate::model::{ClientRequestToken, JobId, JobOperation, Manifest, Priority, Report, RoleArn};
use crate::value::{IntoOwned, printable};
use crate::xml::{Field, Limits, Reader, Writer};

const REQUEST: &str = "CreateJobRequest";
const RESULT: &str = "CreateJobResult";

/// The header that carries the digest of a body.
const CONTENT_MD5: &str = "content-md5";

/// CreateJob: a new job
///
/// The caller supplies the `client_request_token`, a UUID by recommendation. A token that was used
/// before is refused with `InvalidRequest`, whose message alone says so and which names no job: a
/// call whose answer was lost cannot simply be sent again.
///
/// | parameter | element | range | default |
/// | --- | --- | --- | --- |
/// | `client_request_token` | `ClientRequestToken` | 1 to 64 bytes, unique | |
/// | `confirmation_required` | `ConfirmationRequired` | | `false` |
/// | `description` | `Description` | 0 to 256 bytes | none |
/// | `manifest` | `Manifest` | | |
/// | `operation` | `Operation` | exactly one | |
/// | `priority` | `Priority` | 0 to 2147483647 | |
/// | `report` | `Report` | required even where there is none | |
/// | `role_arn` | `RoleArn` | 1 to 1024 bytes | |
///
/// The docs contradict themselves on the code for a priority out of range; a server of ours says
/// `InvalidArgument`. `Content-MD5` is always sent.
///
/// Page: [CreateJob](https://www.tencentcloud.com/document/product/436/33781).
///
/// ```
/// use cos_batch::{
///     CreateJob, Endpoint, JobOperation, Limits, Manifest, ManifestField, ManifestLocation,
///     Operation, PutObjectCopy, Report, ReportScope,
/// };
///
/// let location = ManifestLocation::new(
///     "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000/m/list.csv".parse()?,
///     "15150651828fa9cdcb8356b6d1c7638b",
/// );
/// let copy = PutObjectCopy::new("qcs::cos:ap-chengdu:uid/1250000000:dst-1250000000".parse()?);
/// let create = CreateJob::new(
///     "184ce261-18af-5e3d-3e30-253723cfd937".parse()?,
///     Manifest::csv(location, [ManifestField::Bucket, ManifestField::Key]),
///     JobOperation::PutObjectCopy(Box::new(copy)),
///     "10".parse()?,
///     Report::new(
///         "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000".parse()?,
///         ReportScope::AllTasks,
///     ),
///     "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse()?,
/// );
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let request = create.encode_request(&endpoint)?;
/// assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/jobs"));
///
/// // A job can be kept in a file, and a file can become a job.
/// let file = create.to_xml()?;
/// assert_eq!(CreateJob::from_xml(&file, &Limits::default())?, create);
///
/// let reply: http::Response<&[u8]> =
///     http::Response::new(b"<CreateJobResult><JobId>53dc6228</JobId></CreateJobResult>");
/// let created = CreateJob::decode_response(&reply, &Limits::default())?;
/// assert_eq!(created.job_id.as_str(), "53dc6228");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct CreateJob {
    /// What makes the request unique.
    pub client_request_token: ClientRequestToken<'static>,
    /// Does the job wait for confirmation before it runs?
    pub confirmation_required: Option<bool>,
    /// A note for people.
    pub description: Option<Cow<'static, str>>,
    /// The list of objects.
    pub manifest: Manifest<'static>,
    /// What to do with them.
    pub operation: JobOperation<'static>,
    /// How urgent it is.
    pub priority: Priority,
    /// Where the report goes.
    pub report: Report<'static>,
    /// The role that COS assumes.
    pub role_arn: RoleArn<'static>,
}

impl CreateJob {
    /// A job with all that the service requires.
    #[must_use]
    pub fn new(
        client_request_token: ClientRequestToken<'static>,
        manifest: Manifest<'static>,
        operation: JobOperation<'static>,
        priority: Priority,
        report: Report<'static>,
        role_arn: RoleArn<'static>,
    ) -> Self {
        Self {
            client_request_token,
            confirmation_required: None,
            description: None,
            manifest,
            operation,
            priority,
            report,
            role_arn,
        }
    }

    /// The body of the request, as it is sent
    ///
    /// # Errors
    ///
    /// [`BuildError`] where a parameter holds what the wire cannot carry.
    pub fn to_xml(&self) -> Result<Vec<u8>, BuildError> {
        let mut writer = Writer::new();
        self.encode(&mut writer)?;
        Ok(writer.finish())
    }

    /// Reads the body of a request
    ///
    /// # Errors
    ///
    /// [`XmlError`], which says what is wrong and where.
    pub fn from_xml(bytes: &[u8], limits: &Limits) -> Result<Self, XmlError> {
        let mut reader = Reader::new(bytes, limits)?;
        match reader.root()? {
            REQUEST => {}
            name => {
                let found = printable(name, 64).into();
                return Err(reader.error(XmlErrorKind::UnexpectedRoot { found, expected: REQUEST }));
            }
        }
        let create = Self::decode(&mut reader)?;
        reader.finish()?;
        Ok(create)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, XmlError> {
        let (mut token, mut confirmation_required, mut description) =
            (Field::default(), Field::default(), Field::default());
        let (mut manifest, mut operation, mut report) =
            (Field::default(), Field::default(), Field::default());
        let (mut priority, mut role_arn) = (Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "ClientRequestToken" => token.read(reader, value::<ClientRequestToken<'_>>)?,
                "ConfirmationRequired" => confirmation_required.read(reader, boolean)?,
                "Description" => {
                    description.read(reader, |reader| AtMost::BYTES_256.read(reader))?;
                }
                "Manifest" => manifest.read(reader, |reader| Manifest::decode(reader).map(Some))?,
                "Operation" => {
                    operation.read(reader, |reader| JobOperation::decode(reader).map(Some))?;
                }
                "Priority" => priority.read(reader, value)?,
                "Report" => report.read(reader, |reader| Report::decode(reader).map(Some))?,
                "RoleArn" => role_arn.read(reader, value::<RoleArn<'_>>)?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            client_request_token: token.require(reader, "ClientRequestToken")?.into_owned(),
            confirmation_required: confirmation_required.optional(),
            description: description.optional().into_owned(),
            manifest: manifest.require(reader, "Manifest")?.into_owned(),
            operation: operation.require(reader, "Operation")?.into_owned(),
            priority: priority.require(reader, "Priority")?,
            report: report.require(reader, "Report")?.into_owned(),
            role_arn: role_arn.require(reader, "RoleArn")?.into_owned(),
        })
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element(REQUEST, |writer| {
            writer.text("ClientRequestToken", self.client_request_token.as_str())?;
            if let Some(confirmation_required) = self.confirmation_required {
                writer.value("ConfirmationRequired", confirmation_required)?;
            }
            AtMost::BYTES_256.write(writer, "Description", self.description.as_deref())?;
            self.manifest.encode(writer)?;
            self.operation.encode(writer)?;
            writer.value("Priority", self.priority)?;
            self.report.encode(writer)?;
            writer.text("RoleArn", self.role_arn.as_str())
        })
    }
}

impl Operation for CreateJob {
    const NAME: &'static str = "CreateJob";
    const REPEAT: Repeat = Repeat::SameToken;
    type Output<'a> = CreateJobResult<'a>;

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        let body = self.to_xml()?;
        let mut request = endpoint.request(Method::POST, JOBS, &crate::text::Query::default())?;
        let malformed = |_| BuildError::Uri("a digest that is no header".into());
        let digest = STANDARD.encode(Md5::digest(&body));
        let digest = HeaderValue::try_from(digest).map_err(malformed)?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_MD5, digest);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        *request.body_mut() = body;
        Ok(request)
    }

    fn decode_response<'a>(
        reply: &Response<&'a [u8]>,
        limits: &Limits,
    ) -> Result<CreateJobResult<'a>, ReplyError> {
        decode_reply(reply, limits, RESULT, |reader| {
            let mut job_id = Field::default();
            while let Some(name) = reader.child()? {
                match name {
                    "JobId" => job_id.read(reader, value)?,
                    _ => reader.skip()?,
                }
            }
            Ok(CreateJobResult { job_id: job_id.require(reader, "JobId")? })
        })
    }

    fn decode_request(request: &Request<&[u8]>, limits: &Limits) -> Result<Self, RequestError> {
        let Call::CreateJob = route(request)? else { return Err(RequestError::OtherCall) };
        let body = *request.body();
        if body.is_empty() {
            return Err(RequestError::NoBody);
        }
        check_digest(request)?;
        Self::from_xml(body, limits).map_err(RequestError::Body)
    }

    fn encode_response(output: &CreateJobResult<'_>) -> Result<Response<Vec<u8>>, BuildError> {
        let mut writer = Writer::new();
        writer.element(RESULT, |writer| writer.text("JobId", output.job_id.as_str()))?;
        Ok(xml_response(writer.finish()))
    }
}

/// Is `Content-MD5`, where it is given, that of the body?
fn check_digest(request: &Request<&[u8]>) -> Result<(), RequestError> {
    let Some(digest) = request.headers().get(CONTENT_MD5) else { return Ok(()) };
    let digest = STANDARD.decode(digest.as_bytes()).map_err(|_| RequestError::InvalidDigest)?;
    if digest.len() != 16 {
        return Err(RequestError::InvalidDigest);
    }
    if digest == Md5::digest(request.body()).as_slice() {
        Ok(())
    } else {
        Err(RequestError::BadDigest)
    }
}

/// The job that was created
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct CreateJobResult<'a> {
    /// Its id.
    pub job_id: JobId<'a>,
}

impl<'a> CreateJobResult<'a> {
    /// The answer, as a server.
    #[must_use]
    pub fn new(job_id: JobId<'a>) -> Self {
        Self { job_id }
    }
}

impl IntoOwned for CreateJobResult<'_> {
    type Owned = CreateJobResult<'static>;

    fn into_owned(self) -> CreateJobResult<'static> {
        CreateJobResult { job_id: self.job_id.into_owned() }
    }
}

//! `<Error>`, both directions

use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::{REQUEST_ID_HEADER, TRACE_ID_HEADER, text_header, xml_response};
use crate::error::{ServiceError, XmlError};
use crate::value::{HttpString, is_xml_char};
use crate::xml::{Field, Reader, Writer};

impl ServiceError {
    /// Reads the children of an `<Error>` that was entered with [`Reader::root`]; ids that the
    /// document lacks come from the headers
    ///
    /// # Errors
    ///
    /// [`XmlErrorKind::Missing`](crate::XmlErrorKind::Missing) where it has no code, and those of
    /// the reader.
    pub fn decode(
        reader: &mut Reader<'_>,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Self, XmlError> {
        decode(reader, status, headers)
    }

    /// Makes the reply that carries the refusal, as a server
    ///
    /// The ids stand in the document and in the headers. A refusal never fails: characters that
    /// XML cannot carry, such as those of a hostile path, become U+FFFD.
    #[must_use]
    pub fn encode(&self) -> Response<Vec<u8>> {
        let mut writer = Writer::new();
        let written = writer.element("Error", |writer| {
            writer.text("Code", self.code.as_str())?;
            let texts = [
                ("Message", self.message.as_deref()),
                ("Resource", self.resource.as_deref()),
                ("RequestId", self.request_id.as_deref()),
                ("TraceId", self.trace_id.as_deref()),
                ("FormatString", self.format_string.as_ref().map(HttpString::as_str)),
                ("StringToSign", self.string_to_sign.as_deref()),
                ("ServerTime", self.server_time.as_deref()),
            ];
            for (name, text) in texts {
                if let Some(text) = text {
                    writer.text(name, &carried(text))?;
                }
            }
            Ok(())
        });
        debug_assert_eq!(written, Ok(()), "all of it can be carried");
        let mut response = xml_response(writer.finish());
        *response.status_mut() = self.status;
        for (name, id) in [(REQUEST_ID_HEADER, &self.request_id), (TRACE_ID_HEADER, &self.trace_id)]
        {
            if let Some(id) = id.as_deref().and_then(|id| HeaderValue::from_str(id).ok()) {
                response.headers_mut().insert(name, id);
            }
        }
        response
    }
}

/// A text with what XML cannot carry replaced.
fn carried(text: &str) -> String {
    text.chars().map(|c| if is_xml_char(c) { c } else { '\u{fffd}' }).collect()
}

pub(super) fn decode(
    reader: &mut Reader<'_>,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<ServiceError, XmlError> {
    fn text(reader: &mut Reader<'_>) -> Result<Option<Box<str>>, XmlError> {
        reader.value(|text| Ok(text.into()))
    }
    let mut code = Field::default();
    let [mut message, mut resource, mut request_id, mut trace_id] =
        [(); 4].map(|()| Field::default());
    let mut format_string = Field::default();
    let [mut string_to_sign, mut server_time] = [(); 2].map(|()| Field::default());
    while let Some(name) = reader.child()? {
        match name {
            "Code" => code.read(reader, |reader| reader.value(TryInto::try_into))?,
            "Message" => message.read(reader, text)?,
            "Resource" => resource.read(reader, text)?,
            "RequestId" => request_id.read(reader, text)?,
            "TraceId" => trace_id.read(reader, text)?,
            "FormatString" => {
                format_string.read(reader, |reader| reader.value(|text| Ok(text.into())))?;
            }
            "StringToSign" => string_to_sign.read(reader, text)?,
            "ServerTime" => server_time.read(reader, text)?,
            _ => reader.skip()?,
        }
    }
    let mut error = ServiceError::new(status, code.require(reader, "Code")?);
    let header = |name| text_header(headers, name).map(Into::into);
    error.message = message.optional();
    error.resource = resource.optional();
    error.request_id = request_id.optional().or_else(|| header(REQUEST_ID_HEADER));
    error.trace_id = trace_id.optional().or_else(|| header(TRACE_ID_HEADER));
    error.format_string = format_string.optional();
    error.string_to_sign = string_to_sign.optional();
    error.server_time = server_time.optional();
    Ok(error)
}

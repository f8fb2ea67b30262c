//! `<Error>`, both directions

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::{REQUEST_ID_HEADER, TRACE_ID_HEADER, text_header, xml_response};
use crate::error::{BuildError, ServiceError, XmlError};
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
    /// The ids stand in the document and in the headers.
    ///
    /// # Errors
    ///
    /// [`BuildError`] where a text holds what XML cannot carry.
    pub fn encode(&self) -> Result<Response<Vec<u8>>, BuildError> {
        let mut writer = Writer::new();
        writer.element("Error", |writer| {
            writer.text("Code", self.code.as_str())?;
            let texts = [
                ("Message", &self.message),
                ("Resource", &self.resource),
                ("RequestId", &self.request_id),
                ("TraceId", &self.trace_id),
                ("FormatString", &self.format_string),
                ("StringToSign", &self.string_to_sign),
                ("ServerTime", &self.server_time),
            ];
            for (name, text) in texts {
                if let Some(text) = text {
                    writer.text(name, text)?;
                }
            }
            Ok(())
        })?;
        let mut response = xml_response(writer.finish());
        *response.status_mut() = self.status;
        for (name, id) in [(REQUEST_ID_HEADER, &self.request_id), (TRACE_ID_HEADER, &self.trace_id)]
        {
            if let Some(id) = id.as_deref().and_then(|id| HeaderValue::from_str(id).ok()) {
                response.headers_mut().insert(name, id);
            }
        }
        Ok(response)
    }
}

pub(super) fn decode(
    reader: &mut Reader<'_>,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<ServiceError, XmlError> {
    fn text(reader: &mut Reader<'_>) -> Result<Option<Box<str>>, XmlError> {
        reader.value(|text: Cow<'_, str>| Ok(text.into()))
    }
    let mut code = Field::default();
    let [mut message, mut resource, mut request_id, mut trace_id] =
        [(); 4].map(|()| Field::default());
    let [mut format_string, mut string_to_sign, mut server_time] =
        [(); 3].map(|()| Field::default());
    while let Some(name) = reader.child()? {
        match name {
            "Code" => code.read(reader, |reader| reader.value(TryInto::try_into))?,
            "Message" => message.read(reader, text)?,
            "Resource" => resource.read(reader, text)?,
            "RequestId" => request_id.read(reader, text)?,
            "TraceId" => trace_id.read(reader, text)?,
            "FormatString" => format_string.read(reader, text)?,
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

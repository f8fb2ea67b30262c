use crate::value::closed_list;

closed_list! {
    /// A code that the service gives for a refusal
    ///
    /// The batch codes and the general COS codes that a batch call can meet. Codes decide what a
    /// client does next; message texts are undocumented and never do.
    ///
    /// Pages: [batch errors](https://www.tencentcloud.com/document/product/436/33787),
    /// [general errors](https://www.tencentcloud.com/document/product/436/7730).
    pub enum ErrorCode("an error code") {
        /// 403: account not allowed.
        AccessForbidden = "AccessForbidden",
        /// 403: signature or permission wrong; also an expired signature.
        AccessDenied = "AccessDenied",
        /// 403: a problem with the account.
        AccountProblem = "AccountProblem",
        /// 400: `Content-MD5` does not match the body.
        BadDigest = "BadDigest",
        /// 400: bad request.
        BadRequest = "BadRequest",
        /// 400: the body's size differs from `Content-Length`.
        EntitySizeNotMatch = "EntitySizeNotMatch",
        /// 400 or 403: the temporary token has expired.
        ExpiredToken = "ExpiredToken",
        /// 400: the body is shorter than `Content-Length`.
        IncompleteBody = "IncompleteBody",
        /// 500: internal error.
        InternalError = "InternalError",
        /// 403: no such secret id.
        InvalidAccessKeyId = "InvalidAccessKeyId",
        /// 400: a parameter is empty or invalid.
        InvalidArgument = "InvalidArgument",
        /// 400: `Content-MD5` is malformed.
        InvalidDigest = "InvalidDigest",
        /// 400: the request is invalid, a token repeated, a status change illegal.
        InvalidRequest = "InvalidRequest",
        /// 400: the URI is invalid.
        InvalidUri = "InvalidURI",
        /// 400: the request body is not what the call takes.
        MalformedXml = "MalformedXML",
        /// 405: the method is not allowed here.
        MethodNotAllowed = "MethodNotAllowed",
        /// 400: `x-cos-appid` is missing; an old name.
        MissingAppid = "MissingAppid",
        /// 400: `Content-MD5` is missing; an old name.
        MissingContentMd5 = "MissingContentMD5",
        /// 411: `Content-Length` is missing.
        MissingContentLength = "MissingContentLength",
        /// 400: `Host` is missing; an old name.
        MissingHost = "MissingHost",
        /// 400: the body is missing.
        MissingRequestBodyError = "MissingRequestBodyError",
        /// 400: a security header is missing; an old name.
        MissingSecurityHeader = "MissingSecurityHeader",
        /// 404: the job does not exist, or has already completed.
        NoSuchJob = "NoSuchJob",
        /// 501: not implemented.
        NotImplemented = "NotImplemented",
        /// 402: the account is in arrears.
        PaymentRequired = "PaymentRequired",
        /// 301: another endpoint serves this.
        PermanentRedirect = "PermanentRedirect",
        /// 302: another endpoint serves this.
        Redirect = "Redirect",
        /// 403: the signature has expired, as one copy of the table has it.
        RequestHasExpired = "Request has expired",
        /// 403: the client's clock is off.
        RequestTimeTooSkewed = "RequestTimeTooSkewed",
        /// 400: the body arrived too slowly.
        RequestTimeout = "RequestTimeout",
        /// 500 in batch, 503 elsewhere: data cannot be stored or loaded now.
        ServiceUnavailable = "ServiceUnavailable",
        /// 403: the signature does not verify.
        SignatureDoesNotMatch = "SignatureDoesNotMatch",
        /// 503: lower the request rate.
        SlowDown = "SlowDown",
        /// 307: another endpoint serves this.
        TemporaryRedirect = "TemporaryRedirect",
        /// 500: the number of jobs has reached its limit. Final, whatever the status says.
        TooManyJobs = "TooManyJobs",
        /// 400: the body arrived too slowly.
        UserNetworkTooSlow = "UserNetworkTooSlow",
        /// 400: the body is larger than allowed.
        XmlSizeLimit = "XMLSizeLimit",
    }
}

impl ErrorCode {
    /// May the same request succeed when sent again later, signed anew?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::InternalError
                | Self::RequestTimeout
                | Self::ServiceUnavailable
                | Self::SlowDown
                | Self::UserNetworkTooSlow
        )
    }

    /// Does the code say that the client's clock is off, or that the signature came too late?
    ///
    /// An expired signature may also come as [`AccessDenied`](Self::AccessDenied) with the one
    /// documented message; [`ServiceError::is_clock_skew`](crate::ServiceError::is_clock_skew)
    /// knows both.
    #[must_use]
    pub fn is_clock_skew(&self) -> bool {
        matches!(self, Self::RequestHasExpired | Self::RequestTimeTooSkewed)
    }

    /// Is it about who is asking rather than about what is asked?
    #[must_use]
    pub fn is_credential(&self) -> bool {
        matches!(
            self,
            Self::AccessDenied
                | Self::AccessForbidden
                | Self::AccountProblem
                | Self::ExpiredToken
                | Self::InvalidAccessKeyId
                | Self::MissingSecurityHeader
                | Self::RequestHasExpired
                | Self::RequestTimeTooSkewed
                | Self::SignatureDoesNotMatch
        )
    }
}

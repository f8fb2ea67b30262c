//! Where requests go, and for which account

use http::uri::{Authority, Parts, Scheme};
use http::{HeaderName, HeaderValue, Method, Request, Uri, header};

use crate::error::BuildError;
use crate::model::{AppId, Region, Uin};
use crate::text::Query;
use crate::value::printable;

/// The header that names the account's APPID; every batch call must have it.
pub const APPID_HEADER: &str = "x-cos-appid";

/// A batch endpoint: scheme, host and the APPID that every request carries
///
/// Two numbers identify an account: the **UIN** is in the host, the **APPID** is in the header
/// `x-cos-appid` and at the end of every bucket's name.
///
/// ```
/// use cos_batch::Endpoint;
///
/// let endpoint = Endpoint::new(
///     &"100000000001".parse()?,
///     &"ap-chengdu".parse()?,
///     "1250000000".parse()?,
/// );
/// assert_eq!(
///     endpoint.to_string(),
///     "https://100000000001.cos-control.ap-chengdu.myqcloud.com",
/// );
/// # Ok::<(), cos_batch::ValueError>(())
/// ```
///
/// Page: [common request headers](https://www.tencentcloud.com/document/product/436/7728).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    app_id: HeaderValue,
}

impl Endpoint {
    /// The documented endpoint of an account in a region,
    /// `https://<UIN>.cos-control.<Region>.myqcloud.com`.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a UIN is digits and a region a DNS label")]
    pub fn new(uin: &Uin, region: &Region, app_id: AppId) -> Self {
        let authority = format!("{uin}.cos-control.{region}.myqcloud.com");
        Self::custom("https", &authority, app_id).expect("digits and DNS labels make an authority")
    }

    /// Any other place: an emulator, a proxy, a domain of one's own
    ///
    /// `authority` is a host with or without a port; it becomes the `Host` header as it is.
    ///
    /// # Errors
    ///
    /// [`BuildError::Uri`] where scheme or authority are malformed, or the authority holds user
    /// information.
    pub fn custom(scheme: &str, authority: &str, app_id: AppId) -> Result<Self, BuildError> {
        // What stands before an @ may be a password.
        let shown = authority.rsplit('@').next().unwrap_or_default();
        let malformed = || BuildError::Uri(format!("{scheme}://{}", printable(shown, 64)).into());
        if scheme.is_empty() {
            return Err(malformed());
        }
        let scheme = Scheme::try_from(scheme).map_err(|_| malformed())?;
        let authority = Authority::try_from(authority).map_err(|_| malformed())?;
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(malformed());
        }
        let host = HeaderValue::try_from(authority.as_str()).map_err(|_| malformed())?;
        let app_id = HeaderValue::try_from(app_id.as_str()).map_err(|_| malformed())?;
        Ok(Self { scheme, authority, host, app_id })
    }

    /// The host, with its port if it has one: the value of the `Host` header.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// A request with the headers that every call has, `Host` and `x-cos-appid`
    ///
    /// `path` begins with `/` and is percent-encoded where it must be.
    ///
    /// # Errors
    ///
    /// [`BuildError::Uri`] where `path` and `query` do not make a URI, such as one that is too
    /// long.
    pub fn request(
        &self,
        method: Method,
        path: &str,
        query: &Query<'_>,
    ) -> Result<Request<Vec<u8>>, BuildError> {
        let length = query.length();
        let mut target = String::with_capacity(path.len() + usize::from(length > 0) + length);
        target.push_str(path);
        if length > 0 {
            target.push('?');
            query.append_to(&mut target);
        }
        let malformed = || BuildError::Uri(format!("{self}{path}").into());
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(target.try_into().map_err(|_| malformed())?);
        let uri = Uri::from_parts(parts).map_err(|_| malformed())?;
        let mut request = Request::new(Vec::new());
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(header::HOST, self.host.clone());
        headers.insert(const { HeaderName::from_static(APPID_HEADER) }, self.app_id.clone());
        Ok(request)
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app_id() -> AppId {
        "1250000000".parse().expect("an APPID")
    }

    #[test]
    fn every_request_names_host_and_app_id() {
        let endpoint = Endpoint::custom("http", "127.0.0.1:9000", app_id()).expect("an endpoint");
        let request = endpoint.request(Method::GET, "/jobs", &Query::default()).expect("a request");
        assert_eq!(request.uri(), "http://127.0.0.1:9000/jobs");
        assert_eq!(request.headers()["host"], "127.0.0.1:9000");
        assert_eq!(request.headers()["x-cos-appid"], "1250000000");
        assert_eq!(request.headers().len(), 2);
        assert_eq!(endpoint.to_string(), "http://127.0.0.1:9000");
    }

    #[test]
    fn what_is_no_authority_is_refused() {
        for authority in ["", "a b", "a/b", "user:secret@host", "host:port:x", "h\u{1}"] {
            assert!(Endpoint::custom("http", authority, app_id()).is_err(), "{authority:?}");
        }
        assert!(Endpoint::custom("", "host", app_id()).is_err());
    }
}

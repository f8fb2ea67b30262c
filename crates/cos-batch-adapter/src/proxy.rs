use std::{env, fmt, net::IpAddr};

use cos_batch::http::Uri;

/// The proxy that the environment names, and what goes by it
///
/// Only `https` does, through a tunnel. `http` goes straight to its host: a proxy would see the
/// signature, and what speaks `http` is an emulator nearby. The own machine is never asked by way of
/// another.
///
/// ```
/// use cos_batch_adapter::ProxySettings;
///
/// let proxy = ProxySettings::new("http://proxy.example:3128", "internal.example, 10.0.0.1");
/// assert!(proxy.applies_to(&"https://cos.example/".parse()?));
/// for direct in ["http://cos.example/", "https://a.internal.example/", "https://127.0.0.1/"] {
///     assert!(!proxy.applies_to(&direct.parse()?));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ProxySettings {
    url: String,
    direct: Vec<String>,
}

impl ProxySettings {
    /// What `HTTPS_PROXY` and `NO_PROXY` say; `ALL_PROXY` where the first is not there, and each in
    /// small letters where it is not there in capitals. An empty variable is one that is not there.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        let named = |names: [&str; 2]| {
            names.iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
        };
        let url =
            named(["HTTPS_PROXY", "https_proxy"]).or_else(|| named(["ALL_PROXY", "all_proxy"]))?;
        Some(Self::new(&url, &named(["NO_PROXY", "no_proxy"]).unwrap_or_default()))
    }

    /// A proxy and the hosts that are asked directly, separated by commas: names, which stand for
    /// all that lies under them too, addresses, or `*` for all hosts.
    #[must_use]
    pub fn new(url: &str, no_proxy: &str) -> Self {
        let hosts = no_proxy.split(',').map(|host| host.trim().trim_start_matches("*."));
        let hosts = hosts.map(|host| host.trim_start_matches('.').to_ascii_lowercase());
        Self { url: url.to_owned(), direct: hosts.filter(|host| !host.is_empty()).collect() }
    }

    /// The proxy's address as it was given, with its password if it has one.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Does a request to `uri` go by the proxy?
    #[must_use]
    pub fn applies_to(&self, uri: &Uri) -> bool {
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_under = |name: &str| {
            host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let is_near = match host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => is_under("localhost"),
        };
        let is_direct = self.direct.iter().any(|name| name == "*" || is_under(name));
        uri.scheme_str() == Some("https") && !is_near && !is_direct
    }
}

impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.debug_struct("ProxySettings").field("direct", &self.direct).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_by_a_proxy() {
        let proxy =
            ProxySettings::new("http://u:pass@p.example:1", " .a.example,*.b.example,,10.0.0.1");
        let goes = |uri: &str| proxy.applies_to(&uri.parse().expect("a URI"));
        assert!(
            goes("https://c.example/") && goes("https://xa.example") && goes("https://10.0.0.2")
        );
        assert!(
            !goes("https://A.example")
                && !goes("https://x.b.EXAMPLE:444")
                && !goes("https://10.0.0.1")
        );
        assert!(!goes("http://c.example/") && !goes("/jobs"));
        assert!(
            !goes("https://localhost") && !goes("https://a.localhost") && !goes("https://[::1]:1")
        );
        assert!(!ProxySettings::new("p", "*").applies_to(&Uri::from_static("https://c.example/")));
        assert!(!format!("{proxy:?}").contains("pass"));
    }
}

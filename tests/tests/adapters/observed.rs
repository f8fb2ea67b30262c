//! What an observer is told, and what it is not

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cos_batch::{Credentials, ListJobs, Signer};
use cos_batch_testkit::peer::{Peer, Script};
use insta::assert_snapshot;

use crate::support::{Client, bounded, client, endpoint, list, page, peer};

const SECRET: &str = "SECRETEXAMPLE";
const SECURITY_TOKEN: &str = "TOKENEXAMPLE+/=";

/// A client that signs with temporary credentials.
pub(crate) fn with_token(peer: &Peer) -> Client {
    let credentials = Credentials::new("AKIDEXAMPLE", SECRET).expect("credentials");
    let signer = Signer::new(credentials.with_token(SECURITY_TOKEN).expect("a token"));
    let mut retry = client(peer).retry().clone();
    retry.seed = 7;
    Client::new(endpoint("http", peer.address()), signer).with_retry(retry)
}

/// A connection that is lost, an answer that is none, two pages, a refusal.
pub(crate) fn eventful() -> [Script; 2] {
    let denied = "<Error><Code>AccessDenied</Code><RequestId>r-2</RequestId></Error>";
    let refused = "403 Forbidden\r\nx-cos-request-id: r-2";
    let script = Script::new()
        .answer("503 Slow Down\r\nx-cos-request-id: r-1", "")
        .answer("200 OK", page(1, Some("t-1")))
        .answer("200 OK", page(2, Some("t-2")))
        .answer(refused, denied);
    [Script::new().request().reset(), script]
}

/// Holds that nothing secret of the requests that a peer has read is in a text.
pub(crate) fn assert_clean(text: &str, peer: &Peer) {
    let mut secrets = vec!["q-sign".to_owned(), "authorization: ".to_owned()];
    for secret in [SECRET, SECURITY_TOKEN] {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        secrets.extend([secret.to_owned(), BASE64_STANDARD.encode(secret), hex]);
    }
    secrets.push(SECURITY_TOKEN.trim_end_matches(['+', '/', '=']).to_owned());
    let requests = peer.requests();
    assert!(!requests.is_empty());
    for request in requests {
        let request = String::from_utf8_lossy(&request).into_owned();
        let (_, signature) = request.split_once("q-signature=").expect("a signature");
        secrets.push(signature[..40].to_owned());
        assert!(request.contains(SECURITY_TOKEN), "{request}");
    }
    let text = text.to_ascii_lowercase();
    for secret in secrets {
        assert!(!text.contains(&secret.to_ascii_lowercase()), "{secret} is in\n{text}");
    }
}

#[test]
fn every_step_is_told() {
    bounded(|| {
        let peer = peer(eventful());
        let log = Arc::new(Mutex::new(String::new()));
        let client = with_token(&peer).with_observer({
            let (log, address) = (log.clone(), peer.address().to_string());
            move |run, step| {
                // What lies under a loss is said in the words of the library.
                let step = step.to_string().replace(&address, "PEER");
                let step = step.split_inclusive("answered").next().unwrap_or_default();
                log.lock().expect("a log").push_str(&format!("{run}: {step}\n"));
            }
        });
        let pages: Vec<_> = client.pages(ListJobs::new()).collect();
        assert_eq!(pages.iter().filter(|page| page.is_ok()).count(), 2);
        assert_snapshot!(log.lock().expect("a log"), @"
        1: send GET PEER/jobs
        1: lost: the request was sent, but no complete response came back: PEER ended the connection before it answered
        1: sleep 779.659µs
        1: send GET PEER/jobs
        1: reply 503, 0 bytes, request r-1
        1: sleep 67.153µs
        1: send GET PEER/jobs
        1: reply 200, 1066 bytes
        1: item
        2: send GET PEER/jobs
        2: reply 200, 1047 bytes
        2: item
        3: send GET PEER/jobs
        3: reply 403, 66 bytes, request r-2
        3: failed: the service refused: AccessDenied (HTTP 403), request r-2
        ");
    });
}

#[test]
fn nothing_secret_is_told() {
    bounded(|| {
        let peer = peer(eventful());
        let log = Arc::new(Mutex::new(String::new()));
        let client = with_token(&peer).with_observer({
            let log = log.clone();
            move |_, step| log.lock().expect("a log").push_str(&format!("{step} {step:?}\n"))
        });
        let pages: Vec<_> = client.pages(ListJobs::new()).collect();
        let shown = format!("{}{client:?}{pages:?}", log.lock().expect("a log"));
        assert!(shown.contains("r-2") && shown.contains("Failed("), "{shown}");
        assert_clean(&shown, &peer);
    });
}

#[test]
fn runs_at_the_same_time_are_told_apart() {
    bounded(|| {
        let peer =
            peer([Script::new().answer("200 OK", page(1, None)).answer("200 OK", page(1, None))]);
        let runs = Arc::new(Mutex::new(Vec::new()));
        let client = client(&peer).with_observer({
            let runs = runs.clone();
            move |run, _| runs.lock().expect("a log").push(run)
        });
        list(&client).expect("a page");
        list(&client.clone()).expect("a page");
        let runs = runs.lock().expect("a log");
        assert_eq!(runs.len(), 6);
        assert!(runs[..3].iter().all(|run| *run == runs[0]) && runs[3] != runs[0], "{runs:?}");
    });
}

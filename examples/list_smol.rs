//! Lists the jobs of an emulator on smol, by hyper over one of smol's streams
//!
//! ```text
//! cargo run -p cos-batch-examples --example list_smol
//! ```

use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use cos_batch::drive;
use cos_batch::http::{Request, Response, Uri};
use cos_batch::time::OffsetDateTime;
use cos_batch::{Limits, ListJobs, Lost, Pages, Retry, Signer};
use cos_batch_adapter::{SendError, SendErrorKind, Stage, outgoing};
use cos_batch_emulator::Emulator;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use smol::Timer;
use smol::future::or;
use smol::net::TcpStream;
use smol_hyper::rt::FuturesIo;

/// One request over a connection of its own.
async fn exchange(
    mut request: Request<Full<Bytes>>,
    host: &str,
    cap: usize,
) -> Result<Response<Vec<u8>>, (Lost, SendError)> {
    let other = |error: hyper::Error| {
        let (lost, failure) = SendError::new(Stage::Sent, SendErrorKind::Other, host);
        (lost, failure.because(error))
    };
    let stream = TcpStream::connect(host).await;
    let stream = stream.map_err(|error| SendError::io(Stage::Connecting, host, error))?;
    let (mut sender, connection) = http1::handshake(FuturesIo::new(stream)).await.map_err(other)?;
    smol::spawn(connection).detach();
    // On a connection to the host a request names no host in its target.
    let target = request.uri().path_and_query().cloned();
    *request.uri_mut() = target.map(Uri::from).unwrap_or_default();
    let (parts, body) = sender.send_request(request).await.map_err(other)?.into_parts();
    let (mut body, mut bytes) = (pin!(body), Vec::new());
    while bytes.len() < cap
        && let Some(Ok(frame)) = body.frame().await
    {
        bytes.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new()));
    }
    bytes.truncate(cap);
    Ok(Response::from_parts(parts, bytes))
}

async fn send(
    request: Request<Vec<u8>>,
    within: Option<Duration>,
) -> Result<Response<Vec<u8>>, (Lost, SendError)> {
    let within = within.unwrap_or(Duration::from_secs(30)).min(Duration::from_secs(30));
    let request = outgoing(request, "list-smol")?.map(|body| Full::new(body.into()));
    let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
    let late = async {
        Timer::after(within).await;
        Err(SendError::late(Stage::Sent, &host, within))
    };
    or(exchange(request, &host, Limits::default().bytes + 1), late).await
}

fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start()?;
    let signer = Arc::new(Signer::new(emulator.credentials()));
    let mut list = ListJobs::new();
    list.max_results = Some("15".parse()?);
    let mut pages = Pages::new(emulator.endpoint(), list, Retry::new(7));
    smol::block_on(async {
        while let Some(page) = drive::asynchronous(
            &mut pages,
            OffsetDateTime::now_utc,
            |_| Ok(signer.clone()),
            send,
            async |rest| {
                Timer::after(rest).await;
            },
        )
        .await?
        {
            for job in page.jobs {
                println!("{}  {}", job.job_id, job.status);
            }
        }
        Ok(())
    })
}

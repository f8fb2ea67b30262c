use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cos_batch::http::Request;
use cos_batch::{Limits, Lost};
use cos_batch_adapter::{SendError, Stage, outgoing};
use socket2::{Domain, Socket, Type};

use crate::flight::Flight;
use crate::http1::Http1;

/// Sends requests, one after the other or side by side
#[derive(Clone, Debug)]
pub struct Network {
    timeout: Duration,
    idle: Idle,
}

/// The one connection that waits for the next request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Idle(Arc<Mutex<Option<(String, TcpStream)>>>);

impl Network {
    /// At most so much time for a request.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        Self { timeout, idle: Idle::default() }
    }

    /// Sends a request, within `within` if that is less than the timeout; ask the flight what came
    /// of it
    ///
    /// Nothing here blocks but finding an address for a host's name, which std cannot do otherwise.
    ///
    /// # Errors
    ///
    /// Where there is no connection to be made.
    pub fn send(
        &self,
        request: Request<Vec<u8>>,
        within: Option<Duration>,
        limits: &Limits,
    ) -> Result<Flight, (Lost, SendError)> {
        let request = outgoing(request, concat!("cos-batch-examples/", env!("CARGO_PKG_VERSION")))?;
        if request.uri().scheme_str() != Some("http") {
            return Err(SendError::request("no TLS is spoken here"));
        }
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let (output, http) = Http1::new(request, limits.bytes.saturating_add(1))
            .map_err(|_| SendError::request("the request is none that can be written"))?;
        let stream = match self.idle.take(&host) {
            Some(stream) => stream,
            None => {
                let address =
                    find(&host).map_err(|error| SendError::io(Stage::Resolving, &host, error))?;
                connect(address).map_err(|error| SendError::io(Stage::Connecting, &host, error))?
            }
        };
        let within = within.map_or(self.timeout, |within| within.min(self.timeout));
        Ok(Flight::new(host, stream, output, http, within, self.idle.clone()))
    }
}

impl Idle {
    /// The connection to a host, if there is one on which the other side has neither spoken nor
    /// hung up.
    fn take(&self, host: &str) -> Option<TcpStream> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (_, stream) = kept.filter(|(of, _)| of == host)?;
        let silent = stream.peek(&mut [0]).is_err_and(|e| e.kind() == io::ErrorKind::WouldBlock);
        silent.then_some(stream)
    }

    pub(crate) fn put(&self, host: String, stream: TcpStream) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((host, stream));
    }
}

fn find(host: &str) -> io::Result<SocketAddr> {
    let with_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let found = if with_port { host.to_socket_addrs() } else { (host, 80).to_socket_addrs() };
    found?.next().ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Begins to connect.
fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    match socket.connect(&address.into()) {
        // "In progress" has no kind of its own in std.
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Err(error),
        Ok(()) | Err(_) => Ok(socket.into()),
    }
}

//! An S3 server inside this process: objects are files in a folder, signatures and checksums are verified.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::thread;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;

use crate::aws::{ACCESS_KEY, SECRET_KEY};

/// A running S3 server on loopback. It serves until the process ends.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
}

impl S3Server {
    /// Serves the folder `root`, a bucket per sub-folder, to whoever signs with [`ACCESS_KEY`].
    ///
    /// # Errors
    /// When the folder isn't there or no port is to be had.
    pub fn start(root: &Path) -> io::Result<Self> {
        let files = FileSystem::new(root).map_err(|e| io::Error::other(format!("{}: {e:?}", root.display())))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();

        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                loop {
                    let Ok((stream, _)) = listener.accept().await else { continue };
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(TokioIo::new(stream), service.clone());
                    tokio::spawn(connection);
                }
            });
        });
        Ok(S3Server { address })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

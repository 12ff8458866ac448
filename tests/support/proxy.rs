//! What lies between a server and its database, and can fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Open,
    /// Connections break, and none is taken.
    Closed,
    /// Nothing arrives, and nobody is told so.
    Silent,
}

/// A way to a database by TCP.
pub struct Proxy {
    /// The database's address by this way.
    pub url: String,
    way: watch::Sender<Way>,
    asked: Arc<AtomicUsize>,
}

impl Proxy {
    /// A way to the database at this address.
    pub async fn to(url: &str) -> Self {
        let (front, rest) = url.rsplit_once('@').expect("an address with a password");
        let (target, name) = rest.split_once('/').expect("an address with a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{front}@{}/{name}", listener.local_addr().unwrap());
        let (way, seen) = watch::channel(Way::Open);
        let asked = Arc::default();
        tokio::spawn(accept(listener, target.to_owned(), seen, Arc::clone(&asked)));
        Self { url, way, asked }
    }

    /// How often anything was sent to the database.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Changes how the way is.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn accept(listener: TcpListener, target: String, way: watch::Receiver<Way>, asked: Arc<AtomicUsize>) {
    loop {
        // Ends with the test's runtime.
        let Ok((near, _)) = listener.accept().await else { return };
        if *way.borrow() == Way::Closed {
            continue;
        }
        let (target, way, asked) = (target.clone(), way.clone(), Arc::clone(&asked));
        tokio::spawn(async move {
            let Ok(far) = TcpStream::connect(target).await else { return };
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            let answered = AtomicUsize::new(0);
            tokio::select! {
                () = carry(near_in, far_out, way.clone(), &asked) => {}
                () = carry(far_in, near_out, way, &answered) => {}
            }
        });
    }
}

/// Carries what comes until it ends, or the way is closed.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut way: watch::Receiver<Way>, times: &AtomicUsize) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let mut watched = way.clone();
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            _ = watched.wait_for(|way| *way == Way::Closed) => return,
        };
        let Ok(count @ 1..) = read else { return };
        times.fetch_add(1, Ordering::Relaxed);
        match way.wait_for(|way| *way != Way::Silent).await.map(|way| *way) {
            Ok(Way::Open) => {}
            Ok(Way::Closed | Way::Silent) | Err(_) => return,
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

//! Inputs that would like to be more than data: at the API, in a run's description, in the values that scripts are given,
//! and in what a script leaves in its own directory. None of them runs anything, writes anywhere else, or is lost on the way.

mod at_the_api;
mod in_a_description;
mod in_the_directory;
mod in_values;

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What hostile inputs want to have run: a command that says its number to a port of ours. Whoever can run anything at all,
/// here or on a target, shut in or not, can do that.
pub struct Canary {
    port: u16,
    ledger: Arc<Mutex<Vec<String>>>,
}

impl Canary {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ledger = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&ledger);
        // Ends with the process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut said = String::new();
                let Ok(mut stream) = stream else { continue };
                _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                _ = stream.read_to_string(&mut said);
                told.lock().unwrap().push(said.trim().to_owned());
            }
        });
        Self { port, ledger }
    }

    /// The command, with a number by which it is known. Without double quotes, so that it fits into them.
    pub fn command(&self, number: usize) -> String {
        format!("bash -c 'echo {number} >/dev/tcp/127.0.0.1/{}'", self.port)
    }

    /// A hostile text, in which `RUN` stands for the command.
    pub fn aim(&self, number: usize, text: &str) -> String {
        text.replace("RUN", &self.command(number))
    }

    /// Who ran it.
    pub fn ledger(&self) -> Vec<String> {
        self.ledger.lock().unwrap().clone()
    }
}

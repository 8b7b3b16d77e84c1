//! The sink as a program of its own: `smtp-sink 127.0.0.1:2525 [LOG]`. It says
//! how much it took every second in which it took something.

use rialto_tests::sink::{Options, Sink};
use std::time::Duration;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let listen = arguments.next().and_then(|text| text.parse().ok());
    let log = arguments.next().map(Into::into);
    let sink = Sink::start(Options { listen, log, pipelining: true, ..Options::default() }).await?;
    println!("listening on {}", sink.address());
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let taken = sink.taken();
        if taken != before {
            println!("{taken} taken, {} in the last second", taken - before);
            before = taken;
        }
    }
}

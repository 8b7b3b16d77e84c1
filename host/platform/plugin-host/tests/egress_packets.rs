//! The egress door in a network of its own, where every packet is counted: no
//! address that is nobody's business gets one, in whatever spelling and however
//! it was come by. Where this system lends no such network, listeners that must
//! never be reached stand in for the count, and the test says so.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say so and stop")]

use rialto_kernel::{FixedClock, Keys, SeededRandom};
use rialto_plugin_host::{
    Doors, HostConfig, HostGrant, PluginHost, Policy, Resolve,
    capability::{Blob, HttpRequest},
};
use std::{
    io::Write as _,
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
};

const VECTORS: &str = include_str!("data/egress-vectors.tsv");
/// Ports that something of the house might listen on.
const PORTS: [u16; 3] = [80, 443, 8080];
/// Gives the network its addresses, then runs this very test in it.
const ENTER: &str = "ip link set lo up && ip addr add 10.0.0.1/8 dev lo && ip addr add 192.168.1.1/16 dev lo && \
     ip addr add 169.254.169.254/32 dev lo && ip -6 addr add fd00::1/128 dev lo && \
     exec \"$0\" --exact no_vector_sends_a_packet --nocapture";

/// Answers what it is told to.
#[derive(Default)]
struct Told(Mutex<Vec<SocketAddr>>);

#[async_trait::async_trait]
impl Resolve for Told {
    async fn resolve(&self, _host: &str) -> std::io::Result<Vec<SocketAddr>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

fn rows(kind: &str, verdict: &str) -> Vec<String> {
    let rows = VECTORS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(|row| row[0] == kind && row[2] == verdict).map(|row| serde_json::from_str(row[1]).unwrap()).collect()
}

/// Packets that went over the loopback interface, if it is all there is.
fn packets() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/net/dev").ok()?;
    let mut interfaces = text.lines().skip(2).filter_map(|line| line.split_once(':'));
    let (name, counts) = interfaces.next()?;
    let alone = interfaces.next().is_none() && name.trim() == "lo";
    alone.then(|| counts.split_whitespace().nth(1).and_then(|count| count.parse().ok())).flatten()
}

fn get(url: &str) -> HttpRequest {
    HttpRequest {
        method: "GET".into(),
        url: url.into(),
        headers: vec![],
        body: Blob::default(),
        delivery: None,
        signing: None,
        timeout_ms: Some(2_000),
        options: vec![],
    }
}

/// Every vector through the door, with everything granted but private
/// addresses; answers how many were refused.
async fn send_all() -> usize {
    let resolver = Arc::new(Told::default());
    let config = HostConfig { resolver: Some(resolver.clone()), private_hosts: false, ..HostConfig::default() };
    let clock = Arc::new(FixedClock::new("2026-11-21T12:00:00Z".parse().unwrap()));
    let host = PluginHost::new(config, Keys::new([1; 32]), clock, Arc::new(SeededRandom::new(1))).unwrap();
    let everything = |name: &str| {
        let grant = HostGrant { plain_http: true, private: true, ..HostGrant::https(name) };
        Policy::of_hosts(vec![HostGrant { ports: PORTS.into(), ..grant }])
    };
    let mut refused = 0;
    let mut send = async |policy: &Policy, url: &str| {
        let answer = host.egress().fetch(policy, &get(url), &Doors::default()).await;
        assert!(answer.is_err(), "{url}: {answer:?}");
        refused += 1;
    };
    for text in rows("addr", "special") {
        let address: IpAddr = text.parse().unwrap();
        let literal = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
        for (scheme, port) in [("http", 80), ("https", 443), ("http", 8080)] {
            *resolver.0.lock().unwrap() = vec![SocketAddr::new(address, 0)];
            send(&everything("inside.example"), &format!("{scheme}://inside.example:{port}/")).await;
            // Beside a good one: which is connected to is not ours to choose.
            *resolver.0.lock().unwrap() = vec!["93.184.216.34:0".parse().unwrap(), SocketAddr::new(address, 0)];
            send(&everything("both.example"), &format!("{scheme}://both.example:{port}/")).await;
            send(&everything(&literal), &format!("{scheme}://{literal}:{port}/")).await;
        }
    }
    for url in rows("url", "refused") {
        *resolver.0.lock().unwrap() = vec!["127.0.0.1:0".parse().unwrap()];
        send(&everything("api.example.com"), &url).await;
    }
    refused
}

#[tokio::test]
async fn no_vector_sends_a_packet() {
    let Some(before) = packets() else {
        let program = std::env::current_exe().unwrap();
        let inside = Command::new("unshare").args(["--net", "sh", "-c", ENTER]).arg(&program).output();
        match inside {
            Ok(done) if done.status.success() => {
                print!("{}", String::from_utf8_lossy(&done.stdout));
                return;
            }
            Ok(done) if String::from_utf8_lossy(&done.stdout).contains("running 1 test") => {
                panic!("in a network of its own: {}", String::from_utf8_lossy(&done.stdout));
            }
            _ => {}
        }
        // No such network here: listeners that nobody may reach.
        let listener = TcpListener::bind("127.0.0.1:8080");
        if let Ok(listener) = &listener {
            listener.set_nonblocking(true).unwrap();
        }
        let refused = send_all().await;
        if let Ok(listener) = &listener {
            assert!(listener.accept().is_err(), "the door reached a listener");
        }
        println!("{refused} vectors refused; no network of its own here, so counted by listeners");
        return;
    };
    let _sentinels: Vec<TcpListener> = PORTS.iter().filter_map(|port| TcpListener::bind(("::", *port)).ok()).collect();
    let refused = send_all().await;
    let sent = packets().unwrap() - before;
    assert!(refused >= 200, "{refused} vectors");
    assert_eq!(sent, 0, "{refused} vectors");
    // The count counts: one honest connection is seen.
    for address in ["127.0.0.1:8080", "10.0.0.1:8080", "169.254.169.254:8080"] {
        let seen = packets().unwrap();
        let _ = TcpStream::connect(address).map(|mut stream| stream.write_all(b"x"));
        assert!(packets().unwrap() > seen, "{address}");
    }
    println!("{refused} vectors refused in a network of its own: {sent} packets");
}

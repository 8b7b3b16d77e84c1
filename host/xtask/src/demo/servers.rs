//! The programs the demo starts: the host, and a mail server that shows what it
//! took in. All listen on loopback, and end with the demo.

use super::api;
use crate::{server::Server, shell, tools};
use anyhow::{Context as _, Result, bail, ensure};
use std::{
    fs::{self, File},
    hash::{BuildHasher as _, RandomState},
    io::Write as _,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Who signs in to the demo's console.
pub const ACCOUNT: &str = "demo@example.com";

/// The host, as people start it.
pub struct Host {
    pub binary: PathBuf,
    pub data: PathBuf,
    pub base: String,
    _server: Server,
}

impl Host {
    /// Build and start it on its own data folder.
    pub async fn start(root: &Path, folder: &Path, port: u16) -> Result<Self> {
        let binary = root.join("target/debug/rialto");
        let data = folder.join("data");
        fs::create_dir_all(&data)?;
        let listen = format!("127.0.0.1:{port}");
        free(&listen)?;
        let log = File::create(folder.join("host.log"))?;
        let child = Command::new(&binary)
            .args(["serve", "--listen", &listen, "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} cannot be started", binary.display()))?;
        let host = Self { binary, data, base: format!("http://{listen}"), _server: Server::of(child) };
        ready(&format!("{}/readyz", host.base), Duration::from_secs(60)).await?;
        Ok(host)
    }

    /// A token for the API, made once and kept beside the data.
    pub fn token(&self) -> Result<String> {
        if let Some(token) = self.kept("demo-token") {
            return Ok(token);
        }
        let mut command = Command::new(&self.binary);
        command.args(["key", "create", "--kind", "admin", "--name", "demo", "--json", "--data"]).arg(&self.data);
        let text = shell::answer(&mut command).context("`rialto key create` failed")?;
        let answer: serde_json::Value = serde_json::from_str(&text).context("`rialto key create` answered no JSON")?;
        let token = answer["secret"].as_str().context("`rialto key create` answered no secret")?.to_owned();
        self.keep("demo-token", &token)?;
        Ok(token)
    }

    /// The password of [`ACCOUNT`] in the console, made once and kept beside the data.
    pub fn password(&self) -> Result<String> {
        if let Some(password) = self.kept("demo-password") {
            return Ok(password);
        }
        // As hard to guess as what the system seeds its hash tables with.
        let password = format!("{:016x}", RandomState::new().hash_one(ACCOUNT));
        let mut child = Command::new(&self.binary)
            .args(["user", "create", "--email", ACCOUNT, "--name", "Demo", "--password-stdin", "--data"])
            .arg(&self.data)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        child.stdin.take().context("`rialto user create` takes no password")?.write_all(password.as_bytes())?;
        let status = child.wait()?;
        ensure!(status.success(), "`rialto user create` ended with {status}");
        self.keep("demo-password", &password)?;
        Ok(password)
    }

    fn kept(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.data.join(name)).ok()
    }

    fn keep(&self, name: &str, secret: &str) -> Result<()> {
        let file = self.data.join(name);
        fs::write(&file, secret)?;
        shell::run(Command::new("chmod").arg("600").arg(&file))
    }
}

/// A real SMTP server with a window on what it took in (maildev).
pub struct MailServer {
    pub smtp: u16,
    pub web: String,
    _server: Server,
}

impl MailServer {
    /// Install and start it.
    pub async fn start(root: &Path, folder: &Path, smtp: u16, web: u16) -> Result<Self> {
        let tool = tools::npm(root, "maildev", &["maildev@2.2.1"])?;
        free(&format!("127.0.0.1:{smtp}"))?;
        free(&format!("127.0.0.1:{web}"))?;
        let mails = folder.join("mails");
        fs::create_dir_all(&mails)?;
        let log = File::create(folder.join("maildev.log"))?;
        let child = Command::new(tool.join("node_modules/.bin/maildev"))
            .args(["--ip", "127.0.0.1", "--smtp", &smtp.to_string(), "--web", &web.to_string(), "--mail-directory"])
            .arg(&mails)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("maildev cannot be started")?;
        let web = format!("http://127.0.0.1:{web}");
        let server = Self { smtp, web: web.clone(), _server: Server::of(child) };
        ready(&format!("{web}/healthz"), Duration::from_secs(60)).await?;
        Ok(server)
    }
}

/// Wait until an address answers with success.
async fn ready(url: &str, patience: Duration) -> Result<()> {
    let (client, until) = (api::client()?, Instant::now() + patience);
    while Instant::now() < until {
        if client.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{url} does not answer")
}

/// Refuse an address that someone listens at.
fn free(address: &str) -> Result<()> {
    let parsed: SocketAddr = address.parse()?;
    if TcpStream::connect_timeout(&parsed, Duration::from_millis(200)).is_ok() || TcpListener::bind(parsed).is_err() {
        bail!("something listens at {address} already; stop it, or choose another port (see --help)");
    }
    Ok(())
}

//! Servers for external clients, through the real binary.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{command, run};

const SERVERS: [&str; 7] = [
    "tokio",
    "tokio-current-thread",
    "tokio-per-core",
    "async-std",
    "smol",
    "threads",
    "thread-pool",
];

/// A server that ends with the test.
struct Served {
    process: Child,
    address: String,
}

impl Served {
    fn start(folder: &Path, workload: &str, runner: &str) -> Self {
        Self::of(&mut command(folder), workload, runner)
    }

    fn of(command: &mut Command, workload: &str, runner: &str) -> Self {
        let mut process = command
            .args(["serve", workload, "--runner", runner, "--workers", "2"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("an address");
        let address = line.split_whitespace().find(|word| word.starts_with("127.0.0.1:"));
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        Self { process, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        stream
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.process.kill().expect("it runs until it is stopped");
        self.process.wait().expect("it has ended");
    }
}

/// The status line of a reply; its body is also read.
fn answer(stream: &mut TcpStream) -> (String, usize) {
    let mut reader = BufReader::new(stream);
    let (mut status, mut length) = (String::new(), 0);
    reader.read_line(&mut status).expect("a status");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    (status, body.len())
}

#[test]
fn http_servers_answer_kept_alive_clients() {
    let folder = tempfile::tempdir().unwrap();
    for runner in SERVERS {
        let served = Served::start(folder.path(), "http-server", runner);
        for _ in 0..3 {
            let mut stream = served.connect();
            for _ in 0..2 {
                stream.write_all(b"GET /any HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
                let (status, length) = answer(&mut stream);
                assert!(status.starts_with("HTTP/1.1 200"), "{runner}: {status}");
                assert_eq!(length, 1_024, "{runner}");
            }
        }
    }
}

#[test]
fn an_echo_server_echoes() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), "echo-latency", "smol");
    let mut stream = served.connect();
    let (sent, mut came) = ([7; 64], [0; 64]);
    stream.write_all(&sent).unwrap();
    stream.read_exact(&mut came).unwrap();
    assert_eq!(sent, came);
}

#[test]
fn serve_rejects_unsupported_requests() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |args: &[&str]| run(folder.path(), &[&["serve"], args].concat());
    serve(&["tcp-echo", "--runner", "smol"]).fails_with(2, &["is not a server", "http-server"]);
    serve(&["http-serve", "--runner", "smol"]).fails_with(2, &["did you mean `http-server`?"]);
    serve(&["http-server", "--runner", "smoll"]).fails_with(2, &["did you mean `smol`?"]);
    serve(&["http-server", "--runner", "rayon"]).fails_with(2, &["rayon", "block a worker"]);
    let smol = ["http-server", "--runner", "smol", "--param"];
    serve(&[&smol[..], &["wait"]].concat()).fails_with(2, &["NAME=VALUE"]);
    serve(&[&smol[..], &["weight=2"]].concat()).fails_with(2, &["no parameter", "wait"]);
    serve(&[&smol[..], &["wait=99999999"]].concat()).fails_with(2, &["wait", "between"]);
    let pool = ["http-server", "--runner", "thread-pool", "--pool-threads", "2"];
    serve(&pool).fails_with(2, &["--pool-threads 2", "3 or more"]);
    serve(&["http-server", "--runner", "tokio", "--workers", "999999999"])
        .fails_with(2, &["--workers 999999999", "allows"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    serve(&["http-server", "--runner", "tokio", "--port", &port])
        .fails_with(2, &["listening", "in use"]);
}

#[test]
fn wrk_runs_against_every_http_server_without_errors() {
    if Command::new("wrk").arg("--version").output().is_err() {
        eprintln!("skipped: `wrk` not found");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for runner in SERVERS {
        let served = Served::start(folder.path(), "http-server", runner);
        let url = format!("http://{}/", served.address);
        let wrk = Command::new("wrk").args(["-t1", "-c16", "-d1s", &url]).output().unwrap();
        let said = String::from_utf8_lossy(&wrk.stdout);
        assert!(said.contains("Requests/sec"), "{runner}: {said}");
        assert!(!said.contains("Socket errors") && !said.contains("Non-2xx"), "{runner}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn runtime_variables_are_not_passed_to_servers() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path());
    command.envs([("SMOL_THREADS", "7"), ("ASYNC_STD_THREAD_COUNT", "7"), ("HARMLESS", "7")]);
    let served = Served::of(&mut command, "echo-latency", "async-std");
    let said = std::fs::read(format!("/proc/{}/environ", served.process.id())).unwrap();
    let said: Vec<&[u8]> = said.split(|byte| *byte == 0).collect();
    for wanted in ["ASYNC_STD_THREAD_COUNT=2", "HARMLESS=7"] {
        assert!(said.contains(&wanted.as_bytes()), "{wanted}");
    }
    assert!(!said.iter().any(|line| line.starts_with(b"SMOL_THREADS")));
}

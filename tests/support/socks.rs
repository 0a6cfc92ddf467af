//! A SOCKS proxy that notes what it is asked for and leads every connection to one place.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Debug, Clone)]
pub struct Socks {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Socks {
    /// Leads to `target`, whatever it is asked for.
    pub fn start(target: SocketAddr) -> Socks {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let socks = Socks { address: listener.local_addr().expect("an address"), asked: Arc::default() };
        let serving = socks.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let serving = serving.clone();
                thread::spawn(move || serving.serve(client, target));
            }
        });
        socks
    }

    /// Returns the requests: `5 user:password collector.example:4318`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("what was asked").clone()
    }

    fn serve(&self, mut client: TcpStream, target: SocketAddr) -> io::Result<()> {
        let [version] = read(&mut client)?;
        let asked = match version {
            4 => greet_4(&mut client)?,
            _ => greet_5(&mut client)?,
        };
        self.asked.lock().expect("what was asked").push(format!("{version} {asked}"));
        let server = TcpStream::connect(target)?;
        let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || io::copy(&mut from, &mut to).and_then(|_| to.shutdown(Shutdown::Write)));
        io::copy(&mut &server, &mut client)?;
        client.shutdown(Shutdown::Write)
    }
}

fn read<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_text(stream: &mut TcpStream, length: u8) -> io::Result<String> {
    let mut bytes = vec![0; length.into()];
    stream.read_exact(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn read_to_zero(stream: &mut TcpStream) -> io::Result<String> {
    let mut text = String::new();
    loop {
        match read(stream)? {
            [0] => return Ok(text),
            [byte] => text.push(byte.into()),
        }
    }
}

fn greet_4(client: &mut TcpStream) -> io::Result<String> {
    let [_, high, low, a, b, c, d] = read(client)?;
    let user = read_to_zero(client)?;
    let host = if [a, b, c] == [0; 3] { read_to_zero(client)? } else { Ipv4Addr::new(a, b, c, d).to_string() };
    client.write_all(&[0, 90, 0, 0, 0, 0, 0, 0])?;
    Ok(format!("{user} {host}:{}", u16::from_be_bytes([high, low])))
}

fn greet_5(client: &mut TcpStream) -> io::Result<String> {
    let [methods] = read(client)?;
    let by_password = read_text(client, methods)?.contains('\u{2}');
    let mut user = String::new();
    client.write_all(&[5, if by_password { 2 } else { 0 }])?;
    if by_password {
        let [_, length] = read(client)?;
        user = read_text(client, length)?;
        let [length] = read(client)?;
        user += &format!(":{}", read_text(client, length)?);
        client.write_all(&[1, 0])?;
    }
    let [_, _, _, kind] = read(client)?;
    let host = match kind {
        1 => Ipv4Addr::from(read::<4>(client)?).to_string(),
        3 => {
            let [length] = read(client)?;
            read_text(client, length)?
        }
        _ => std::net::Ipv6Addr::from(read::<16>(client)?).to_string(),
    };
    let port = u16::from_be_bytes(read(client)?);
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    Ok(format!("{user} {host}:{port}"))
}

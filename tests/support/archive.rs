//! Zip archives as Chinese Windows makes them: member names in GBK, no UTF-8 flag.

/// How member names are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// GBK bytes without a mark.
    Gbk,
    /// UTF-8 with its flag.
    Utf8,
}

/// An archive of stored members, in the order given.
pub fn zip(members: &[(String, Vec<u8>)], names: Names) -> Vec<u8> {
    let mut out = Vec::new();
    let mut central = Vec::new();
    for (name, bytes) in members {
        let name = match names {
            Names::Gbk => super::text::gb18030(name),
            Names::Utf8 => name.clone().into_bytes(),
        };
        let flags: u16 = if names == Names::Utf8 { 0x0800 } else { 0 };
        let offset = out.len() as u32;
        let mut common = Vec::new();
        push16(&mut common, 20); // version needed
        push16(&mut common, flags);
        push16(&mut common, 0); // stored
        push16(&mut common, 0); // 00:00
        push16(&mut common, 0x5b21); // 2025-09-01
        push32(&mut common, crc32(bytes));
        push32(&mut common, bytes.len() as u32);
        push32(&mut common, bytes.len() as u32);
        push16(&mut common, name.len() as u16);
        push16(&mut common, 0); // extra field
        push32(&mut out, 0x0403_4b50);
        out.extend_from_slice(&common);
        out.extend_from_slice(&name);
        out.extend_from_slice(bytes);
        push32(&mut central, 0x0201_4b50);
        push16(&mut central, 20); // made by
        central.extend_from_slice(&common);
        push16(&mut central, 0); // comment
        push16(&mut central, 0); // disk
        push16(&mut central, 0); // internal attributes
        push32(&mut central, 0); // external attributes
        push32(&mut central, offset);
        central.extend_from_slice(&name);
    }
    let start = out.len() as u32;
    out.extend_from_slice(&central);
    push32(&mut out, 0x0605_4b50);
    push16(&mut out, 0);
    push16(&mut out, 0);
    push16(&mut out, members.len() as u16);
    push16(&mut out, members.len() as u16);
    push32(&mut out, central.len() as u32);
    push32(&mut out, start);
    push16(&mut out, 0);
    out
}

fn push16(out: &mut Vec<u8>, n: u16) {
    out.extend_from_slice(&n.to_le_bytes());
}

fn push32(out: &mut Vec<u8>, n: u32) {
    out.extend_from_slice(&n.to_le_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut table = [0u32; 256];
    for (i, slot) in table.iter_mut().enumerate() {
        let mut c = i as u32;
        for _ in 0..8 {
            c = if c & 1 == 1 {
                0xedb8_8320 ^ (c >> 1)
            } else {
                c >> 1
            };
        }
        *slot = c;
    }
    !bytes.iter().fold(!0u32, |crc, &b| {
        table[((crc ^ u32::from(b)) & 0xff) as usize] ^ (crc >> 8)
    })
}

//! Which addresses are nobody's business: everything that is not plainly a
//! public host, in every spelling that hides another address inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a connection to this address needs a grant of its own.
#[must_use]
pub fn is_special(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_special_v4(v4),
        IpAddr::V6(v6) => is_special_v6(v6),
    }
}

fn is_special_v4(address: Ipv4Addr) -> bool {
    const RANGES: &[([u8; 4], u32)] = &[
        ([0, 0, 0, 0], 8),       // this network
        ([10, 0, 0, 0], 8),      // private
        ([100, 64, 0, 0], 10),   // carrier NAT
        ([127, 0, 0, 0], 8),     // loopback
        ([169, 254, 0, 0], 16),  // link-local, cloud metadata
        ([172, 16, 0, 0], 12),   // private
        ([192, 0, 0, 0], 24),    // protocol assignments
        ([192, 0, 2, 0], 24),    // documentation
        ([192, 31, 196, 0], 24), // AS112
        ([192, 52, 193, 0], 24), // AMT
        ([192, 88, 99, 0], 24),  // 6to4 relays
        ([192, 168, 0, 0], 16),  // private
        ([192, 175, 48, 0], 24), // AS112
        ([198, 18, 0, 0], 15),   // benchmarks
        ([198, 51, 100, 0], 24), // documentation
        ([203, 0, 113, 0], 24),  // documentation
        ([224, 0, 0, 0], 4),     // multicast
        ([240, 0, 0, 0], 4),     // reserved, broadcast
    ];
    // Public, and yet the host's own: metadata and DNS of two large clouds.
    const HOUSE: &[[u8; 4]] = &[[168, 63, 129, 16], [100, 100, 100, 200]];
    let bits = u32::from(address);
    HOUSE.contains(&address.octets())
        || RANGES.iter().any(|(base, len)| bits >> (32 - len) == u32::from_be_bytes(*base) >> (32 - len))
}

fn is_special_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    if let Some(inside) = embedded_v4(segments) {
        return is_special_v4(inside) || !is_nat64(segments) && address.to_ipv4_mapped().is_none();
    }
    // Only 2000::/3 is global unicast; some of it is not.
    let global = segments[0] & 0xe000 == 0x2000;
    let carved_out = segments[0] == 0x2001 && (segments[1] < 0x0200 || segments[1] == 0x0db8) // IETF protocols, Teredo, ORCHID; documentation
        || segments[0] == 0x2002 // 6to4
        || segments[0] == 0x2620 && segments[1] == 0x004f && segments[2] == 0x8000 // AS112
        || segments[0] == 0x3ffe // 6bone
        || segments[0] == 0x3fff && segments[1] < 0x1000; // documentation
    !global || carved_out
}

fn is_nat64(segments: [u16; 8]) -> bool {
    segments[..6] == [0x0064, 0xff9b, 0, 0, 0, 0]
}

/// An IPv4 address hidden in an IPv6 one: mapped, compatible, NAT64, ISATAP.
fn embedded_v4(segments: [u16; 8]) -> Option<Ipv4Addr> {
    let low = Ipv4Addr::from(u32::from(segments[6]) << 16 | u32::from(segments[7]));
    let mapped = segments[..6] == [0, 0, 0, 0, 0, 0xffff];
    let translated = segments[..6] == [0, 0, 0, 0, 0xffff, 0];
    let compatible = segments[..6] == [0; 6];
    let isatap = segments[4] & 0xfdff == 0 && segments[5] == 0x5efe;
    (mapped || translated || compatible || isatap || is_nat64(segments)).then_some(low)
}

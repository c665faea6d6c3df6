import Prober
import Testing

@testable import Reconcile

/// `ip` and `ifconfig` of many systems.
@Suite struct InterfaceTextTests {
    @Test(
        "each system's words give address, length and interface",
        arguments: [
            (
                "2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0",
                "192.0.2.10/24 eth0"
            ),
            ("3: wg0@if2    inet6 2001:db8::1/64 scope global", "2001:db8::1/64 wg0@if2"),
            (
                "en0: flags=8863<UP> mtu 1500\n\tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.255",
                "192.0.2.1/24 en0"
            ),
            ("lo0: flags=1<UP>\n\tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1", "fe80::1/64 lo0"),
            ("lo0:1: flags=1<UP>\n\tinet 127.0.0.1 netmask ff000000", "127.0.0.1/8 lo0:1"),
            ("en1: flags=1\n\tinet6 ::1%1/64", "::1/64 en1"),
            (
                "eth0      Link encap:Ethernet\n          inet addr:192.0.2.9  Mask:255.255.255.128",
                "192.0.2.9/25 eth0"
            ),
            (
                "eth0      Link encap:Ethernet\n          inet6 addr: 2001:db8::9/64 Scope:Global",
                "2001:db8::9/64 eth0"
            ),
            (
                "tun0: flags=1\n\tinet 192.0.2.1 --> 192.0.2.2 netmask 0xffffffff",
                "192.0.2.1/32 tun0"
            ),
        ])
    func address(in text: String, is expected: String) {
        let found = InterfaceText.addresses(in: text)
        #expect(found.map { "\($0.address)/\($0.prefixLength) \($0.interface)" } == [expected])
    }

    @Test(
        "what is no address is passed over",
        arguments: [
            "", "inet", "a: inet", "a: inet addr:", "a: inet 192.0.2.1/33", "a: inet6 192.0.2.1",
            "a: inet 2001:db8::1", "a: inet 192.0.2.1/-1", "\u{0}: inet %", "a: inet /",
        ])
    func nothing(in text: String) {
        #expect(InterfaceText.addresses(in: text).isEmpty)
    }
}

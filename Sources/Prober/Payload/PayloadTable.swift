/// What is asked at which UDP port, and where silence is to be expected.
public struct PayloadTable: Sendable {
    /// What is known of a service's ports.
    public struct Entry: Sendable {
        /// The service that is expected there.
        public let service: DatagramService
        /// Its ports.
        public let ports: [UInt16]
        /// What is asked, in order, until a valid reply comes.
        public let requests: [DatagramRequest]
        /// Why a working service may say nothing to a stranger; nil where it answers.
        public let silence: String?

        /// An entry of the given parts.
        public init(
            _ service: DatagramService, _ ports: [UInt16], _ requests: [DatagramRequest] = [],
            silence: String? = nil
        ) {
            self.service = service
            self.ports = ports
            self.requests = requests
            self.silence = silence
        }

        /// Whether the service controls machines, and is asked only on request.
        public var isIndustrial: Bool {
            requests.contains { $0.traits.contains(.isIndustrial) }
        }
    }

    /// The entries, by their first port; a port may be in several.
    public static let entries: [Entry] = (answering + silent).sorted {
        ($0.ports.first ?? 0) < ($1.ports.first ?? 0)
    }

    /// What is asked at a port without an entry, in order.
    ///
    /// The query is one that DNS servers answer on any port, and that others take for too short.
    /// The ping has four bytes, so that nothing can make much of it.
    public static let fallback: [DatagramRequest] = [.dnsRootServers, .coapPing]

    /// What else an open port may be asked whose reply nobody knew, in order.
    ///
    /// First what is often moved to another port, then what is seldom there; nothing that
    /// amplifies, nothing industrial, and last what leaves state. None of it goes to
    /// ``ownRequestsOnly``.
    public static let secondLook: [DatagramRequest] = [
        .dnsRootServers, .dtls, .quic, .coapPing, .stun, .snmpEngine, .sip, .ntp, .ikeVersion,
        .memcached, .bittorrentPing, .kerberos, .rpcbind, .raknet, .sourceQuery, .quake3, .mumble,
        .openvpn,
    ]

    /// Ports that get no request but their own.
    ///
    /// At the NAT traversal port of IKE what does not begin with four zero bytes is ESP (RFC 3948,
    /// 2.2), which the kernel refuses as if the port were closed.
    public static let ownRequestsOnly = PortSet(ports: [4500])

    /// Every port that the table has requests or an expected silence for.
    ///
    /// Those where only industrial services are expected are left out unless asked for.
    public static func ports(includesIndustrial: Bool = false) -> PortSet {
        PortSet(
            ports: entries.filter { includesIndustrial || !$0.isIndustrial }.flatMap(\.ports))
    }
}

extension PayloadTable {
    /// The services that answer, if perhaps not everybody.
    private static let answering: [Entry] = [
        Entry(.echo, [7], [.echo]),
        Entry(.systat, [11], [.systat]),
        Entry(.daytime, [13], [.daytime]),
        Entry(.qotd, [17], [.quoteOfTheDay]),
        Entry(.chargen, [19], [.chargen]),
        Entry(.time, [37], [.time]),
        Entry(.dns, [53], [.dnsRootServers, .dnsVersion]),
        Entry(
            .dhcp, [67], [.dhcpInform],
            silence: "It answers clients of the networks it serves, and only to their port 68."),
        Entry(.tftp, [69], [.tftp]),
        Entry(.kerberos, [88], [.kerberos]),
        Entry(.rpcbind, [111], [.rpcbind]),
        Entry(.ntp, [123], [.ntp, .ntpControl]),
        Entry(.netbiosNames, [137], [.netbiosNames]),
        Entry(
            .snmp, [161], [.snmpEngine, .snmpDescription2c, .snmpDescription1],
            silence: "Without version 3, it says nothing to who has no community of it."),
        Entry(.xdmcp, [177], [.xdmcp]),
        Entry(.cldap, [389], [.cldap]),
        Entry(.slp, [427], [.slp]),
        Entry(.quic, [443, 853, 8443], [.quic]),
        Entry(
            .dtls,
            [443, 853, 2083, 3391, 4433, 4434, 5349, 5684, 6514, 8443, 10161, 10162], [.dtls]),
        Entry(.ike, [500], [.ikeVersion, .ikeInit, .ikeMainMode]),
        Entry(
            .rip, [520], [.rip],
            silence: "A router answers only on the networks where it speaks the protocol."),
        Entry(
            .ripng, [521], [.ripng],
            silence: "A router answers only where it speaks the protocol, often only on its link."),
        Entry(.ipmi, [623], [.rmcpPresence, .ipmiAuthentication]),
        Entry(
            .openvpn, [1194], [.openvpn],
            silence: "With tls-auth or tls-crypt it says nothing to who lacks the key."),
        Entry(.sqlBrowser, [1434], [.sqlBrowser]),
        Entry(
            .radius, [1645, 1646, 1812, 1813], [.radius, .radiusAccess],
            silence: "It answers only its clients, if they know their secret."),
        Entry(
            .l2tp, [1701], [.l2tp],
            silence: "Behind IPsec it says nothing to what comes unencrypted."),
        Entry(
            .ssdp, [1900], [.ssdp],
            silence: "Many devices answer only what was sent to all of them (multicast)."),
        Entry(.nfs, [2049], [.nfs]),
        Entry(.gtp, [2123], [.gtpControl2, .gtpControl1]),
        Entry(.gtp, [2152], [.gtpUser]),
        Entry(.stun, [3478, 3479], [.stun]),
        Entry(.knx, [3671], [.knx]),
        Entry(
            .wsDiscovery, [3702], [.wsDiscovery],
            silence: "Many devices answer only what was sent to all of them (multicast)."),
        Entry(.ike, [4500], [.ikeVersionBehindMarker, .ikeInitBehindMarker]),
        Entry(.iax2, [4569], [.iax2]),
        Entry(.sip, [5060, 5080], [.sip]),
        Entry(
            .natPMP, [5351], [.natPMP, .portControl],
            silence: "A gateway answers only on its inner side."),
        Entry(
            .mdns, [5353], [.mdns],
            silence: "It may pass over what comes by unicast or from another network."),
        Entry(
            .llmnr, [5355], [.llmnr],
            silence: "It need not answer what was not sent to all (multicast)."),
        Entry(.coap, [5683], [.coapPing, .coapResources]),
        Entry(.bittorrent, [6881, 51413], [.bittorrentPing]),
        Entry(.pfcp, [8805], [.pfcp]),
        Entry(.memcached, [11211], [.memcached]),
        Entry(.raknet, [19132, 19133], [.raknet]),
        Entry(.sourceQuery, [27015], [.sourceQuery]),
        Entry(.quake3, [27960], [.quake3]),
        Entry(.etherNetIP, [44818], [.etherNetIP]),
        Entry(.bacnet, [47808], [.bacnet]),
        Entry(.mumble, [64738], [.mumble]),
    ]

    /// The services that say nothing to a stranger, whatever he sends.
    private static let silent: [Entry] = [
        silent(.discard, [9], "It throws away what it is sent (RFC 863)."),
        silent(.dhcpClient, [68], "A client listens to its server only (RFC 2131)."),
        silent(.netbiosDatagrams, [138], "Its datagrams are not answered (RFC 1002, 4.4)."),
        silent(.snmpTrap, [162], "Traps are not answered (RFC 3416, 4.2.6)."),
        silent(.syslog, [514], "Messages are not answered (RFC 5426)."),
        silent(.netflow, [2055], "Exports are not answered (RFC 3954)."),
        silent(.bfd, [3784], "It answers only the neighbours it was told of (RFC 5881)."),
        silent(.vxlan, [4789], "A tunnel's frames are not answered (RFC 7348)."),
        silent(.geneve, [6081], "A tunnel's frames are not answered (RFC 8926)."),
        silent(.sflow, [6343], "Samples are not answered (sFlow version 5)."),
        silent(.statsd, [8125], "Counts are not answered."),
        silent(.zerotier, [9993], "It says nothing to who lacks its public key."),
        silent(.collectd, [25826], "Values are not answered."),
        silent(.tailscale, [41641], "It is WireGuard, which says nothing to who lacks its key."),
        silent(.wireguard, [51820], "It says nothing to who lacks its public key, by design."),
    ]

    private static func silent(
        _ service: DatagramService, _ ports: [UInt16], _ silence: String
    ) -> Entry {
        Entry(service, ports, silence: silence)
    }
}

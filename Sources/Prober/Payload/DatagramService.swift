/// A service that is asked over UDP, by the name that results carry.
///
/// What each is asked, and where, is in ``PayloadTable``.
public enum DatagramService: String, Hashable, Sendable, CaseIterable {
    case echo, discard, systat, daytime, qotd, chargen, time
    case dns, tftp, kerberos, rpcbind, ntp
    case dhcp
    case dhcpClient = "dhcp-client"
    case netbiosNames = "netbios-ns"
    case netbiosDatagrams = "netbios-dgm"
    case snmp
    case snmpTrap = "snmp-trap"
    case xdmcp, cldap, slp, ike, syslog, rip, ripng
    case ipmi, openvpn
    case sqlBrowser = "ms-sql-browser"
    case l2tp, radius, ssdp, nfs, gtp, stun
    case wsDiscovery = "ws-discovery"
    case knx, dtls, quic, iax2, sip
    case natPMP = "nat-pmp"
    case mdns, llmnr, coap
    case bittorrent = "bittorrent-dht"
    case pfcp, memcached, raknet
    case sourceQuery = "source-query"
    case quake3
    case etherNetIP = "ethernet-ip"
    case bacnet, mumble, wireguard, vxlan, geneve, netflow, sflow, statsd, collectd, bfd
    case tailscale, zerotier
}

import Prober

extension BindSetting {
    /// The servers that people run, by the names of their processes and of their units.
    static let known: [String: [BindSetting]] = {
        var known: [String: [BindSetting]] = [:]
        for (names, settings) in table {
            for name in names.split(separator: " ") { known[String(name)] = settings }
        }
        return known
    }()

    private static let table: [(names: String, settings: [BindSetting])] = [
        ("sshd ssh", [BindSetting(file: "/etc/ssh/sshd_config", lines: ["ListenAddress ADDRESS"])]),
        (
            "nginx",
            [
                BindSetting(
                    file: "the server block below /etc/nginx", lines: ["listen HOST:PORT;"])
            ]
        ),
        (
            "apache2",
            [BindSetting(file: "/etc/apache2/ports.conf", lines: ["Listen HOST:PORT"])]
        ),
        ("httpd", [BindSetting(file: "httpd.conf", lines: ["Listen HOST:PORT"])]),
        (
            "lighttpd",
            [BindSetting(file: "/etc/lighttpd/lighttpd.conf", lines: ["server.bind = \"ADDRESS\""])]
        ),
        ("haproxy", [BindSetting(file: "/etc/haproxy/haproxy.cfg", lines: ["bind HOST:PORT"])]),
        (
            "caddy",
            [
                BindSetting(
                    file: "the site block of /etc/caddy/Caddyfile", lines: ["bind ADDRESS"])
            ]
        ),
        (
            "squid", [BindSetting(file: "/etc/squid/squid.conf", lines: ["http_port HOST:PORT"])]
        ),
        (
            "postgres postgresql",
            [BindSetting(file: "postgresql.conf", lines: ["listen_addresses = 'ADDRESS'"])]
        ),
        (
            "mysqld mariadbd mysql mariadb",
            [
                BindSetting(
                    file: "the section [mysqld] of /etc/mysql/my.cnf",
                    lines: ["bind-address = ADDRESS"])
            ]
        ),
        (
            "redis-server redis",
            [BindSetting(file: "/etc/redis/redis.conf", lines: ["bind ADDRESS"])]
        ),
        (
            "valkey-server valkey",
            [BindSetting(file: "/etc/valkey/valkey.conf", lines: ["bind ADDRESS"])]
        ),
        (
            "mongod", [BindSetting(file: "/etc/mongod.conf", lines: ["net.bindIp: ADDRESS"])]
        ),
        ("memcached", [BindSetting(file: "/etc/memcached.conf", lines: ["-l ADDRESS"])]),
        (
            "elasticsearch",
            [
                BindSetting(
                    file: "/etc/elasticsearch/elasticsearch.yml", lines: ["network.host: ADDRESS"])
            ]
        ),
        (
            "opensearch",
            [
                BindSetting(
                    file: "/etc/opensearch/opensearch.yml", lines: ["network.host: ADDRESS"])
            ]
        ),
        (
            "influxd influxdb",
            [
                BindSetting(
                    file: "/etc/influxdb/config.toml", lines: ["http-bind-address = \"HOST:PORT\""],
                    ports: [8086],
                    note: "of version 2; version 1 has bind-address in influxdb.conf")
            ]
        ),
        (
            "rabbitmq-server",
            [
                BindSetting(
                    file: "/etc/rabbitmq/rabbitmq.conf", lines: ["listeners.tcp.1 = HOST:PORT"],
                    ports: [5672]),
                BindSetting(
                    file: "/etc/rabbitmq/rabbitmq.conf", lines: ["listeners.ssl.1 = HOST:PORT"],
                    ports: [5671]),
                BindSetting(
                    file: "/etc/rabbitmq/rabbitmq.conf",
                    lines: ["management.tcp.ip = ADDRESS", "management.tcp.port = PORT"],
                    ports: [15672]),
            ]
        ),
        (
            "mosquitto",
            [BindSetting(file: "/etc/mosquitto/mosquitto.conf", lines: ["listener PORT ADDRESS"])]
        ),
        (
            "cupsd cups", [BindSetting(file: "/etc/cups/cupsd.conf", lines: ["Listen HOST:PORT"])]
        ),
        (
            "rpcbind portmap",
            [
                BindSetting(
                    file: "/etc/default/rpcbind", lines: ["OPTIONS=\"-w -h ADDRESS\""],
                    transport: .udp, note: "this is about UDP alone; TCP needs a rule")
            ]
        ),
        (
            "dnsmasq",
            [
                BindSetting(
                    file: "/etc/dnsmasq.conf", lines: ["listen-address=ADDRESS", "bind-interfaces"])
            ]
        ),
        (
            "named bind9 isc_named",
            [
                BindSetting(
                    file: "the options of /etc/bind/named.conf.options",
                    lines: ["listen-on { ADDRESS; };"], note: "listen-on-v6 for IPv6")
            ]
        ),
        (
            "unbound",
            [
                BindSetting(
                    file: "the section server of /etc/unbound/unbound.conf",
                    lines: ["interface: ADDRESS"])
            ]
        ),
        (
            "systemd-resolve systemd-resolved",
            [
                BindSetting(
                    file: "the section [Resolve] of /etc/systemd/resolved.conf",
                    lines: ["LLMNR=no", "MulticastDNS=no"],
                    note: "port 5355 is LLMNR, 5353 multicast DNS")
            ]
        ),
        (
            "chronyd chrony",
            [
                BindSetting(
                    file: "/etc/chrony/chrony.conf",
                    lines: ["bindaddress ADDRESS", "bindcmdaddress ADDRESS"],
                    note: "`port 0` instead, where the host only asks for the time")
            ]
        ),
        (
            "ntpd ntp ntpsec",
            [
                BindSetting(
                    file: "/etc/ntp.conf",
                    lines: ["interface ignore wildcard", "interface listen ADDRESS"])
            ]
        ),
        (
            "avahi-daemon",
            [
                BindSetting(
                    file: "the section [server] of /etc/avahi/avahi-daemon.conf",
                    lines: ["allow-interfaces=INTERFACE"],
                    note: "it takes interfaces, not addresses")
            ]
        ),
        (
            "snmpd",
            [
                BindSetting(
                    file: "/etc/snmp/snmpd.conf", lines: ["agentaddress udp:ADDRESS:PORT"],
                    note: "udp6:[ADDRESS]:PORT for IPv6")
            ]
        ),
        (
            "slapd",
            [
                BindSetting(
                    file: "/etc/default/slapd",
                    lines: ["SLAPD_SERVICES=\"ldap://HOST:PORT/ ldapi:///\""], ports: [389],
                    note: "keep an ldaps:// that stands there"),
                BindSetting(
                    file: "/etc/default/slapd",
                    lines: ["SLAPD_SERVICES=\"ldaps://HOST:PORT/ ldapi:///\""], ports: [636],
                    note: "keep an ldap:// that stands there"),
            ]
        ),
        (
            "exim4 exim",
            [
                BindSetting(
                    file: "/etc/exim4/update-exim4.conf.conf",
                    lines: ["dc_local_interfaces='ADDRESS'"],
                    note: "then update-exim4.conf; elsewhere local_interfaces = ADDRESS")
            ]
        ),
        (
            "master postfix",
            [
                BindSetting(
                    file: "/etc/postfix/main.cf", lines: ["inet_interfaces = ADDRESS"],
                    note: "loopback-only stands for both families")
            ]
        ),
        (
            "dovecot", [BindSetting(file: "/etc/dovecot/dovecot.conf", lines: ["listen = ADDRESS"])]
        ),
        (
            "smbd nmbd samba smb nmb",
            [
                BindSetting(
                    file: "the section [global] of /etc/samba/smb.conf",
                    lines: ["interfaces = ADDRESS", "bind interfaces only = yes"])
            ]
        ),
        (
            "vsftpd",
            [
                BindSetting(
                    file: "/etc/vsftpd.conf", lines: ["listen_address=ADDRESS"],
                    note: "listen_address6 for IPv6")
            ]
        ),
        ("rsync rsyncd", [BindSetting(file: "/etc/rsyncd.conf", lines: ["address = ADDRESS"])]),
        (
            "dockerd docker",
            [
                BindSetting(
                    file: "/etc/docker/daemon.json",
                    lines: ["\"hosts\": [\"unix:///var/run/docker.sock\"]"],
                    note: "whoever reaches this port is root on the host: use the socket, or ssh")
            ]
        ),
        (
            "grafana-server grafana",
            [
                BindSetting(
                    file: "the section [server] of /etc/grafana/grafana.ini",
                    lines: ["http_addr = ADDRESS"])
            ]
        ),
        (
            "prometheus prometheus-node-exporter node_exporter",
            [
                BindSetting(
                    file: "the arguments of its unit", lines: ["--web.listen-address=HOST:PORT"])
            ]
        ),
        (
            "xrdp", [BindSetting(file: "/etc/xrdp/xrdp.ini", lines: ["port=tcp://ADDRESS:PORT"])]
        ),
        (
            "rsyslogd rsyslog",
            [
                BindSetting(
                    file: "/etc/rsyslog.conf",
                    lines: ["input(type=\"imudp\" port=\"PORT\" address=\"ADDRESS\")"],
                    transport: .udp)
            ]
        ),
        (
            "asterisk",
            [
                BindSetting(
                    file: "the transport of /etc/asterisk/pjsip.conf", lines: ["bind = HOST:PORT"])
            ]
        ),
        (
            "turnserver coturn",
            [BindSetting(file: "/etc/turnserver.conf", lines: ["listening-ip=ADDRESS"])]
        ),
        (
            "etcd",
            [
                BindSetting(
                    file: "/etc/default/etcd",
                    lines: ["ETCD_LISTEN_CLIENT_URLS=\"http://HOST:PORT\""],
                    ports: [2379], note: "https where it has certificates"),
                BindSetting(
                    file: "/etc/default/etcd",
                    lines: ["ETCD_LISTEN_PEER_URLS=\"http://HOST:PORT\""],
                    ports: [2380], note: "https where it has certificates"),
            ]
        ),
        (
            "kubelet",
            [BindSetting(file: "/var/lib/kubelet/config.yaml", lines: ["address: ADDRESS"])]
        ),
    ]
}

/// The TCP ports that deserve a look first, ranked by us.
///
/// Each is the default of server software, by the IANA registry or the maker's manual. The order
/// is a judgement, not a measurement: first what almost every host offers or what gives a stranger
/// most when it stands open, last what is rare or harmless. `docs/top-ports.md` says more.
public enum TopPorts {
    /// The first `count` ports of the list.
    ///
    /// - Throws: ``InputError`` when the list does not hold as many, or `count` is not positive.
    public static func tcp(
        _ count: Int, source: String = "--top-ports"
    ) throws(InputError) -> PortSet {
        guard count > 0 else {
            throw InputError(
                source, problem: "\(count) is no number of ports",
                remedy: "Write a number from 1 to \(ranked.count).")
        }
        guard count <= ranked.count else {
            throw InputError(
                source, problem: "the list of top TCP ports holds \(ranked.count), not \(count)",
                remedy: "Write a number up to \(ranked.count), or --ports - for all ports.")
        }
        return PortSet(ports: ranked.prefix(count))
    }

    /// How many ports the list holds.
    public static var count: Int { ranked.count }

    /// The list, the most important port first, each port once.
    static let ranked: [UInt16] = [
        // What nearly every host offers, and the ways in that are attacked first.
        22, 80, 443,  // SSH, HTTP, HTTPS
        3389, 445, 23, 21,  // Remote Desktop, SMB, Telnet, FTP
        5900, 139, 135,  // VNC, NetBIOS session, Windows RPC endpoint mapper
        25, 53, 8080, 8443,  // SMTP, DNS, HTTP and HTTPS alternatives
        // Databases and stores, which often answer without a password.
        6379, 27017, 9200, 11211,  // Redis, MongoDB, Elasticsearch, memcached
        3306, 5432, 1433, 1521,  // MySQL, PostgreSQL, SQL Server, Oracle
        // Container and cluster interfaces: whoever reaches them may own the host.
        2375, 2376, 6443, 10250,  // Docker, Docker with TLS, Kubernetes, kubelet
        2379, 2380, 10255, 8001,  // etcd clients and peers, kubelet read-only, kubectl proxy
        // Mail, directories and files.
        110, 143, 993, 995, 465, 587,  // POP3, IMAP, both with TLS, submission
        389, 636, 88, 111, 2049,  // LDAP, LDAP with TLS, Kerberos, rpcbind, NFS
        873, 548,  // rsync, AFP
        // Remote administration.
        5985, 5986, 10000, 9090,  // WinRM, WinRM with TLS, Webmin, Cockpit or Prometheus
        2222, 5901, 5902, 5800,  // second SSH daemons, further VNC displays, VNC in a browser
        512, 513, 514,  // rexec, rlogin, rsh
        5938, 6000, 6001,  // TeamViewer, X11 displays
        3283, 4899, 7070,  // Apple Remote Desktop, Radmin, AnyDesk
        // Web servers, panels and development servers.
        8000, 8888, 3000, 5000,  // development servers, Jupyter, Grafana, image registries
        8081, 8008, 9000, 9443,  // Nexus, HTTP alternative, SonarQube or PHP-FPM, Portainer
        81, 82, 8082, 8083, 8090,  // cameras and routers, HTTP alternatives, Confluence
        8181, 8880, 2082, 2083,  // GlassFish with TLS, Plesk, cPanel or RADIUS with TLS
        5601, 15672, 8086, 8500,  // Kibana, RabbitMQ management, InfluxDB, Consul
        2086, 2087, 2095, 2096,  // WHM and cPanel webmail, plain and with TLS
        8006, 8140, 7001, 7002,  // Proxmox VE, Puppet, WebLogic
        4848, 9990, 8009, 8005,  // GlassFish and WildFly consoles, Tomcat AJP and shutdown
        8161, 8983, 1880, 8123,  // ActiveMQ console, Solr, Node-RED, Home Assistant or ClickHouse
        32400, 9091, 4200, 5173,  // Plex, Transmission, Angular, Vite
        8088, 8444, 3001, 5001,  // YARN or Superset, HTTPS alternative, Synology with TLS
        9001, 9080, 10443, 19999,  // Supervisor or MinIO console, APISIX, VPN portals, Netdata
        7474, 7687, 5984, 6984,  // Neo4j and its Bolt protocol, CouchDB, CouchDB with TLS
        // Queues, caches, search and big data.
        5672, 5671, 61616, 61613,  // AMQP, AMQP with TLS, ActiveMQ, STOMP
        1883, 8883, 9092, 2181,  // MQTT, MQTT with TLS, Kafka, ZooKeeper
        4222, 6222, 8222, 6650,  // NATS clients, cluster and monitor, Pulsar
        9300, 9042, 7000, 7199,  // Elasticsearch nodes, Cassandra clients, peers and JMX
        27018, 27019, 26257, 9009,  // MongoDB shards and config, CockroachDB, ClickHouse nodes
        6380, 16379, 26379, 6432,  // Redis with TLS, Redis cluster, Sentinel, PgBouncer
        1434, 2483, 2484, 33060,  // SQL Server administrator, Oracle, MySQL X protocol
        50000, 3050, 5433, 8087,  // Db2 or SAP, Firebird, second PostgreSQL, Riak
        8091, 8092, 11207, 11210,  // Couchbase
        9870, 9864, 50070, 50075,  // HDFS name and data nodes, new and old
        8020, 8032, 8042, 50010,  // HDFS and YARN interfaces, HDFS data transfer
        16010, 16030, 10002,  // HBase master and region server, HiveServer2 page
        7077, 4040, 18080, 8786,  // Spark master, job page and history, Dask
        6333, 6334, 19530, 7700,  // Qdrant, Milvus, Meilisearch
        8108, 11434, 6006, 8265,  // Typesense, Ollama, TensorBoard, Ray
        // Infrastructure software.
        8200, 8300, 8301, 8302,  // Vault, Consul servers and gossip
        8600, 4646, 4647, 4648,  // Consul DNS, Nomad
        9093, 9094, 9100, 9115,  // Alertmanager, node exporter or raw printing, blackbox exporter
        9104, 9121, 9187, 3100,  // MySQL, Redis and PostgreSQL exporters, Loki
        4317, 4318, 16686, 9411,  // OpenTelemetry, Jaeger, Zipkin
        10050, 10051, 5665, 5666,  // Zabbix agent and server, Icinga, NRPE
        6556, 12489, 4949, 199,  // Checkmk, NSClient++, Munin, SNMP multiplexing
        2003, 2004, 5044, 9600,  // Graphite, Beats, Logstash or Omron FINS
        12201, 6514, 601, 1514,  // GELF, syslog with TLS, syslog, Wazuh
        1515, 55000, 5050, 9099,  // Wazuh, Mesos, Calico
        10256, 10257, 10259,  // kube-proxy, Kubernetes controller manager and scheduler
        2377, 7946, 9345, 16443,  // Docker Swarm and its gossip, RKE2, MicroK8s
        30000, 32000, 4505, 4506,  // first Kubernetes node port, MicroK8s registry, Salt
        50051, 15000, 15010, 15021,  // gRPC servers, Istio
        9901, 8404, 1936, 2019,  // Envoy administration, HAProxy statistics, Caddy
        5005, 9229, 1099, 8787,  // Java and Node.js debuggers, Java RMI registry, RStudio
        4444, 6066,  // Selenium, Spark submission
        // Proxies and tunnels.
        3128, 1080, 8118, 9050,  // Squid, SOCKS, Privoxy, Tor
        9051, 9040, 1194, 4500,  // Tor control, Tor transparent proxy, OpenVPN, IKE over TCP
        1723, 992,  // PPTP, Telnet with TLS
        // Voice, video and chat.
        5060, 5061, 1720, 2000,  // SIP, SIP with TLS, H.323, Cisco phones
        554, 8554, 1935,  // RTSP, RTMP
        5222, 5269, 5280, 5223,  // XMPP clients, servers, web and old TLS
        6667, 6697, 3478, 5349,  // IRC, IRC with TLS, STUN and TURN
        8448, 64738, 10011, 30033,  // Matrix federation, Mumble, TeamSpeak
        25565, 27015, 5038, 8021,  // Minecraft, Source servers, Asterisk, FreeSWITCH
        // Windows services beyond the first.
        593, 3268, 3269, 464,  // RPC over HTTP, global catalogue, Kerberos passwords
        9389, 47001, 5357, 1801,  // directory web services, WinRM, device discovery, MSMQ
        49152, 49153, 49154, 49155,  // first dynamic RPC ports
        808, 8172, 8530, 8531,  // net.tcp, Web Deploy, WSUS
        2179, 6516,  // Hyper-V consoles, Windows Admin Center
        // Storage and backup.
        3260, 860, 3205, 24007,  // iSCSI, iSNS, GlusterFS
        6789, 3300, 6800, 7480,  // Ceph monitors, daemons and gateway
        10809, 20048, 9101, 9102,  // NBD, NFS mounts, Bacula director and client
        9103, 9392,  // Bacula storage, Veeam
        8384, 22000, 3690, 9418,  // Syncthing, Subversion, Git
        // Virtualisation and out-of-band management.
        902, 903, 5480, 54321,  // VMware hosts and appliances, oVirt hosts
        16509, 16514, 5988, 5989,  // libvirt, WBEM
        17988, 17990, 5120, 7578,  // iLO media and console, BMC media and console
        623, 664, 16992, 16993,  // DASH and Intel AMT
        // Printers.
        631, 515,  // IPP, LPD
        // Network equipment and home gateways.
        4786, 8291, 8728, 8729,  // Cisco Smart Install, MikroTik WinBox and API
        830, 6640, 6653, 179,  // NETCONF, OVSDB, OpenFlow, BGP
        646, 639, 49, 1812,  // LDP, MSDP, TACACS+, RADIUS over TCP
        2601, 2602, 2604, 2605,  // consoles of FRR and Quagga
        7547, 30005, 4567, 8089,  // TR-069, Splunk management
        5431, 52869, 37215,  // UPnP control of home gateways
        5555, 34567, 37777, 8899,  // Android debug bridge, video recorders, ONVIF
        4443, 8843, 541,  // HTTPS alternative, UniFi guests, FortiManager
        8013, 18264,  // FortiClient EMS, Check Point
        // Industrial gateways: a plain connection is harmless, sending more may not be.
        102, 502, 44818, 20000,  // S7, Modbus, EtherNet/IP, DNP3
        2404, 4840, 1911, 4911,  // IEC 60870-5-104, OPC UA, Niagara Fox, Fox with TLS
        789, 2455, 11740, 1962,  // Red Lion, CODESYS, PCWorx
        5006, 5007, 18245, 20547,  // MELSEC, GE SRTP, ProConOS
        10001,  // tank gauges
        // Ledgers and peers.
        8333, 8332, 30303, 8545,  // Bitcoin and Ethereum, peers and RPC
        8546, 9735, 6881,  // Ethereum WebSocket, Lightning, BitTorrent
        51413, 4001,  // Transmission peers, IPFS
        // Old services that should be gone.
        79, 7, 9, 13, 19, 37,  // finger, echo, discard, daytime, chargen, time
        17, 11, 43, 70, 113, 109,  // qotd, systat, whois, Gopher, ident, POP2
        119, 563, 2401, 1025,  // news, news with TLS, CVS, old Windows RPC
        1, 20,  // TCPMUX, FTP data
    ]
}

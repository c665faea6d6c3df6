import Prober
import SystemPackage

/// The entries of `inetd.conf(5)` and `xinetd.conf(5)`.
enum SuperServers {
    private static let limit = 1 << 20

    /// The entries of both programs in the folder `etc`.
    static func read(in etc: String, services: ServiceTable) -> [KeptSocket] {
        guard let directory = try? Directory(etc) else { return [] }
        func text(_ name: String) -> String {
            let bytes = try? directory.contents(of: name, limit: limit)
            return String(decoding: bytes ?? [], as: UTF8.self)
        }
        var kept = inetd(text("inetd.conf"), services) + xinetd(text("xinetd.conf"), services)
        for (folder, isXinetd) in [("inetd.d", false), ("xinetd.d", true)] {
            guard let inner = try? Directory(folder, in: directory), let names = try? inner.names()
            else { continue }
            for name in names.sorted() {
                let bytes = try? inner.contents(of: name, limit: limit)
                let text = String(decoding: bytes ?? [], as: UTF8.self)
                kept += isXinetd ? xinetd(text, services) : inetd(text, services)
            }
        }
        return kept
    }

    /// `ftp stream tcp nowait root /usr/sbin/tcpd in.ftpd`, a line for each service.
    static func inetd(_ text: String, _ services: ServiceTable) -> [KeptSocket] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard words.count >= 6, let transport = transport(words[2]) else { return nil }
            // `127.0.0.1:ftp` binds an address; in `[::1]:ftp` the last colon counts.
            var name = words[0]
            var address: IPAddress?
            if let colon = name.lastIndex(of: ":") {
                let host = name[..<colon]
                name = name[name.index(after: colon)...]
                let isAny = host == "*" || host.isEmpty
                address = IPAddress(host.filter { $0 != "[" && $0 != "]" })
                guard isAny || address != nil else { return nil }
            }
            guard let port = port(name, transport, services) else { return nil }
            // tcpd only checks who comes, and starts what follows it.
            let isWrapped = words[5].hasSuffix("/tcpd") && words.count > 6
            return KeptSocket(
                transport: transport, address: address, port: port,
                activation: Activation(by: .inetd, service: String(words[isWrapped ? 6 : 5])))
        }
    }

    /// `service ftp { server = /usr/sbin/in.ftpd … }`, several lines for each service.
    static func xinetd(_ text: String, _ services: ServiceTable) -> [KeptSocket] {
        var kept: [KeptSocket] = []
        var name: Substring?
        var settings: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.prefix { $0 != "#" }.trimmingBlanks
            if line.hasPrefix("service") {
                let words = line.split { $0.isWhitespace || $0 == "{" }
                name = words.count > 1 ? words[1] : nil
                settings = [:]
            } else if line.hasPrefix("}") {
                kept += name.flatMap { socket($0, settings, services) }.map { [$0] } ?? []
                name = nil
            } else if let equals = line.firstIndex(of: "=") {
                // `+=` adds to a list; none of the settings here is one.
                let key = line[..<equals].trimmingBlanks
                settings[String(key)] = String(line[line.index(after: equals)...].trimmingBlanks)
            }
        }
        return kept
    }

    private static func socket(
        _ name: Substring, _ settings: [String: String], _ services: ServiceTable
    ) -> KeptSocket? {
        guard settings["disable"]?.lowercased() != "yes" else { return nil }
        let transport =
            switch (settings["protocol"], settings["socket_type"]) {
            case (let word?, _): transport(word[...])
            case (nil, "dgram"): Transport.udp
            case (nil, _): Transport.tcp
            }
        guard let transport else { return nil }
        let number = settings["port"].flatMap { UInt16($0) }
        guard let port = number ?? services.port(of: String(name), over: transport), port != 0
        else { return nil }
        let isInternal = settings["type"]?.uppercased().contains("INTERNAL") ?? false
        return KeptSocket(
            transport: transport,
            address: (settings["bind"] ?? settings["interface"])
                .flatMap { IPAddress($0) }, port: port,
            activation: Activation(
                by: .xinetd,
                service: isInternal ? "internal" : settings["server"] ?? String(name)))
    }

    /// TCP and UDP with or without a family; nil for others, as for `rpc/tcp`.
    private static func transport(_ word: Substring) -> Transport? {
        switch word {
        case "tcp", "tcp4", "tcp6", "tcp46": .tcp
        case "udp", "udp4", "udp6", "udp46": .udp
        case _: nil
        }
    }

    private static func port(
        _ name: Substring, _ transport: Transport, _ services: ServiceTable
    ) -> UInt16? {
        let port = UInt16(name) ?? services.port(of: String(name), over: transport)
        return port == 0 ? nil : port
    }
}

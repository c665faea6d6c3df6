import Prober
import SystemPackage

/// The socket units in the folders of systemd (`systemd.socket(5)`).
///
/// Files do not say which units are started: only a socket that systemd really holds tells that.
enum SocketUnits {
    /// Where unit files are, the first that has a name before the others (`systemd.unit(5)`).
    private static let folders = [
        "etc/systemd/system", "run/systemd/system", "run/systemd/generator",
        "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system",
    ]
    /// The greatest file that is read, in bytes; units have some hundred.
    private static let limit = 64 * 1024

    /// The TCP and UDP sockets of every socket unit below `root`.
    static func read(below root: String) -> [KeptSocket] {
        var files: [String: String] = [:]
        var additions: [String: [String: String]] = [:]
        var instances: Set<String> = []
        for folder in folders {
            guard let directory = try? Directory("\(root)/\(folder)"),
                let names = try? directory.names()
            else { continue }
            for name in names {
                if name.hasSuffix(".socket"), files[name] == nil {
                    // A masked unit is a link to /dev/null, and has no text.
                    files[name] = text(of: name, in: directory) ?? ""
                } else if name.hasSuffix(".socket.d") {
                    let unit = String(name.dropLast(2))
                    for (file, text) in dropIns(name, in: directory)
                    where additions[unit]?[file] == nil {
                        additions[unit, default: [:]][file] = text
                    }
                } else if name.hasSuffix(".wants") || name.hasSuffix(".requires") {
                    let wanted = try? Directory(name, in: directory).names()
                    instances.formUnion(wanted?.filter { $0.hasSuffix(".socket") } ?? [])
                }
            }
        }
        for name in instances where files[name] == nil { files[name] = files[template(of: name)] }
        return files.sorted { $0.key < $1.key }.flatMap { name, text in
            let added = additions[template(of: name), default: [:]]
                .merging(additions[name] ?? [:]) { $1 }
                .sorted { $0.key < $1.key }.map(\.value)
            return sockets(of: name, ([text] + added).joined(separator: "\n"))
        }
    }

    private static func text(of name: String, in directory: borrowing Directory) -> String? {
        (try? directory.contents(of: name, limit: limit)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private static func dropIns(
        _ name: String, in directory: borrowing Directory
    ) -> [(file: String, text: String)] {
        guard let folder = try? Directory(name, in: directory), let names = try? folder.names()
        else { return [] }
        return names.filter { $0.hasSuffix(".conf") }.compactMap { file in
            text(of: file, in: folder).map { (file, $0) }
        }
    }

    /// `name@.socket` for `name@instance.socket`; other names as they are.
    private static func template(of name: String) -> String {
        guard let at = name.firstIndex(of: "@") else { return name }
        return name[...at] + ".socket"
    }

    /// The sockets that the unit `name` asks for in `text`.
    static func sockets(of name: String, _ text: String) -> [KeptSocket] {
        var listens: [(transport: Transport, place: String)] = []
        var service: String?
        var isForEach = false
        for (key, value) in UnitFile.settings(in: text, section: "Socket") {
            switch key {
            // An empty value takes back all that came before, of every kind.
            case "ListenStream" where value.isEmpty, "ListenDatagram" where value.isEmpty:
                listens = []
            case "ListenStream": listens.append((.tcp, value))
            case "ListenDatagram": listens.append((.udp, value))
            case "Service": service = value.isEmpty ? nil : value
            case "Accept":
                isForEach = ["1", "yes", "true", "on", "y", "t"].contains(value.lowercased())
            case _: break
            }
        }
        let base = name.dropLast(".socket".count)
        let instance = base.split(separator: "@", maxSplits: 1).dropFirst().first.map(String.init)
        let started =
            service ?? (isForEach ? base.prefix { $0 != "@" } + "@.service" : base + ".service")
        let activation = Activation(by: .systemd, unit: name, service: started)
        return listens.compactMap { transport, place in
            place.replacingSpecifier(by: instance).flatMap(Self.place).map {
                KeptSocket(
                    transport: transport, address: $0.address, port: $0.port,
                    activation: activation)
            }
        }
    }

    /// What `22`, `192.0.2.1:22` and `[::]:22` mean; nil for sockets of other kinds.
    private static func place(_ text: String) -> (address: IPAddress?, port: UInt16)? {
        if let port = UInt16(text) { return port == 0 ? nil : (nil, port) }
        // `[fe80::1]:22%eth0`: the interface is told by the socket itself.
        let plain = text.prefix { $0 != "%" }
        guard let colon = plain.lastIndex(of: ":"),
            let port = UInt16(plain[plain.index(after: colon)...]), port != 0
        else { return nil }
        var host = plain[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return IPAddress(String(host)).map { ($0, port) }
    }
}

extension String {
    /// The text with an instance's name for `%i`; nil when it has other specifiers.
    fileprivate func replacingSpecifier(by instance: String?) -> String? {
        guard let percent = firstIndex(of: "%") else { return self }
        let rest = self[index(after: percent)...]
        guard rest.first == "i" || rest.first == "I", let instance else {
            // An interface after an address is none.
            return self[..<percent].contains("]") ? self : nil
        }
        return self[..<percent] + instance + rest.dropFirst()
    }
}

/// A place in the hierarchy of control groups, and what its names tell of who runs there.
struct ControlGroup: Hashable {
    /// The systemd unit, `ssh.service`; for a unit of a user's own manager
    /// `user@1000.service/app.service`.
    var unit: String?
    /// The id of the container, or its name when the runtime uses no ids.
    var container: String?

    /// The group at `path`, as after `0::` in `/proc/PID/cgroup`.
    init(path: String) {
        let components = path.split(separator: "/").map {
            // systemd puts an underscore before names that the kernel would take for its own.
            $0.hasPrefix("_") ? $0.dropFirst() : $0
        }
        unit = Self.unit(components)
        container = Self.container(components)
    }

    /// The groups in the text of `/proc/PID/cgroup`: version 2, or what version 1 has of it.
    init(parsing text: String) {
        let paths = text.split(separator: "\n").compactMap {
            line -> (key: Substring, path: String)? in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            return fields.count == 3 ? (fields[1], String(fields[2])) : nil
        }
        // Version 2 first, then systemd's own hierarchy, then the controllers of version 1.
        let groups =
            paths.filter { $0.key.isEmpty } + paths.filter { $0.key == "name=systemd" }
            + paths.filter { !$0.key.isEmpty && $0.key != "name=systemd" }
        let found = groups.map { ControlGroup(path: $0.path) }
        unit = found.lazy.compactMap(\.unit).first
        container = found.lazy.compactMap(\.container).first
    }

    private static func unit(_ components: [Substring]) -> String? {
        let units = components.filter(isUnit)
        guard let first = units.first else { return nil }
        guard first.hasPrefix("user@"), units.count > 1, units[1] != "init.scope" else {
            return String(first)
        }
        return "\(first)/\(units[1])"
    }

    private static func isUnit(_ component: Substring) -> Bool {
        [".service", ".scope", ".socket", ".mount", ".swap"].contains {
            component.hasSuffix($0) && component.utf8.count > $0.utf8.count
        }
    }

    /// The outermost component that a container runtime names its groups by.
    ///
    /// What is inside a container or a user's own manager may make groups of any name. Of the
    /// latter only podman's are taken, which runs its containers there; they are no more certain
    /// than that user.
    private static func container(_ components: [Substring]) -> String? {
        var isOfUser = false
        for (index, component) in components.enumerated() {
            if component.hasPrefix("user@"), component.hasSuffix(".service") { isOfUser = true }
            if isOfUser, !component.hasPrefix("libpod-") { continue }
            let name = component.hasSuffix(".scope") ? component.dropLast(6) : component
            // docker-ID.scope, libpod-ID.scope, cri-containerd-ID.scope, crio-ID.scope, ID, and
            // slice:cri-containerd:ID; conmon watches a container from outside.
            let id = name.split(whereSeparator: { $0 == "-" || $0 == ":" }).last ?? name
            if id.utf8.count == 64, id.allSatisfy(\.isHexDigit), !name.contains("conmon") {
                return String(id)
            }
            if component.hasPrefix("lxc.payload.") { return String(component.dropFirst(12)) }
            if index > 0, components[index - 1] == "lxc" { return String(component) }
            if component.hasPrefix("machine-"), component.hasSuffix(".scope") {
                return unescaped(name.dropFirst(8))
            }
        }
        return nil
    }

    /// A part of a unit's name without systemd's `\x2d` escapes.
    private static func unescaped(_ name: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(name).utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.dropFirst().prefix(2)
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
